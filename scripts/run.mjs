// Runs a task with the Node and pnpm this repository is developed with, fetched through npx: a machine needs nothing
// but Node 20.19 and npm. This file itself has to run there, so it uses nothing newer.
import { spawn } from 'node:child_process'

const NODE = '24.21.0'
const PNPM = '12.21.0'
const TURBO = '2.11.11'

const [task, ...options] = process.argv.slice(2)
if (!/^(demo|test|mutation)$/.test(task ?? '')) {
  process.stderr.write('usage: node scripts/run.mjs demo | test | mutation [options]\n')
  process.exit(2)
}
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Tokenward needs Node 20.19 or later; this is ${process.version}.\n`)
  process.exit(1)
}

process.stdout.write(`Getting Node ${NODE}, pnpm ${PNPM} and turbo ${TURBO} through npx (kept in the npm cache) …\n`)
const quoted = [`scripts/${task}.ts`, ...options].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`)
const packages = [`node@${NODE}`, `pnpm@${PNPM}`, `turbo@${TURBO}`].flatMap((name) => ['-p', name])
const child = spawn('npx', ['--yes', ...packages, '-c', `node ${quoted.join(' ')}`], {
  cwd: new URL('..', import.meta.url),
  stdio: 'inherit',
  env: { ...process.env, DO_NOT_TRACK: '1', TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('error', (error) => {
  process.stderr.write(`npx could not be started: ${error.message}\n`)
  process.exit(1)
})
child.on('close', (code) => process.exit(code ?? 1))
