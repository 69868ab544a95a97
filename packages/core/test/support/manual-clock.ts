import type { Clock } from '../../src/transport/clock.js'

/** Time that moves only when told to, both clocks together unless one is moved alone. */
export interface ManualClock extends Required<Clock> {
  advance(milliseconds: number): void
  stepWall(milliseconds: number): void
}

export function manualClock(start = Date.now()): ManualClock {
  let wall = start
  let monotonic = 0
  return {
    now: () => wall,
    monotonic: () => monotonic,
    advance(milliseconds) {
      wall += milliseconds
      monotonic += milliseconds
    },
    stepWall(milliseconds) {
      wall += milliseconds
    },
  }
}
