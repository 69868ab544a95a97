import 'reflect-metadata'
import { clientsOf } from './walkthrough/clients.js'
import { policyChapters } from './walkthrough/policy-chapters.js'
import { keyChapters, routeChapters } from './walkthrough/route-chapters.js'
import { startDemo, type RunningDemo } from './walkthrough/running-demo.js'
import { runStep } from './walkthrough/step.js'
import { write, writeDetail, writeHeading, writeStep, writeTitle, writeVerdict } from './walkthrough/terminal.js'
import { tokenChapters } from './walkthrough/token-chapters.js'

// The walk-through: every answer is compared with the expected one, and the exit code tells.
const demo = await startDemo()
writeTitle('Tokenward: a NestJS API behind a fake Cognito, over HTTP, GraphQL and a WebSocket')
write()
writeDetail('orders API', demo.apiUrl)
writeDetail('documentation', `${demo.apiUrl}/docs`)
writeDetail('fake Cognito', `${demo.cognitoUrl}/${demo.pool.userPoolId}/.well-known/jwks.json`)
writeDetail('policies', 'apps/nestjs-api/cedar/policies, evaluated by Cedar in this process')
writeDetail('operator sees', 'the reason that onEvent receives, and that no client is told')

const clients = clientsOf(demo.apiUrl)
const chapters = [tokenChapters, policyChapters, routeChapters, keyChapters].flatMap((make) => make(demo.pool, clients))
let passed = 0
let total = 0
for (const { heading, prepare, steps } of chapters) {
  await prepare?.()
  writeHeading(heading)
  for (const step of steps) {
    const result = await runStep(step, demo.takeReason)
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
  const reader = await pool.accessToken({ sub: 'ann', scopes: ['orders/read'], expiresIn: '1d' })
  const writer = await pool.accessToken({
    sub: 'demo-writer',
    scopes: ['orders/read', 'orders/write'],
    expiresIn: '1d',
  })
  write('  Still running; stop it with Ctrl+C. To copy:')
  write()
  write(`  READER=${reader}`)
  write(`  WRITER=${writer}`)
  write(`  open ${apiUrl}/docs and paste one of them in`)
  write(`  curl -i ${apiUrl}/orders`)
  write(`  curl -i ${apiUrl}/orders -H "Authorization: Bearer $READER"`)
  write(`  curl -i ${apiUrl}/orders/2 -H "Authorization: Bearer $READER"   # of somebody else; change the policies in`)
  write('  # apps/nestjs-api/cedar/policies/orders.cedar and call it again')
  write(`  curl -i ${apiUrl}/me -H "Authorization: Bearer $READER"`)
  write(`  curl -i -X DELETE ${apiUrl}/orders/3 -H "Authorization: Bearer $READER"`)
  write(`  curl -i -X DELETE ${apiUrl}/orders/3 -H "Authorization: Bearer $WRITER"`)
  write()
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
}
