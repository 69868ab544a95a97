const core = require('@tokenward/core')
const aws = require('@tokenward/core/aws')
const cognito = require('@tokenward/core/cognito')
const errors = require('@tokenward/core/errors')
const node = require('@tokenward/core/node')
const testkit = require('@tokenward/testkit')
const scenario = require('./scenario.cjs')

scenario({ core, aws, cognito, errors, node, testkit }).catch((error) => {
  process.stderr.write(`${error.stack}\n`)
  process.exit(1)
})
