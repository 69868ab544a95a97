import 'reflect-metadata'
import { runStep } from './walkthrough/run-step.js'
import { startDemo, type RunningDemo } from './walkthrough/running-demo.js'
import { chapters } from './walkthrough/steps.js'
import { write, writeDetail, writeHeading, writeStep, writeTitle, writeVerdict } from './walkthrough/terminal.js'

// The walk-through: every answer is compared with the expected one, and the exit code tells.
const demo = await startDemo()
writeTitle('Tokenward: a NestJS API behind a fake Cognito, over real HTTP')
write()
writeDetail('orders API', demo.apiUrl)
writeDetail('fake Cognito', `${demo.cognitoUrl}/${demo.pool.userPoolId}/.well-known/jwks.json`)
writeDetail('operator sees', 'the reason that onEvent receives, and that no client is told')

let passed = 0
let total = 0
for (const { heading, prepare, steps } of chapters(demo)) {
  await prepare?.()
  writeHeading(heading)
  for (const step of steps) {
    const result = await runStep(demo, step)
    writeStep(step, result)
    total += 1
    if (result.differences.length === 0) passed += 1
  }
}
writeVerdict(passed, total)

if (passed !== total) process.exitCode = 1
if (process.argv.includes('--serve')) await serveUntilStopped(demo)
await demo.close()

async function serveUntilStopped({ apiUrl, pool }: RunningDemo): Promise<void> {
  pool.jwks.recover()
  pool.clock.advance('1m')
  const reader = await pool.accessToken({ sub: 'demo-reader', scopes: ['orders/read'], expiresIn: '1d' })
  const writer = await pool.accessToken({
    sub: 'demo-writer',
    scopes: ['orders/read', 'orders/write'],
    expiresIn: '1d',
  })
  write('  Still running; stop it with Ctrl+C. To copy:')
  write()
  write(`  READER=${reader}`)
  write(`  WRITER=${writer}`)
  write(`  curl -i ${apiUrl}/orders`)
  write(`  curl -i ${apiUrl}/orders -H "Authorization: Bearer $READER"`)
  write(`  curl -i ${apiUrl}/me -H "Authorization: Bearer $READER"`)
  write(`  curl -i -X DELETE ${apiUrl}/orders/2 -H "Authorization: Bearer $READER"`)
  write(`  curl -i -X DELETE ${apiUrl}/orders/2 -H "Authorization: Bearer $WRITER"`)
  write()
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
}
