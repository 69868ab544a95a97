import { conformance } from '@tokenward/testkit/conformance'
import { afterAll, describe, it } from 'vitest'
import { startFetchApp, startNodeApp } from '../support/conformance-app.js'

conformance({ name: 'core behind a function of web requests', start: (app) => startFetchApp(app) }).register({
  describe,
  it,
  afterAll,
})

conformance({ name: 'core behind node:http', start: startNodeApp }).register({ describe, it, afterAll })
