const testkit = require('@tokenward/testkit')
const msw = require('@tokenward/testkit/msw')
const listen = require('./listen.cjs')

listen(testkit, msw).catch((error) => {
  process.stderr.write(`${error.stack}\n`)
  process.exit(1)
})
