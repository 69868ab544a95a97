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
  /** When the last probe was let through, as long as none has ended since. */
  let probingSince: number | undefined

  function close(): void {
    epoch += 1
    failures = 0
    probingSince = undefined
    backoff.succeeded()
  }

  function open(): void {
    epoch += 1
    probingSince = undefined
    backoff.failed()
  }

  const isProbing = () => probingSince !== undefined && monotonic() - probingSince < OPEN_FOR.longest

  return {
    admit() {
      const isOpen = failures >= THRESHOLD
      if (isOpen) {
        // Half-open: one attempt finds out for all. Where it hangs, the next one must not wait for its deadline.
        if (!backoff.isDue() || isProbing()) return undefined
        probingSince = monotonic()
      }
      const admittedIn = epoch
      const inThisEpoch = (report: () => void) => () => {
        if (epoch === admittedIn) report()
      }
      return {
        // A probe that hung while the next one failed has an answer all the same.
        succeeded: isOpen ? () => failures >= THRESHOLD && close() : inThisEpoch(() => (failures = 0)),
        failed: inThisEpoch(() => {
          failures += 1
          if (failures >= THRESHOLD) open()
        }),
        abandoned: inThisEpoch(() => {
          if (isOpen) probingSince = undefined
        }),
      }
    },
  }
}
