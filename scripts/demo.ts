// Sets up only what the demo needs, builds it, and walks through it. `--serve` keeps it running.
import { spawn } from 'node:child_process'
import { root, run, secondsSince } from './process.ts'

const APP = '@tokenward-apps/nestjs-api'

async function step(title: string, command: string, args: readonly string[]): Promise<void> {
  const start = performance.now()
  process.stdout.write(`${title} …\n`)
  const { code, output } = await run(command, args)
  if (code !== 0) {
    process.stdout.write(`${output}\n${title}: failed after ${secondsSince(start)}\n`)
    process.exit(code)
  }
  process.stdout.write(`  done in ${secondsSince(start)}\n`)
}

await step('Installing what the demo needs', 'pnpm', ['install', '--frozen-lockfile', '--filter', `${APP}...`])
await step('Building core, testkit, the NestJS adapter and the demo', 'turbo', ['run', 'build', `--filter=${APP}`])

const demo = spawn('node', ['apps/nestjs-api/dist/main.js', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => demo.kill(signal))
demo.on('close', (code) => process.exit(code ?? 1))
