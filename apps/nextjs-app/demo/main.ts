// Walks through the application without a browser, and compares every answer with the expected one; the exit code tells.
// `--serve` keeps it running.
import { setTimeout } from 'node:timers/promises'
import { cookieBrowser } from './cookie-browser.ts'
import { PASSWORD, type RunningDemo, startDemo } from './start-demo.ts'

interface Check {
  readonly what: string
  readonly expected: string
  readonly found: string
}

const demo = await startDemo()
const checks = await walk(demo)
process.stdout.write(`\nTokenward: a Next.js application behind a fake Cognito, over real HTTP\n\n`)
for (const { what, expected, found } of checks) {
  process.stdout.write(`  ${found === expected ? '✓' : '✗'} ${what.padEnd(58)} ${found}\n`)
  if (found !== expected) process.stdout.write(`      expected ${expected}\n`)
}
const failed = checks.filter(({ expected, found }) => found !== expected).length
process.stdout.write(
  failed === 0 ? `\n  All ${checks.length} answers were the expected ones.\n\n` : `\n  ${failed} were not.\n\n`,
)
if (failed > 0) process.exitCode = 1
if (process.argv.includes('--serve')) {
  process.stdout.write(
    `  Still running at ${demo.url}; stop it with Ctrl+C.\n  Sign in as ann or ben, with ${PASSWORD}.\n\n`,
  )
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}
await demo.close()

async function walk({ url, pool }: RunningDemo): Promise<readonly Check[]> {
  const found: Check[] = []
  const check = (what: string, expected: unknown, actual: unknown) =>
    found.push({ what, expected: String(expected), found: String(actual) })
  const statusOf = async (browser: ReturnType<typeof cookieBrowser>, path: string) =>
    (await browser.open(`${url}${path}`)).response.status

  const stranger = cookieBrowser()
  check('a stranger asks the API', 401, await statusOf(stranger, '/api/orders'))
  const { url: where, text: page } = await stranger.open(`${url}/dashboard`)
  check('a stranger opens the dashboard, and is asked to sign in', '/login', where.pathname)
  check('the page to sign in on has a form', true, page.includes('<form method="post"'))

  const ann = cookieBrowser()
  const form = await ann.open(`${url}/auth/sign-in`)
  const body = new URLSearchParams({ username: 'ann', password: PASSWORD })
  const dashboard = await ann.open(form.url, { method: 'POST', body })
  check('ann signs in, and comes to the dashboard', '/dashboard', dashboard.url.pathname)
  check('it knows her', true, dashboard.text.includes('Signed in as') && dashboard.text.includes('managers'))
  check('the lenient route', 200, await statusOf(ann, '/api/orders'))
  check('the strict route', 200, await statusOf(ann, '/api/audit'))

  // What is said of a token in its first second is no last word: a replica may not know it yet.
  await setTimeout(2_000)
  await pool.revokeUser('ann')
  check('her login is revoked at Cognito: the lenient route goes on', 200, await statusOf(ann, '/api/orders'))
  check('the strict route asks, and refuses', 401, await statusOf(ann, '/api/audit'))
  check('what it has learned counts on the lenient route, too', 401, await statusOf(ann, '/api/orders'))
  const again = await ann.open(`${url}/dashboard`)
  check('her page has her sign in again, for which her browser needs no password', '/dashboard', again.url.pathname)
  check('and the lenient route takes her new token', 200, await statusOf(ann, '/api/orders'))
  return found
}
