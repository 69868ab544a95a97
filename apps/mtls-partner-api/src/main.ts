import { chapters } from './walkthrough/chapters.js'
import { startDemo } from './walkthrough/running-demo.js'
import { write, writeDetail, writeHeading, writeStep, writeTitle, writeVerdict } from './walkthrough/terminal.js'

/** It takes a second or two; this long, a connection waits for something that does not come. */
const DEADLINE_MS = 60_000

// The walk-through: what partners and operator get is compared with what they must get, and the exit code tells.
const deadline = setTimeout(() => {
  write('  The walk-through hangs.')
  process.exit(1)
}, DEADLINE_MS)
const demo = await startDemo()
writeTitle('Tokenward: an API for partners over mutual TLS, with two authorization servers, over real connections')
write()
writeDetail('orders API', `${demo.url}, which demands client certificates`)
writeDetail('operator sees', 'the reason that onEvent receives, or why TLS ended, and that no partner is told')

let passed = 0
let total = 0
for (const { heading, steps } of chapters(demo)) {
  writeHeading(heading)
  for (const step of steps) {
    const got = await step.run().catch((error: unknown) => String(error))
    const seen = [...new Set(demo.takeOperatorView())]
    total += 1
    if (writeStep(step, got, seen)) passed += 1
  }
}
writeVerdict(passed, total)
if (passed !== total) process.exitCode = 1
await demo.close()
clearTimeout(deadline)
