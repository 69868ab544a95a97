import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createTokenBucket } from '../../src/transport/token-bucket.js'

it('allows its capacity at once and then one for each interval', () => {
  let now = 0
  const bucket = createTokenBucket({ capacity: 2, refillInterval: 1_000 }, () => now)
  expect([bucket.take(), bucket.take(), bucket.take()]).toStrictEqual([true, true, false])
  now = 999
  expect(bucket.take()).toBe(false)
  now = 1_000
  expect([bucket.take(), bucket.take()]).toStrictEqual([true, false])
  now = 60_000
  expect([bucket.take(), bucket.take(), bucket.take()]).toStrictEqual([true, true, false])
})

it('leaves a reserve where it is told to', () => {
  let now = 0
  const bucket = createTokenBucket({ capacity: 3, refillInterval: 1_000 }, () => now)
  expect([bucket.take(1), bucket.take(1), bucket.take(1)]).toStrictEqual([true, true, false])
  expect([bucket.take(), bucket.take()]).toStrictEqual([true, false])
  now = 1_000
  expect(bucket.take(1)).toBe(false)
  now = 2_000
  expect(bucket.take(1)).toBe(true)
})

it('gains nothing from a clock that steps back', () => {
  let now = 10_000
  const bucket = createTokenBucket({ capacity: 1, refillInterval: 1_000 }, () => now)
  bucket.take()
  now = 0
  expect(bucket.take()).toBe(false)
  now = 900
  expect(bucket.take()).toBe(false)
})

it('never allows more than capacity plus elapsed intervals', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 700 }), { maxLength: 200 }), (waits) => {
      let now = 0
      let allowed = 0
      const bucket = createTokenBucket({ capacity: 2, refillInterval: 1_000 }, () => now)
      for (const wait of waits) {
        now += wait
        if (bucket.take()) allowed += 1
      }
      expect(allowed).toBeLessThanOrEqual(2 + now / 1_000)
    }),
  )
})
