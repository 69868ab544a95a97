import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withCostSection } from '../../packages/bench/src/cost-section.ts'
import { withTestkitSection } from '../../packages/bench/src/testkit-section.ts'
import { isMet, type Results, targetsOf } from '../../packages/bench/src/results.ts'
import { documentAt } from '../support/documents.js'
import { root } from '../support/source-files.js'

const results = JSON.parse(readFileSync(join(root, 'packages/bench/results.json'), 'utf8')) as Results

it('the figures in the README of the testkit are those that were measured', () => {
  const { text } = documentAt('packages/testkit/README.md')
  expect(text).toBe(withTestkitSection(text, results))
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
