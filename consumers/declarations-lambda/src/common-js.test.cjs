const { test } = require('node:test')
const lambda = require('@tokenward/lambda')
const standalone = require('@tokenward/lambda/standalone')
const testing = require('@tokenward/lambda/testing')
const wiring = require('@tokenward/lambda/wiring')
const cdk = require('@tokenward/lambda/wiring/cdk')
const scenario = require('./scenario.cjs')

test('CommonJS works with the oldest CDK', () => scenario({ lambda, standalone, testing, wiring, cdk }))
