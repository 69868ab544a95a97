import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCallLimit } from '../../src/cognito/call-limit.js'
import { manualClock } from '../support/manual-clock.js'

/** A limit, and how many calls it allows at one instant, each about a token of its own. */
function setUp({ rate = 20, burst = 40 } = {}) {
  const clock = manualClock()
  const limit = createCallLimit({ rate, burst }, clock.monotonic)
  let tokens = 0
  const allowed = () => {
    let calls = 0
    // A limit that is none must fail the test, not keep it busy.
    while (calls < 1_000 && limit.take(`token-${(tokens += 1)}`)) calls += 1
    return calls
  }
  const allowedAfter = (milliseconds: number) => {
    clock.advance(milliseconds)
    return allowed()
  }
  return { clock, limit, allowed, allowedAfter }
}

describe('the limit on calls', () => {
  it('allows a burst, and then its rate', () => {
    const { allowed, allowedAfter } = setUp()
    expect([allowed(), allowedAfter(1_000), allowedAfter(49), allowedAfter(1)]).toStrictEqual([40, 20, 0, 1])
    expect(allowedAfter(3_600_000)).toBe(40)
  })

  it('keeps a rate below one a second', () => {
    const { allowed, allowedAfter } = setUp({ rate: 0.1, burst: 1 })
    expect([allowed(), allowedAfter(9_999), allowedAfter(1)]).toStrictEqual([1, 0, 1])
  })

  it('never allows more than the burst and what the time gives', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 900 })), fc.array(fc.boolean()), (waits, throttles) => {
        const { clock, limit, allowed } = setUp({ rate: 4, burst: 6 })
        let calls = 0
        for (const [index, wait] of waits.entries()) {
          clock.advance(wait)
          calls += allowed()
          if (throttles[index] === true) limit.throttled()
        }
        expect(calls).toBeLessThanOrEqual(6 + (4 * clock.monotonic()) / 1_000 + 1e-6)
      }),
    )
  })

  it('gains nothing from a clock that steps back', () => {
    let now = 10_000
    const limit = createCallLimit({ rate: 1, burst: 1 }, () => now)
    expect(limit.take('a')).toBe(true)
    now = 0
    expect(limit.take('b')).toBe(false)
    now = 999
    expect(limit.take('c')).toBe(false)
    now = 1_000
    expect(limit.take('d')).toBe(true)
  })
})

describe('a limit that was throttled', () => {
  it('halves its rate and its burst', () => {
    const { limit, allowed, allowedAfter } = setUp()
    limit.throttled()
    expect([allowed(), allowedAfter(1_000)]).toStrictEqual([20, 10])
  })

  it('saves up no more than half the burst', () => {
    const { limit, allowedAfter } = setUp({ rate: 20, burst: 200 })
    limit.throttled()
    expect(allowedAfter(4_999)).toBe(100)
  })

  it('is halved once for calls that were on their way together', () => {
    const { clock, limit, allowed, allowedAfter } = setUp()
    limit.throttled()
    limit.throttled()
    clock.advance(999)
    limit.throttled()
    allowed()
    expect(allowedAfter(1_000)).toBe(10)
    limit.throttled()
    expect(allowedAfter(1_000)).toBe(5)
  })

  it('never falls below a sixteenth', () => {
    const { clock, limit, allowed, allowedAfter } = setUp({ rate: 160, burst: 160 })
    for (let i = 0; i < 20; i++) {
      limit.throttled()
      clock.advance(1_000)
    }
    allowed()
    expect(allowedAfter(500)).toBe(5)
  })

  it('recovers an eighth every five seconds', () => {
    const { clock, limit, allowed, allowedAfter } = setUp({ rate: 80, burst: 80 })
    limit.throttled()
    const rates = Array.from({ length: 6 }, () => {
      allowed()
      const rate = allowedAfter(500) * 2
      clock.advance(4_500)
      return rate
    })
    expect(rates).toStrictEqual([40, 50, 60, 70, 80, 80])
  })

  it('recovers at once after a long pause', () => {
    const { limit, allowedAfter } = setUp()
    for (let i = 0; i < 4; i++) {
      limit.throttled()
      allowedAfter(1_000)
    }
    // What passed is counted at the rate that was in use: a sixteenth of the burst.
    expect(allowedAfter(40_000)).toBe(2)
    expect(allowedAfter(1_000)).toBe(20)
  })

  it('is halved again and recovers although its clock stepped back', () => {
    let now = 1_000_000
    const limit = createCallLimit({ rate: 80, burst: 80 }, () => now)
    const allowed = () => Array.from({ length: 100 }, (_, i) => limit.take(`${now}-${i}`)).filter(Boolean).length
    limit.throttled()
    now = 0
    limit.throttled()
    expect(allowed()).toBe(20)
    now = 500
    expect(allowed()).toBe(10)
    now = -100_000
    allowed()
    now = -99_500
    expect(allowed()).toBe(40)
  })
})

describe('one token', () => {
  it('has five calls in any second', () => {
    const { clock, limit } = setUp()
    const take = (times: number) => Array.from({ length: times }, () => limit.take('one')).filter(Boolean).length
    expect(take(3)).toBe(3)
    clock.advance(500)
    expect(take(5)).toBe(2)
    clock.advance(499)
    expect(take(5)).toBe(0)
    clock.advance(1)
    expect(take(5)).toBe(3)
  })

  it('uses up nothing of the others when it is refused', () => {
    const { limit, allowed } = setUp()
    for (let i = 0; i < 100; i++) limit.take('one')
    expect(allowed()).toBe(35)
  })

  it('is not forgotten because many others are asked about', () => {
    const { clock, limit } = setUp()
    for (let i = 0; i < 5; i++) limit.take('one')
    // One call is left, so that it is the limit of the token that refuses it.
    for (let i = 0; i < 34; i++) expect(limit.take(`burst-${i}`)).toBe(true)
    for (let i = 0; i < 19; i++) {
      clock.advance(50)
      expect(limit.take('one')).toBe(false)
      expect(limit.take(`later-${i}`)).toBe(true)
    }
    expect(limit.take('one')).toBe(false)
    clock.advance(50)
    expect(limit.take('one')).toBe(true)
  })

  it('is not held back by a clock that stepped back', () => {
    let now = 1_000_000
    const limit = createCallLimit({ rate: 10, burst: 100 }, () => now)
    for (let i = 0; i < 5; i++) limit.take('one')
    now = 0
    expect(limit.take('one')).toBe(true)
  })
})
