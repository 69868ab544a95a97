// Runs test files with the runner of vitest, within workerd. Vitest does the same in its own workers; what those set up
// before is set up here, as far as the tests of core need it.
import { setSafeTimers, startTests } from 'vitest/internal/browser'
import type { VitestRunner } from 'vitest/runtime'
import { testFiles } from 'test-files'
import { testsExcludedOn } from '../excluded.ts'

export interface FileResult {
  readonly passed: number
  readonly failed: readonly { readonly name: string; readonly message: string }[]
  readonly skipped: number
}

const config = {
  root: '/',
  name: 'core on workerd',
  testTimeout: 60_000,
  hookTimeout: 60_000,
  maxConcurrency: 5,
  passWithNoTests: false,
  retry: 0,
  repeats: 0,
  tags: [],
  strictTags: false,
  includeTaskLocation: false,
  sequence: { hooks: 'stack', setupFiles: 'parallel', shuffle: false, concurrent: false },
  expect: { poll: { timeout: 10_000, interval: 20 } },
  fakeTimers: {},
  snapshotOptions: {},
  chaiConfig: {},
}
const worker: Record<string, unknown> = { config, ctx: { pool: 'workerd' }, environment: { name: 'workerd' } }

setSafeTimers()
Object.assign(globalThis, { __vitest_worker__: worker })

/** Imports a test file and runs what it registers. */
export async function runFile(path: string): Promise<FileResult> {
  const load = testFiles[path]
  if (load === undefined) throw new Error(`${path} is not in the bundle`)
  worker['filepath'] = `/${path}`
  const runner = {
    config,
    pool: 'workerd',
    importFile: load,
    onBeforeRunTask: (task: unknown) => (worker['current'] = task),
  }
  const [file] = await startTests([`/${path}`], runner as unknown as VitestRunner)
  if (file === undefined) throw new Error('the runner brought nothing back')
  const result = { passed: 0, failed: [] as FileResult['failed'][number][], skipped: 0 }
  const excluded = new Set(testsExcludedOn('workerd', path))
  count(file, [], result, excluded)
  for (const name of excluded) result.failed.push({ name, message: 'is excluded, and there is no such test' })
  return result
}

type Task = Pick<Awaited<ReturnType<typeof startTests>>[number], 'name' | 'mode' | 'result'> & {
  readonly type: string
  readonly tasks?: readonly Task[]
}

interface Counted {
  passed: number
  failed: FileResult['failed'][number][]
  skipped: number
}

/** Excluded tests run, and what comes of them does not count. Those that are met are taken out of the set. */
function count(task: Task, path: readonly string[], into: Counted, excluded: Set<string>): void {
  if (excluded.delete(path.join(' > '))) return
  const errors = task.result?.errors ?? []
  const isSuite = task.tasks !== undefined
  if (task.mode === 'skip' || task.mode === 'todo') into.skipped += 1
  else if (errors.length > 0 || (!isSuite && task.result?.state !== 'pass')) {
    const message = errors.map(({ message: text, stack }) => `${text}\n${stack ?? ''}`).join('\n')
    into.failed.push({ name: path.join(' > '), message: message || `ended as ${task.result?.state}` })
  } else if (!isSuite) into.passed += 1
  for (const child of task.tasks ?? []) count(child, [...path, child.name], into, excluded)
}
