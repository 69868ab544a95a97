import { BoundedCache } from '../transport/bounded-cache.js'

export interface CallLimitOptions {
  /** Calls per second. */
  readonly rate: number
  /** Calls at once. */
  readonly burst: number
}

/** Keeps live checks from using up the quota that everything in an AWS account shares, sign-in included. */
export interface CallLimit {
  /** Whether a call about the token may be made now. It never queues. */
  take(token: string): boolean
  /** Cognito asked for fewer calls. */
  throttled(): void
}

// Times are compared in both directions: a given clock may step back after all, and what then lies ahead is over.

/** Cognito itself allows ten reads per second for one user; half of that is left to others. */
const CALLS_PER_TOKEN = 5
const SECOND = 1_000
/** Calls that were on their way together are throttled together, and halve the rate once. */
const HALVE_EVERY = SECOND
const RECOVER_EVERY = 5 * SECOND
/** What comes back with each step. */
const STEP = 1 / 8
const LEAST_SHARE = 1 / 16

export function createCallLimit({ rate, burst }: CallLimitOptions, monotonic: () => number): CallLimit {
  /** No token can have more than these calls in one second, so that no entry is dropped before it has ended. */
  const recentCalls = new BoundedCache<string, readonly number[]>(Math.ceil(burst + rate))
  /** Of the rate and the burst that is in use. */
  let share = 1
  let changedAt = -Infinity
  let throttledAt = -Infinity
  let available = burst
  let countedAt = monotonic()

  function recover(now: number): void {
    if (share === 1) return
    const steps = Math.floor(Math.abs(now - changedAt) / RECOVER_EVERY)
    if (steps === 0) return
    share = Math.min(1, share + STEP * steps)
    changedAt = now
  }

  function refill(now: number): void {
    // What was saved up is cut as well: spent at once after a pause, it would be throttled again.
    const gained = (Math.max(0, now - countedAt) / SECOND) * rate * share
    available = Math.min(Math.max(1, burst * share), available + gained)
    countedAt = now
  }

  return {
    take(token) {
      const now = monotonic()
      // In this order: what has passed is counted at the rate that was in use.
      refill(now)
      recover(now)
      const recent = (recentCalls.get(token) ?? []).filter((at) => Math.abs(now - at) < SECOND)
      if (recent.length >= CALLS_PER_TOKEN || available < 1) return false
      available -= 1
      recentCalls.set(token, [...recent, now])
      return true
    },
    throttled() {
      const now = monotonic()
      if (Math.abs(now - throttledAt) < HALVE_EVERY) return
      share = Math.max(LEAST_SHARE, share / 2)
      throttledAt = changedAt = now
    },
  }
}
