/** Spaces attempts after failures: doubling from `first` to `longest`, each wait shortened by up to half at random. */
export interface Backoff {
  /** Whether the next attempt is due. */
  isDue(): boolean
  failed(): void
  succeeded(): void
}

export function createBackoff(
  { first, longest }: { readonly first: number; readonly longest: number },
  monotonic: () => number,
  random: () => number = Math.random,
): Backoff {
  let failures = 0
  let failedAt = -Infinity
  let dueAt = -Infinity
  return {
    isDue() {
      const now = monotonic()
      // A given clock may step back after all; that must not turn a second's pause into an hour's.
      return now >= dueAt || now < failedAt
    },
    failed() {
      const wait = Math.min(longest, first * 2 ** failures)
      failures = Math.min(failures + 1, 30)
      // Jitter keeps a fleet that lost the same endpoint from coming back in step.
      failedAt = monotonic()
      dueAt = failedAt + wait * (1 - random() / 2)
    },
    succeeded() {
      failures = 0
      dueAt = -Infinity
    },
  }
}
