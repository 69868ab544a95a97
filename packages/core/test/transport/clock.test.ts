import { describe, expect, it, vi } from 'vitest'
import { elapsedSince, monotonicNow, readInstant, steadyClock, systemClock } from '../../src/transport/clock.js'
import { manualClock } from '../support/manual-clock.js'

describe('elapsedSince', () => {
  it('counts the wall clock when the monotonic one stood still, as in a frozen process', () => {
    const clock = manualClock()
    const start = readInstant(clock)
    clock.stepWall(60_000)
    expect(elapsedSince(start, readInstant(clock))).toBe(60_000)
  })

  it('counts the monotonic clock when the wall clock stepped back', () => {
    const clock = manualClock()
    const start = readInstant(clock)
    clock.advance(60_000)
    clock.stepWall(-3_600_000)
    expect(elapsedSince(start, readInstant(clock))).toBe(60_000)
  })
})

describe('a steady clock', () => {
  const START = 1_800_000_000_000

  it('counts what the wall clock moves forward, and nothing that it steps back', () => {
    let wall = START
    const clock = steadyClock({ now: () => wall })
    const start = readInstant(clock)
    wall += 5_000
    expect(elapsedSince(start, readInstant(clock))).toBe(5_000)
    wall -= 3_600_000
    expect(elapsedSince(start, readInstant(clock))).toBe(5_000)
    wall += 2_000
    expect(elapsedSince(start, readInstant(clock))).toBe(7_000)
    expect(clock.now()).toBe(START + 5_000 - 3_600_000 + 2_000)
  })

  it('goes on after a time that was none', () => {
    let wall = START
    const clock = steadyClock({ now: () => wall })
    const start = clock.monotonic()
    wall = Number.NaN
    expect(clock.monotonic()).toBe(start)
    wall = START + 1_000
    expect(clock.monotonic() - start).toBe(1_000)
  })

  it('leaves a monotonic time that is given as it is, and reads it at every call', () => {
    const given = { now: () => 1, monotonic: () => 2 }
    const clock = steadyClock(given)
    given.monotonic = () => 3
    expect([clock.now(), clock.monotonic()]).toStrictEqual([1, 3])
  })
})

describe('the clocks', () => {
  it('read the system at every call, so that fake timers installed later are seen', () => {
    vi.useFakeTimers({ now: 1_000 })
    expect(systemClock.now()).toBe(1_000)
    const start = monotonicNow(systemClock)
    vi.advanceTimersByTime(60_000)
    expect(monotonicNow(systemClock) - start).toBe(60_000)
    vi.useRealTimers()
    expect(systemClock.now()).toBeGreaterThan(1_000_000)
  })

  it('count the same milliseconds on every runtime', () => {
    const unsupported = () => {
      throw new Error('not supported in the Edge Runtime')
    }
    for (const process of [globalThis.process, { hrtime: unsupported }, { versions: { node: '24' } }, {}, undefined]) {
      vi.stubGlobal('process', process)
      const [start, reference] = [monotonicNow(systemClock), performance.now()]
      while (performance.now() < reference + 5);
      const elapsed = monotonicNow(systemClock) - start
      vi.unstubAllGlobals()
      expect(elapsed).toBeGreaterThan(4.9)
      expect(elapsed).toBeLessThan(5_000)
    }
  })

  it('fall back to now() where a given clock has no monotonic()', () => {
    expect(monotonicNow({ now: () => 42 })).toBe(42)
  })
})
