import { startDemo } from './walkthrough/running-demo.js'
import { chapters } from './walkthrough/steps.js'
import { write, writeDetail, writeHeading, writeStep, writeTitle, writeVerdict } from './walkthrough/terminal.js'

/** It takes a second; this long, a stream waits for something that does not come. */
const DEADLINE_MS = 60_000

// The walk-through: what a typed client gets is compared with what it must get, and the exit code tells.
const deadline = setTimeout(() => {
  write('  The walk-through hangs.')
  process.exit(1)
}, DEADLINE_MS)
const demo = await startDemo()
writeTitle('Tokenward: a tRPC API behind a fake Cognito, and a typed client, over real HTTP')
write()
writeDetail('orders API', demo.apiUrl)
writeDetail('fake Cognito', `${demo.cognitoUrl}/${demo.pool.userPoolId}/.well-known/jwks.json`)
writeDetail('operator sees', 'the reason that onEvent receives, and that no client is told')

let passed = 0
let total = 0
for (const { heading, steps } of chapters(demo)) {
  writeHeading(heading)
  for (const step of steps) {
    const got = await step.run().catch((error: unknown) => String(error))
    writeStep(step, got, demo.takeReasons())
    total += 1
    if (got === step.expected) passed += 1
  }
}
writeVerdict(passed, total)
if (passed !== total) process.exitCode = 1
await demo.close()
clearTimeout(deadline)
