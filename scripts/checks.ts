import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root, run, type RunOptions } from './process.ts'

/** What a check found, in numbers. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export interface CheckResult extends Counts {
  /** Shown when something failed. */
  readonly output: string
  /** Tests that did not run, by name. */
  readonly notRun?: readonly string[]
}

/** One line of `npm test`. */
export interface Check {
  readonly name: string
  readonly run: () => Promise<CheckResult>
}

/** A program that passes or fails as a whole. */
export function program(name: string, command: string, args: readonly string[], options: RunOptions = {}): Check {
  return {
    name,
    async run() {
      const { code, output } = await run(command, args, options)
      return verdict(code === 0, output)
    },
  }
}

export function verdict(passed: boolean, output: string): CheckResult {
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0, output }
}

/** What several checks found together; the output of those that failed. */
export function sum(results: readonly CheckResult[]): CheckResult {
  const total = (count: (result: CheckResult) => number) => results.reduce((so, result) => so + count(result), 0)
  const failed = results.filter((result) => result.failed > 0)
  return {
    passed: total(({ passed }) => passed),
    failed: total((result) => result.failed),
    skipped: total(({ skipped }) => skipped),
    output: failed.map(({ output }) => output).join('\n'),
    notRun: results.flatMap(({ notRun = [] }) => notRun),
  }
}

/** The tests of some projects, such as all but one: `'!this'`. Vitest and Jest report in the same form. */
export function vitest(name: string, project: string): Check {
  const report = join(root, `.tokenward/vitest-${project.replaceAll(/\W/g, '-')}.json`)
  return {
    name,
    async run() {
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
      const args = ['exec', 'vitest', 'run', `--project=${project}`, ...reporters]
      const { code, output } = await run('pnpm', args, { env: { CI: 'true', NO_COLOR: '1' } })
      return countsOf(report, code, output)
    },
  }
}

/** Reads a report; a run that failed without a failed test, or without a report, counts as one failure. */
export async function countsOf(report: string, code: number, output: string): Promise<CheckResult> {
  const json = JSON.parse(await readFile(report, 'utf8').catch(() => '{}')) as TestReport
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0, testResults = [] } = json
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  const brokeOtherwise = numPassedTests === 0 || (code !== 0 && numFailedTests === 0)
  return {
    passed: numPassedTests,
    failed: numFailedTests + (brokeOtherwise ? 1 : 0),
    skipped: numPendingTests + numTodoTests,
    output,
    notRun: tests.filter(({ status }) => NOT_RUN.has(status)).map(({ fullName }) => fullName),
  }
}

const NOT_RUN = new Set(['pending', 'skipped', 'todo'])

/** The part that is read of what vitest and Jest report. */
interface TestReport {
  readonly numPassedTests?: number
  readonly numFailedTests?: number
  readonly numPendingTests?: number
  readonly numTodoTests?: number
  readonly testResults?: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}
