import { conformance } from '@tokenward/testkit/conformance'
import { afterAll, describe, it } from 'vitest'
import { startFetchApp, startStandaloneApp } from './support/conformance-app.js'

const envelope = 'tRPC puts errors into an envelope of its own; what clients may know stands in error.data.auth'
const head = 'tRPC answers every HEAD with 204 itself, and runs no procedure for it'
const cannotExpress = {
  'body-of-each-refusal': envelope,
  'body-of-unavailability': envelope,
  'head-without-token': head,
  'head-missing-scope': head,
  'head-with-token': head,
}

for (const [name, start] of [
  ['tRPC by the fetch adapter', startFetchApp],
  ['tRPC by the standalone server', startStandaloneApp],
] as const) {
  conformance({ name, start, capabilities: ['step-up', 'sender-constraints'], cannotExpress }).register({
    describe,
    it,
    afterAll,
  })
}
