// Runs the tests of core under Bun, Deno and workerd, each as npm brings it: `npm run runtimes`, or one of them and only
// some files, `npm run runtimes -- deno keys tokens`. What is left out there, and why: packages/runtimes/src/excluded.ts.
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type CheckResult, countsOf } from './checks.ts'
import { root, run, secondsSince } from './process.ts'

const REPORTS = join(root, '.tokenward')
const BIN = join(root, 'packages/runtimes/node_modules/.bin')
const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--config=packages/runtimes/vitest.config.ts']

const commands: Readonly<Record<string, readonly [program: string, ...args: string[]]>> = {
  bun: [join(BIN, 'bun'), '--bun', ...VITEST],
  deno: [join(BIN, 'deno'), 'run', '--allow-all', '--node-modules-dir=manual', '--no-remote', ...VITEST],
  workerd: ['node', 'packages/runtimes/src/workerd/main.ts'],
}

async function testUnder(runtime: string, files: readonly string[]): Promise<CheckResult> {
  const report = join(REPORTS, `runtime-${runtime}.json`)
  await rm(report, { force: true })
  const [program, ...args] = commands[runtime] as readonly [string, ...string[]]
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const isVitest = args.includes(VITEST[0] as string)
  const { code, output } = await run(program, [...args, ...(isVitest ? reporters : []), ...files], {
    env: { CI: 'true', NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1', TOKENWARD_REPORT: report },
  })
  if (isVitest) return countsOf(report, code, output)
  const counts = JSON.parse(await readFile(report, 'utf8').catch(() => '{"passed":0,"failed":1,"skipped":0}'))
  return { ...counts, output }
}

const [first = '', ...others] = process.argv.slice(2)
const isNamed = Object.hasOwn(commands, first)
const files = isNamed || first === '' ? others : [first, ...others]
await mkdir(REPORTS, { recursive: true })

let isGood = true
for (const runtime of isNamed ? [first] : Object.keys(commands)) {
  const start = performance.now()
  const { passed, failed, skipped, output } = await testUnder(runtime, files)
  // Whatever does not run there stands in the list, and so is not asked for; a test that is skipped is one too many.
  const isGoodThere = failed === 0 && skipped === 0 && passed > 0
  const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`
  process.stdout.write(`  ${isGoodThere ? '✓' : '✗'} core under ${runtime}: ${counts} (${secondsSince(start)})\n`)
  if (!isGoodThere) process.stdout.write(`\n${output}\n\n`)
  isGood &&= isGoodThere
}
process.exit(isGood ? 0 : 1)
