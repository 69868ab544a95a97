// Shows that the tests notice: every security rule is removed in turn and its test must fail, then StrykerJS mutates the
// floors that decide. `--rules` runs the first part alone, `--rules <text>` those of it whose name or file has the text,
// `--mutants` the second part.
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Rule } from '../mutation/rule.ts'
import { rules } from '../mutation/rules.ts'
import { root, run, secondsSince } from './process.ts'

const PACKAGES = ['core', 'testkit', 'nestjs', 'nestjs-e2e', 'nextjs', 'nextjs-e2e', 'trpc', 'lambda', 'cedar']
const [only, wanted = ''] = process.argv.slice(2)
const results = new Map<string, ReturnType<typeof runTest>>()
let failures = 0
if (only !== '--mutants') failures += await removeRules()
if (only !== '--rules') failures += await mutate()
process.exit(failures === 0 ? 0 : 1)

async function removeRules(): Promise<number> {
  const chosen = rules.filter(({ rule, file, test }) => `${rule} ${file} ${test.file}`.includes(wanted))
  process.stdout.write(`Removing ${chosen.length} rules, one at a time …\n`)
  const start = performance.now()
  const queue = [...chosen.entries()]
  let survived = 0
  const workers = Array.from({ length: 2 }, async () => {
    const sandbox = await copySources()
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, rule] = next
      const problem = await problemWith(rule, sandbox)
      if (problem !== undefined) survived += 1
      const number = String(index + 1).padStart(3)
      process.stdout.write(
        `${number} ${problem === undefined ? '✓' : '✗'} ${rule.rule}${problem === undefined ? '' : `: ${problem}`}\n`,
      )
    }
    await rm(sandbox, { recursive: true, force: true })
  })
  await Promise.all(workers)
  process.stdout.write(
    `${chosen.length - survived} of ${chosen.length} rules are held by a test (${secondsSince(start)})\n`,
  )
  return survived
}

/** With the rule its test passes, without it the test fails; anything else proves nothing. */
async function problemWith({ file, remove: [from, to], test }: Rule, sandbox: string): Promise<string | undefined> {
  const path = join(sandbox, file)
  const source = await readFile(path, 'utf8')
  if (source.split(from).length !== 2) return `the piece to remove does not occur exactly once in ${file}`
  const before = await resultWithRules(test, sandbox)
  if (before.passed === 0 || before.failed > 0) {
    return `its test does not pass to begin with (${before.passed} passed, ${before.failed} failed)`
  }
  await writeFile(
    path,
    source.replace(from, () => to),
  )
  try {
    const { failed } = await runTest(test, sandbox)
    return failed > 0 ? undefined : 'its test does not fail without it'
  } finally {
    await writeFile(path, source)
  }
}

/** A test that holds several rules runs once with all of them in place. */
function resultWithRules(test: Rule['test'], sandbox: string): ReturnType<typeof runTest> {
  const key = JSON.stringify(test)
  const result = results.get(key) ?? runTest(test, sandbox)
  results.set(key, result)
  return result
}

async function runTest({ project, file, title }: Rule['test'], sandbox: string) {
  const report = join(sandbox, 'report.json')
  await rm(report, { force: true })
  const pattern = title.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  const args = ['run', '--project', project, basename(file), '-t', pattern, '--reporter=json', `--outputFile=${report}`]
  await run(join(root, 'node_modules/.bin/vitest'), args, {
    cwd: sandbox,
    env: { CI: 'true', SCHEDULES: '10000', SEED: '1' },
  })
  const json = JSON.parse(await readFile(report, 'utf8').catch(() => '{}')) as {
    numPassedTests?: number
    numFailedTests?: number
  }
  return { passed: json.numPassedTests ?? 0, failed: json.numFailedTests ?? 0 }
}

/** A copy to break: sources and tests, with the installed packages linked. */
async function copySources(): Promise<string> {
  const sandbox = await mkdtemp(join(tmpdir(), 'tokenward-rules-'))
  const files = ['package.json', 'pnpm-workspace.yaml', 'vitest.config.ts', 'tsconfig.base.json', 'tsconfig.json']
  const folders = PACKAGES.flatMap((name) =>
    ['src', 'test', 'package.json', 'tsconfig.json'].map((part) => `packages/${name}/${part}`),
  )
  await Promise.all(
    [...files, ...folders]
      .filter((path) => existsSync(join(root, path)))
      .map((path) => cp(join(root, path), join(sandbox, path), { recursive: true })),
  )
  const linked = ['node_modules', ...PACKAGES.map((name) => `packages/${name}/node_modules`)]
  await Promise.all(linked.map((path) => symlink(join(root, path), join(sandbox, path))))
  return sandbox
}

async function mutate(): Promise<number> {
  process.stdout.write('Mutating the floors that decide; this takes a while …\n')
  const stryker = join(root, 'mutation/node_modules/.bin/stryker')
  const { code } = await run(stryker, ['run', 'mutation/stryker.config.mjs'], { live: true })
  return code
}
