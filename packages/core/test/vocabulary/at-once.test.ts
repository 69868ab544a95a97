import { describe, expect, it } from 'vitest'
import { andThen } from '../../src/vocabulary/at-once.js'

describe('andThen', () => {
  it('goes on at once with what is known', () => {
    expect(andThen(2, (value) => value * 2)).toBe(4)
  })

  it('waits for what is not, and for what comes of it', async () => {
    expect(await andThen(Promise.resolve(2), (value) => value * 2)).toBe(4)
    expect(await andThen(2, async (value) => value * 2)).toBe(4)
    expect(await andThen(Promise.resolve(2), async (value) => value * 2)).toBe(4)
  })
})
