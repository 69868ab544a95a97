import { createBackoff } from './backoff.js'

/** Spares a server that fails, and the requests that would wait for it. */
export interface CircuitBreaker {
  /** One attempt, or `undefined` while the circuit is open. Whoever gets one reports how it ended, exactly once. */
  admit(): Attempt | undefined
}

export interface Attempt {
  /** The server answered, whatever it said. */
  succeeded(): void
  /** The server failed, and not because of what it was asked. */
  failed(): void
  /** Nothing was learned about the server. */
  abandoned(): void
}

/** Failures in a row that open the circuit. */
const THRESHOLD = 5
/** Short enough that a server which is back is seen to be back within a second. */
const OPEN_FOR = { first: 200, longest: 800 }

export function createCircuitBreaker(monotonic: () => number, random?: () => number): CircuitBreaker {
  const backoff = createBackoff(OPEN_FOR, monotonic, random)
  let failures = 0
  /** Counts openings and closings: what was admitted before one has nothing to say after it. */
  let epoch = 0
  let probing = false

  function close(): void {
    epoch += 1
    failures = 0
    probing = false
    backoff.succeeded()
  }

  function open(): void {
    epoch += 1
    probing = false
    backoff.failed()
  }

  return {
    admit() {
      const isOpen = failures >= THRESHOLD
      if (isOpen) {
        // Half-open: one attempt finds out for all.
        if (probing || !backoff.isDue()) return undefined
        probing = true
      }
      const admittedIn = epoch
      const inThisEpoch = (report: () => void) => () => {
        if (epoch === admittedIn) report()
      }
      return {
        succeeded: inThisEpoch(() => (isOpen ? close() : (failures = 0))),
        failed: inThisEpoch(() => {
          failures += 1
          if (failures >= THRESHOLD) open()
        }),
        abandoned: inThisEpoch(() => {
          if (isOpen) probing = false
        }),
      }
    },
  }
}
