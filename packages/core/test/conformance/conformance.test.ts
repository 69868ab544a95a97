import { conformance } from '@tokenward/testkit/conformance'
import { afterAll, describe, it } from 'vitest'
import { startFetchApp, startNodeApp } from '../support/conformance-app.js'

for (const [name, start] of [
  ['core behind a function of web requests', startFetchApp],
  ['core behind node:http', startNodeApp],
] as const) {
  conformance({ name, start: (app) => start(app), capabilities: ['step-up', 'sender-constraints'] }).register({
    describe,
    it,
    afterAll,
  })
}
