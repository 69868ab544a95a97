// Builds what the demo needs and walks through it. `--serve` keeps it running.
import { spawn } from 'node:child_process'
import { root, run, secondsSince } from './process.ts'

const start = performance.now()
process.stdout.write('Building core, testkit, the NestJS adapter and the demo …\n')
const build = await run('turbo', ['run', 'build', '--filter=@tokenward-apps/nestjs-api'])
if (build.code !== 0) {
  process.stdout.write(`${build.output}\nThe build failed.\n`)
  process.exit(build.code)
}
process.stdout.write(`  done in ${secondsSince(start)}\n`)

const demo = spawn('node', ['apps/nestjs-api/dist/main.js', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => demo.kill(signal))
demo.on('close', (code) => process.exit(code ?? 1))
