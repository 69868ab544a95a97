const test = require('node:test')
const nextjs = require('@tokenward/nextjs')
const proxyEntry = require('@tokenward/nextjs/proxy')
const testing = require('@tokenward/nextjs/testing')
const { scenario } = require('./scenario.cjs')

test('as CommonJS, without a bundler', () => scenario({ nextjs, proxyEntry, testing }))
