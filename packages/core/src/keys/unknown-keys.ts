import { BoundedCache } from '../transport/bounded-cache.js'
import { type Clock, elapsedSince, type Instant, monotonicNow, readInstant } from '../transport/clock.js'
import { createTokenBucket } from '../transport/token-bucket.js'

/** How long "this key does not exist" is believed. Short, because a rotation may make it exist. */
const NEGATIVE_ENTRY_MS = 1_000
const MAX_NAMES = 1_000
/**
 * A flood of made-up names costs two fetches, then one a second. The third at once is kept for a name that was turned
 * away before: made-up ones do not come back, the name of a new key does. Whatever comes, no second sees more than one
 * fetch after the first two.
 */
const LOOK_UPS = { capacity: 3, refillInterval: 1_000 }
const RESERVE = 1

/**
 * Key names that no set has held so far. They are text of tokens that nobody has verified: bounded in number, compared
 * with others, and nothing else.
 */
export class UnknownKeys {
  readonly #clock: Clock
  readonly #lookUps
  /** Looked up and not found, with the instant their fetch began. */
  readonly #absent = new BoundedCache<string, Instant>(MAX_NAMES)
  /** Not looked up, because there were too many. */
  readonly #turnedAway = new BoundedCache<string, true>(MAX_NAMES)

  constructor(clock: Clock) {
    this.#clock = clock
    this.#lookUps = createTokenBucket(LOOK_UPS, () => monotonicNow(clock))
  }

  /** Whether a fetch that began less than a second ago has shown that there is no such key. */
  isAbsent(kid: string | undefined): boolean {
    const lookedUpAt = this.#absent.get(nameOf(kid))
    return lookedUpAt !== undefined && elapsedSince(lookedUpAt, readInstant(this.#clock)) < NEGATIVE_ENTRY_MS
  }

  /** Whether the name may cost a fetch now. Nobody queues. */
  mayBeLookedUp(kid: string | undefined): boolean {
    const name = nameOf(kid)
    if (this.#lookUps.take(this.#turnedAway.get(name) === true ? 0 : RESERVE)) return true
    this.#turnedAway.set(name, true)
    return false
  }

  /** It is missing from a set whose fetch began then. */
  wasAbsent(kid: string | undefined, fetchBeganAt: Instant): void {
    this.#absent.set(nameOf(kid), fetchBeganAt)
  }

  /** A new set may hold any of them. */
  clear(): void {
    this.#absent.clear()
    this.#turnedAway.clear()
  }
}

/** No kid is empty and absent at once: a token without one asks for any key. */
function nameOf(kid: string | undefined): string {
  return kid === undefined ? '' : `=${kid}`
}
