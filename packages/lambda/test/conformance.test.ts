import { conformance } from '@tokenward/testkit/conformance'
import { afterAll, describe, it } from 'vitest'
import { startFunctionUrl } from './support/conformance-app.js'

conformance({
  name: 'withAuth behind a function URL',
  start: startFunctionUrl,
  capabilities: ['step-up'],
}).register({ describe, it, afterAll })
