import { startDemo } from './walkthrough/running-demo.js'
import { chapters } from './walkthrough/steps.js'
import { write, writeDetail, writeHeading, writeStep, writeTitle, writeVerdict } from './walkthrough/terminal.js'

/** It takes ten seconds; this long, something hangs. */
const DEADLINE_MS = 120_000

// The walk-through: what comes over HTTP is compared with what must come, and the exit code tells.
const deadline = setTimeout(() => {
  write('  The walk-through hangs.')
  process.exit(1)
}, DEADLINE_MS)
const demo = await startDemo()
writeTitle('Tokenward: an HTTP API on an emulator of API Gateway, behind a fake Cognito, over real HTTP')
write()
writeDetail('orders API', demo.apiUrl)
writeDetail('fake Cognito', `${demo.cognitoUrl}/${demo.pool.userPoolId}/.well-known/jwks.json`)
writeDetail('in the log', 'the reason that onEvent of a function receives, and that no client is told')

let passed = 0
let total = 0
for (const { heading, steps } of chapters(demo)) {
  writeHeading(heading)
  for (const step of steps) {
    const answer = await step.run().catch((error: unknown) => String(error))
    const isLogged = step.logged === undefined || (await demo.hasLogged(step.logged))
    const got = isLogged ? answer : `${answer}, and the log lacks ${step.logged}`
    writeStep(step, got)
    total += 1
    if (got === step.expected) passed += 1
  }
}
writeVerdict(passed, total)
if (passed !== total) process.exitCode = 1
await demo.close()
clearTimeout(deadline)
