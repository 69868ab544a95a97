import { describe, expect, it } from 'vitest'
import { evidence, evidenceOfLocalValidation, laterEvidence } from '../../src/vocabulary/evidence.js'

describe('evidenceOfLocalValidation', () => {
  it('knows a token as good as of its issue, minus the clock tolerance', () => {
    expect(evidenceOfLocalValidation(100_000, 160_000, 5_000)).toStrictEqual({
      source: 'local-validation',
      asOf: 95_000,
      lagMs: 65_000,
      relaxed: false,
    })
  })

  it('never knows anything as of the future', () => {
    expect(evidenceOfLocalValidation(163_000, 160_000, 5_000).asOf).toBe(155_000)
  })

  it('knows nothing of a token that does not say when it was issued', () => {
    expect(evidenceOfLocalValidation(undefined, 160_000, 5_000)).toMatchObject({ asOf: undefined, lagMs: undefined })
  })
})

describe('laterEvidence', () => {
  it('is the same proof, older by as much', () => {
    const known = evidence('cached-answer', 95_000, 100_000, true)
    expect(laterEvidence(known, 2_000)).toStrictEqual({ ...known, lagMs: 7_000 })
  })

  it('proves no more than before where nothing is known', () => {
    const unknown = evidence('local-validation', undefined, 100_000)
    expect(laterEvidence(unknown, 2_000)).toStrictEqual(unknown)
  })
})
