import { conformance } from '@tokenward/testkit/conformance'
import { afterAll, describe, it } from 'vitest'
import { startNestApp } from './support/conformance-app.js'
import { platforms } from './support/orders-app.js'

for (const [platform, adapter] of platforms) {
  conformance({
    name: `NestJS on ${platform}`,
    start: (app) => startNestApp(app, adapter),
    capabilities: ['step-up', 'sender-constraints'],
  }).register({ describe, it, afterAll })
}
