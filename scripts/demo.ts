// Builds what the demos need and walks through them, then shows what each maxRevocationLag costs. `--serve` keeps the
// NestJS API running instead.
import { spawn } from 'node:child_process'
import { root, run, secondsSince } from './process.ts'

const options = process.argv.slice(2)
const start = performance.now()
process.stdout.write('Building core, testkit, the adapters and the demos …\n')
const apps = options.includes('--serve') ? ['nestjs-api'] : ['nestjs-api', 'trpc-api', 'mtls-partner-api']
const build = await run('turbo', ['run', 'build', ...apps.map((app) => `--filter=@tokenward-apps/${app}`)])
if (build.code !== 0) {
  process.stdout.write(`${build.output}\nThe build failed.\n`)
  process.exit(build.code)
}
process.stdout.write(`  done in ${secondsSince(start)}\n`)

// The lab mostly waits for tokens to end, which it can do during the walk-throughs.
const lab = options.includes('--serve') ? undefined : run('node', ['apps/lab/src/short-form.ts'])
const others = ['trpc-api', 'mtls-partner-api'].map((app) =>
  options.includes('--serve') ? undefined : run('node', [`apps/${app}/dist/main.js`]),
)
const demo = spawn('node', ['apps/nestjs-api/dist/main.js', ...options], { cwd: root, stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => demo.kill(signal))
const demoCode = await new Promise<number>((resolve) => demo.on('close', (code) => resolve(code ?? 1)))
const results = await Promise.all([...others, lab])
for (const result of results) process.stdout.write(result?.output ?? '')
process.exit(demoCode || (results.find((result) => (result?.code ?? 0) !== 0)?.code ?? 0))
