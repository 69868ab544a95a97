import { describe, expect, it, vi } from 'vitest'
import { elapsedSince, monotonicNow, readInstant, systemClock } from '../../src/transport/clock.js'
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

describe('the clocks', () => {
  it('read the system at every call, so that fake timers installed later are seen', () => {
    vi.useFakeTimers({ now: 1_000 })
    expect(systemClock.now()).toBe(1_000)
    vi.useRealTimers()
    expect(systemClock.now()).toBeGreaterThan(1_000_000)
  })

  it('fall back to now() where a given clock has no monotonic()', () => {
    expect(monotonicNow({ now: () => 42 })).toBe(42)
  })
})
