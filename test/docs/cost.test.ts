import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withCostSection } from '../../packages/bench/src/cost-section.ts'
import { testkitTable, withTestkitSection } from '../../packages/bench/src/testkit-section.ts'
import { testkitTargets } from '../../packages/bench/src/testkit/testkit-targets.ts'
import { isMet, type Results, targetsOf } from '../../packages/bench/src/results.ts'
import { documentAt } from '../support/documents.js'
import { root } from '../support/source-files.js'

const results = JSON.parse(readFileSync(join(root, 'packages/bench/results.json'), 'utf8')) as Results

describe('the figures in the README of the testkit', () => {
  const { text } = documentAt('packages/testkit/README.md')

  it('are those that were measured', () => {
    expect(text).toBe(withTestkitSection(text, results))
  })

  it('keep what is promised, or say that they do not', () => {
    const targets = Object.values(testkitTargets(results.testkit))
    expect(targets).toHaveLength(5)
    const [, section = ''] = text.split('## What it costs')
    expect(section.split('not met').length - 1).toBe(targets.filter((target) => !isMet(target)).length)
    expect(section).toContain('| at least 2,000')
    expect(section.match(/\| at most 60\b/g)).toHaveLength(2)
  })

  it('are judged by the clock and by the median, also in a row', () => {
    const spread = (median: number) => ({ median, p10: 0, p90: 0 })
    const good = { first: 400, later: 60, inARow: 60, perSecond: 2_000, cpu: 1_000 }
    const bad = { first: 401, later: 61, inARow: 61, perSecond: 1_999, cpu: 1_001 }
    const table = (figures: Partial<typeof good>) => {
      const spreads = Object.entries({ ...good, ...figures }).map(([name, figure]) => [name, spread(figure)])
      return testkitTable({ ...results, testkit: { ...results.testkit, ...Object.fromEntries(spreads) } })
    }
    expect(table({})).not.toContain('not met')
    for (const [name, figure] of Object.entries(bad)) {
      expect(table({ [name]: figure }).match(/at (?:most|least) [\d,]+: not met/g), name).toHaveLength(1)
    }
  })
})

describe('the figures in the README of core', () => {
  it('are those that were measured; `npm run bench` writes both', () => {
    const { text } = documentAt('packages/core/README.md')
    expect(text).toBe(withCostSection(text, results))
  })

  it('are judged by limits that nothing slips through', () => {
    const target = { name: 'anything', limit: 3, measured: 3 }
    expect(isMet(target)).toBe(true)
    expect(isMet({ ...target, measured: 3.01 })).toBe(false)
    expect(isMet({ ...target, measured: NaN })).toBe(false)
    expect(targetsOf(results).length).toBeGreaterThan(4)
    expect(targetsOf(results).filter(({ measured }) => !Number.isFinite(measured))).toStrictEqual([])
  })
})
