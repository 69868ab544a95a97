import { describe, expect, it } from 'vitest'
import { evidenceOfLocalValidation } from '../../src/vocabulary/evidence.js'

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
