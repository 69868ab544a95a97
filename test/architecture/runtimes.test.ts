import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exclusions, filesExcludedOn, type Runtime } from '../../packages/runtimes/src/excluded.ts'
import { root, sourceFiles } from '../support/source-files.js'

const CORE = join(root, 'packages/core')
const tests = sourceFiles('packages/core/test').filter(({ path }) => path.endsWith('.test.ts'))

describe('what does not run under Bun, Deno and workerd', () => {
  it('exists', () => {
    for (const { file, test } of exclusions) {
      expect(existsSync(join(CORE, file)), file).toBe(true)
      const title = test?.split(' > ').at(-1)
      if (title !== undefined) expect(readFileSync(join(CORE, file), 'utf8'), file).toContain(`it('${title}'`)
    }
  })

  it('has a reason, and stands there once', () => {
    for (const { file, reason } of exclusions) expect(reason.split(' ').length, file).toBeGreaterThan(4)
    const named = exclusions.flatMap(({ file, test = 'all', on }) =>
      on.map((runtime) => `${runtime}: ${file}: ${test}`),
    )
    expect(named).toStrictEqual([...new Set(named)])
  })

  it('is a single test on workerd alone, whose runner can leave one out', () => {
    for (const { file, test, on } of exclusions) if (test !== undefined) expect(on, file).toStrictEqual(['workerd'])
  })

  it.each<[Runtime, number]>([
    ['bun', 5],
    ['deno', 5],
    ['workerd', 22],
  ])('is little on %s: the rest are the tests of all floors', (runtime, most) => {
    const excluded = filesExcludedOn(runtime).map((file) => `packages/core/${file}`)
    expect(excluded.length).toBeLessThanOrEqual(most)
    const floorsOf = (files: readonly string[]) => new Set(files.map((path) => path.split('/')[3]))
    const all = tests.map(({ path }) => path)
    const run = all.filter((path) => !excluded.includes(path))
    expect(run.length).toBe(all.length - excluded.length)
    const onlyOfNode = runtime === 'workerd' ? ['conformance'] : []
    expect([...floorsOf(all)].filter((floor) => !floorsOf(run).has(floor))).toStrictEqual(onlyOfNode)
  })
})
