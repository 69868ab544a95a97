import { describe, expect, it } from 'vitest'
import { andThen, type AtOnce, inSteps } from '../../src/vocabulary/at-once.js'

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

describe('inSteps', () => {
  function* sum(first: AtOnce<number>, second: AtOnce<number>): Generator<unknown, number, unknown> {
    return ((yield first) as number) + ((yield second) as number)
  }

  function* orZero(risk: () => unknown): Generator<unknown, unknown, unknown> {
    try {
      return yield risk()
    } catch {
      return 0
    }
  }

  it('answers at once where nothing has to be waited for', () => {
    expect(inSteps(sum(1, 2))).toBe(3)
  })

  it('waits for whatever has to be waited for', async () => {
    for (const [first, second] of [
      [Promise.resolve(1), 2],
      [1, Promise.resolve(2)],
      [Promise.resolve(1), Promise.resolve(2)],
    ] as const) {
      const result = inSteps(sum(first, second))
      expect(result).toBeInstanceOf(Promise)
      expect(await result).toBe(3)
    }
  })

  it('shows failures where they happen, and passes on those that nobody catches', async () => {
    const fail = () => {
      throw new Error('no')
    }
    expect(inSteps(orZero(fail))).toBe(0)
    expect(await inSteps(orZero(() => Promise.reject(new Error('no'))))).toBe(0)
    await expect(inSteps(sum(1, Promise.reject(new Error('no'))))).rejects.toThrow('no')
  })
})
