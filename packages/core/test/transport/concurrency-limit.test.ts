import { describe, expect, it } from 'vitest'
import { createConcurrencyLimit } from '../../src/transport/concurrency-limit.js'

describe('a limit of eight calls at once', () => {
  const fill = (credible: boolean) => {
    const limit = createConcurrencyLimit(8)
    const leaves = []
    for (let leave = limit.enter(credible); leave !== undefined; leave = limit.enter(credible)) leaves.push(leave)
    return { limit, leaves }
  }

  it('admits eight about credible tokens', () => {
    expect(fill(true).leaves).toHaveLength(8)
  })

  it('admits two about others, and leaves the rest to credible ones', () => {
    const { limit, leaves } = fill(false)
    expect(leaves).toHaveLength(2)
    for (let i = 0; i < 6; i++) expect(limit.enter(true)).toBeDefined()
    expect(limit.enter(true)).toBeUndefined()
  })

  it('has no place for others where credible ones take all', () => {
    expect(fill(true).limit.enter(false)).toBeUndefined()
  })

  it('gives a place that was left to the next', () => {
    for (const credible of [true, false]) {
      const { limit, leaves } = fill(credible)
      leaves[0]?.()
      expect(limit.enter(credible)).toBeDefined()
      expect(limit.enter(credible)).toBeUndefined()
    }
  })

  it('gives a place back once, however often it is left', () => {
    const { limit, leaves } = fill(true)
    leaves[0]?.()
    leaves[0]?.()
    expect(limit.enter(true)).toBeDefined()
    expect(limit.enter(true)).toBeUndefined()
  })
})
