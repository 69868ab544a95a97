// Runs a task with the Node and the pnpm this repository is developed with, fetched through npx: a machine needs nothing
// but Node 20.19 and npm. This file itself has to run there, so it uses nothing newer.
import { spawn } from 'node:child_process'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'

const NODE = 'node@24.21.0'
const PNPM = 'pnpm@12.21.0'
const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Workspace packages a task installs; all of them unless it says otherwise. */
const tasks = {
  demo: ['nestjs-api', 'trpc-api', 'mtls-partner-api', 'lab'].flatMap((app) => [
    '--filter',
    `@tokenward-apps/${app}...`,
  ]),
  'demo-nextjs': ['--filter', '@tokenward-apps/nextjs-app...'],
  'demo-lambda': ['--filter', '@tokenward-apps/lambda-http-api...'],
  lab: ['--filter', '@tokenward-apps/lab...'],
  test: [],
  mutation: [],
  bench: ['--filter', '@tokenward/bench...'],
  runtimes: [],
}

const [task = '', ...options] = process.argv.slice(2)
if (!Object.hasOwn(tasks, task)) fail(`usage: node scripts/run.mjs ${Object.keys(tasks).join(' | ')} [options]`, 2)
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) fail(`Tokenward needs Node 20.19 or later; this is ${process.version}.`)

const start = performance.now()
process.stdout.write('Getting Node 24 and pnpm through npx, and installing …\n')
const reminder = setInterval(() => process.stdout.write(`  still at it after ${seconds()} s\n`), 15_000)
// pnpm is a program of its own: it can install while Node is still on its way.
const [node, pnpm] = await Promise.all([npx(NODE), npx(PNPM, ['pnpm', 'install', '--frozen-lockfile', ...tasks[task]])])
clearInterval(reminder)
for (const { code, output } of [node, pnpm]) if (code !== 0) fail(`${output}\nThe set-up failed.`)
process.stdout.write(`  done in ${seconds()} s\n`)

// Where npx has put them serves on: asking it again would take seconds. turbo is the one that was installed. All of it comes
// before what this machine has, of whatever version.
const PATH = [...node.folders, ...pnpm.folders, `${ROOT}node_modules/.bin`, process.env.PATH].join(delimiter)
const finished = await run('node', [`scripts/${task}.ts`, ...options], { stdio: 'inherit', env: { PATH } })
process.exit(finished.code)

/** Gets an npm package, says which folders that brings to the path, and runs a command there. */
async function npx(name, command = []) {
  const commands = [['node', '-p', 'process.env.PATH'], command].filter(({ length }) => length > 0)
  const quoted = commands.map((words) => words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' '))
  const { code, output, printed = '' } = await run('npx', ['--yes', '-p', name, '-c', quoted.join(' && ')])
  const before = (process.env.PATH ?? '').split(delimiter)
  const folders = printed.split('\n', 1)[0].split(delimiter)
  return { code, output, folders: folders.filter((folder) => !before.includes(folder)) }
}

function run(command, args, { stdio = ['ignore', 'pipe', 'pipe'], env = {} } = {}) {
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio,
    env: {
      ...process.env,
      DO_NOT_TRACK: '1',
      TURBO_TELEMETRY_DISABLED: '1',
      NEXT_TELEMETRY_DISABLED: '1',
      TURBO_NO_UPDATE_NOTIFIER: '1',
      ...env,
    },
  })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  let output = ''
  let printed = ''
  child.stdout?.on('data', (chunk) => (printed += chunk))
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 1, output: `${command} could not be started: ${error.message}` }))
    child.on('close', (code) => resolve({ code: code ?? 1, output, printed }))
  })
}

function seconds() {
  return Math.round((performance.now() - start) / 1_000)
}

function fail(message, code = 1) {
  process.stderr.write(`${message}\n`)
  process.exit(code)
}
