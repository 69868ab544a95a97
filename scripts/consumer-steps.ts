import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CheckResult, countsOf, sum, verdict } from './checks.ts'
import { root, run } from './process.ts'

/** The manifest of a consumer. */
export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  /** Packages of ours, without the scope. */
  readonly tokenward: readonly string[]
  /** Projects for each compiler. */
  readonly projects?: Readonly<Record<string, readonly string[]>>
  readonly allowBuilds?: readonly string[]
}

/** Something that is done in the folder of an installed consumer. */
export type Step = (folder: string, manifest: Manifest) => Promise<CheckResult>

const NOTHING_RUN: CheckResult = { passed: 0, failed: 0, skipped: 0, output: '' }
const QUIET = { CI: 'true', NO_COLOR: '1' }

/** Compiles the projects that the manifest lists for each compiler. */
export const compile: Step = async (folder, { projects = {} }) => {
  const compiled = Object.entries(projects).map(async ([compiler, files]) => {
    const results: CheckResult[] = []
    for (const file of files) {
      const tsc = join(folder, 'node_modules', compiler, 'bin/tsc')
      const { code, output } = await run('node', [tsc, '-p', file], { cwd: folder })
      results.push(verdict(code === 0, `${compiler}, ${file}:\n${output}`))
    }
    return sum(results)
  })
  return sum(await Promise.all(compiled))
}

/** Runs Jest: as most projects have it, or with a configuration of ES modules, which need a flag. */
export function jestTests(esmConfig?: string): Step {
  return async (folder) => {
    const report = join(folder, `jest-results-${esmConfig ?? 'default'}.json`)
    const args = ['exec', 'jest', '--json', `--outputFile=${report}`]
    if (esmConfig !== undefined) args.push(`--config=${esmConfig}`)
    const flags = esmConfig === undefined ? {} : { NODE_OPTIONS: '--experimental-vm-modules --no-warnings' }
    const { code, output } = await run('pnpm', args, { cwd: folder, env: { ...QUIET, ...flags } })
    return countsOf(report, code, output)
  }
}

/** Runs vitest. */
export const vitestTests: Step = async (folder) => {
  const report = join(folder, 'vitest-results.json')
  const args = ['exec', 'vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const { code, output } = await run('pnpm', args, { cwd: folder, env: QUIET })
  return countsOf(report, code, output)
}

/** Runs node:test, which reports in numbers only as text. */
export const nodeTests: Step = async (folder) => {
  const args = ['--test', '--test-reporter=tap', 'src/**/*.test.{ts,mjs,cjs}']
  const { code, output } = await run('node', args, { cwd: folder, env: QUIET })
  const count = (what: string) => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(output)?.[1] ?? 0)
  const [passed, failed] = [count('pass'), count('fail') + count('cancelled')]
  const brokeOtherwise = passed === 0 || (code !== 0 && failed === 0)
  const skipped = count('skipped') + count('todo')
  return { passed, failed: failed + (brokeOtherwise ? 1 : 0), skipped, output }
}

/**
 * Writes code of the testkit's README into the consumer, for the step after it to run: the test at the top, under the
 * line that the table of runners has for this one, and the code under a heading, as it stands there.
 */
export function copyReadmeTests(runner: string, files: Readonly<Record<string, string>>): Step {
  return async (folder) => {
    const readme = await readFile(join(root, 'packages/testkit/README.md'), 'utf8')
    for (const [file, place] of Object.entries(files)) {
      const code =
        place === 'top' ? `${lineAbove(readme, runner)}${blockIn(readme)}` : blockIn(sectionOf(readme, place))
      await writeFile(join(folder, file), code)
    }
    return NOTHING_RUN
  }
}

/** Writes the tests that the README of a package prints for vitest into a consumer with Jest, without that import. */
export function copyTestsForJest(name: string): Step {
  return async (folder) => {
    const readme = await readFile(join(root, 'packages', name, 'README.md'), 'utf8')
    for (const [index, block] of blocksIn(sectionOf(readme, 'Testing')).entries()) {
      const code = block.replace("import { expect, it } from 'vitest'\n", '')
      await writeFile(join(folder, `src/readme-${index + 1}.spec.ts`), code)
    }
    return NOTHING_RUN
  }
}

function sectionOf(readme: string, heading: string): string {
  const section = readme.split(/^#{2,3} /m).find((part) => part.startsWith(`${heading}\n`))
  if (section === undefined) throw new Error(`the README has no "${heading}"`)
  return section
}

function blockIn(text: string): string {
  return blocksIn(text)[0] as string
}

function blocksIn(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1] as string)
  if (blocks.length === 0) throw new Error('the README has no code there')
  return blocks
}

/** The code in the second cell of the runner's row; some have none. */
function lineAbove(readme: string, runner: string): string {
  const [, , cell] =
    readme
      .split('\n')
      .find((line) => line.startsWith(`| ${runner} `))
      ?.split('|') ?? []
  if (cell === undefined) throw new Error(`the README of the testkit has no row for ${runner}`)
  const code = /`([^`]+)`/.exec(cell)?.[1]
  return code?.startsWith('import ') === true ? `${code}\n` : ''
}
