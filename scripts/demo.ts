// Builds what the demo needs and walks through it, then shows what each maxRevocationLag costs. `--serve` keeps the API
// running instead.
import { spawn } from 'node:child_process'
import { root, run, secondsSince } from './process.ts'

const options = process.argv.slice(2)
const start = performance.now()
process.stdout.write('Building core, testkit, the NestJS adapter and the demo …\n')
const build = await run('turbo', ['run', 'build', '--filter=@tokenward-apps/nestjs-api'])
if (build.code !== 0) {
  process.stdout.write(`${build.output}\nThe build failed.\n`)
  process.exit(build.code)
}
process.stdout.write(`  done in ${secondsSince(start)}\n`)

// It mostly waits for tokens to end, which it can do during the walk-through.
const lab = options.includes('--serve') ? undefined : run('node', ['apps/lab/src/short-form.ts'])
const demo = spawn('node', ['apps/nestjs-api/dist/main.js', ...options], { cwd: root, stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => demo.kill(signal))
const demoCode = await new Promise<number>((resolve) => demo.on('close', (code) => resolve(code ?? 1)))
const measured = await lab
process.stdout.write(measured?.output ?? '')
process.exit(demoCode || (measured?.code ?? 0))
