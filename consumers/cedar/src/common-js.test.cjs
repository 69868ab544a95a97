const { test } = require('node:test')
const sdk = require('@aws-sdk/client-verifiedpermissions')
const cedar = require('@tokenward/cedar')
const verifiedPermissions = require('@tokenward/cedar/verified-permissions')
const core = require('@tokenward/core')
const cognito = require('@tokenward/core/cognito')
const testkit = require('@tokenward/testkit')
const scenario = require('./scenario.cjs')

const fakes = async () => require('@tokenward/testkit/verified-permissions')

test('CommonJS decides', () => scenario({ cedar, verifiedPermissions, core, cognito, testkit, sdk, fakes }))
