import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Attempt, createCircuitBreaker } from '../../src/transport/circuit-breaker.js'
import { manualClock } from '../support/manual-clock.js'

function setUp(random: () => number = () => 0) {
  const clock = manualClock()
  const breaker = createCircuitBreaker(clock.monotonic, random)
  const admit = (): Attempt => {
    const attempt = breaker.admit()
    if (attempt === undefined) throw new Error('not admitted')
    return attempt
  }
  const fail = (times: number) => {
    for (let i = 0; i < times; i++) admit().failed()
  }
  return { clock, breaker, admit, fail }
}

describe('a circuit', () => {
  it('opens after five failures in a row', () => {
    const { breaker, fail } = setUp()
    fail(4)
    expect(breaker.admit()).toBeDefined()
    fail(1)
    expect(breaker.admit()).toBeUndefined()
  })

  it('counts failures in a row only', () => {
    const { breaker, admit, fail } = setUp()
    for (let i = 0; i < 5; i++) {
      fail(4)
      admit().succeeded()
    }
    expect(breaker.admit()).toBeDefined()
  })

  it('lets one attempt through once it was open for a while, and closes when that succeeds', () => {
    const { clock, breaker, admit, fail } = setUp()
    fail(5)
    clock.advance(199)
    expect(breaker.admit()).toBeUndefined()
    clock.advance(1)
    const probe = admit()
    expect(breaker.admit()).toBeUndefined()
    probe.succeeded()
    fail(4)
    expect(breaker.admit()).toBeDefined()
  })

  it('stays open twice as long after each failed probe, and 800 ms at most', () => {
    const { clock, breaker, admit, fail } = setUp()
    fail(5)
    for (const wait of [200, 400, 800, 800, 800]) {
      clock.advance(wait - 1)
      expect(breaker.admit()).toBeUndefined()
      clock.advance(1)
      admit().failed()
    }
  })

  it('gives the place of a probe that learned nothing to the next', () => {
    const { clock, breaker, admit, fail } = setUp()
    fail(5)
    clock.advance(200)
    admit().abandoned()
    expect(breaker.admit()).toBeDefined()
  })

  it('lets the next through after 800 ms where a probe hangs, and believes whichever is answered', () => {
    for (const answered of [0, 1]) {
      const { clock, breaker, admit, fail } = setUp()
      fail(5)
      clock.advance(200)
      const probes = [admit()]
      clock.advance(799)
      expect(breaker.admit()).toBeUndefined()
      clock.advance(1)
      probes.push(admit())
      probes[1 - answered]?.failed()
      probes[answered]?.succeeded()
      expect([breaker.admit(), breaker.admit()]).not.toContain(undefined)
    }
  })

  it('hears nothing from attempts that began before it opened', () => {
    const { clock, breaker, admit, fail } = setUp()
    const slow = [admit(), admit(), admit()]
    fail(5)
    clock.advance(199)
    for (const attempt of slow) attempt.failed()
    clock.advance(1)
    expect(breaker.admit()).toBeDefined()
  })

  it('is not closed by an attempt that began before it opened', () => {
    const { breaker, admit, fail } = setUp()
    const slow = admit()
    fail(5)
    slow.succeeded()
    expect(breaker.admit()).toBeUndefined()
  })
})

it('sees a server that is back within a second, whatever happened before', () => {
  const events = fc.array(
    fc.record({
      wait: fc.integer({ min: 0, max: 400 }),
      end: fc.constantFrom('failed', 'abandoned', 'late', 'hanging'),
    }),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(events, fc.double({ min: 0, max: 0.999, noNaN: true }), (history, jitter) => {
      const { clock, breaker } = setUp(() => jitter)
      const late: Attempt[] = []
      const hanging: Attempt[] = []
      for (const { wait, end } of history) {
        const attempt = breaker.admit()
        if (end === 'late' || end === 'hanging') {
          if (attempt !== undefined) (end === 'late' ? late : hanging).push(attempt)
        } else attempt?.[end as 'failed' | 'abandoned']()
        clock.advance(wait)
      }
      // The deadline ends what is late, and what hangs goes on; from now on the server answers.
      for (const attempt of late) attempt.failed()
      clock.advance(800)
      const probe = breaker.admit()
      expect(probe).toBeDefined()
      probe?.succeeded()
      expect(breaker.admit()).toBeDefined()
      for (const attempt of hanging) attempt.failed()
    }),
    { numRuns: 2_000 },
  )
})
