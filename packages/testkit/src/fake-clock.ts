import { type Duration, milliseconds } from './duration.js'

/** Runs with real time until a test moves it. Hand it to the code under test, too. */
export interface FakeClock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Moves the clock. */
  advance(by: Duration): void
}

export function createFakeClock(maker: string): FakeClock {
  let offset = 0
  return {
    now: () => Date.now() + offset,
    advance(by) {
      offset += milliseconds(maker, 'clock.advance', by)
    },
  }
}
