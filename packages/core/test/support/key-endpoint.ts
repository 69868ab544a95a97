import { createRemoteJwks, type JwksSource, type KeyLookup } from '../../src/keys/jwks-source.js'
import type { GivenKeySet } from '../../src/keys/key-snapshot.js'
import type { VerificationKey } from '../../src/keys/signature.js'
import type { TokenwardEvent } from '../../src/outcomes/events.js'
import type { JsonObject } from '../../src/vocabulary/json-object.js'
import { type ManualClock, manualClock } from './manual-clock.js'
import { signer } from './signing.js'

export const REFRESH_AFTER = 600_000
export const MAX_AGE = 3_600_000

const { jwk } = signer('ES256')
export const keyNamed = (kid: string): JsonObject => ({ ...jwk, kid }) as JsonObject
export const want = (kid: string) => ({ kid, algorithm: 'ES256' as const })

/** The keys that were found; none where it was something else. */
export function keysOf(lookup: KeyLookup): readonly VerificationKey[] {
  return lookup.result === 'found' ? lookup.keys : []
}

/** A key endpoint whose answers are given by hand, so that every interleaving can be played. */
export interface KeyEndpoint {
  kids: readonly string[]
  /** Answered in place of a key set of `kids`. */
  document: JsonObject | undefined
  failure: Error | undefined
  /** Milliseconds for which the answer says that it stays good. */
  freshFor: number | undefined
  /** Answers wait for `release()` while this is set. */
  held: boolean
  readonly fetches: number
  release(): void
}

interface KeySourceOptions {
  readonly refreshAfter?: number
  /** Milliseconds a fetch takes at most. */
  readonly longest?: number
  readonly given?: (clock: ManualClock) => GivenKeySet
  /** Milliseconds since the epoch. */
  readonly startsAt?: number
}

/** A source of keys named `a`, on an endpoint and a clock of the test's own. */
export function keysFromEndpoint({
  refreshAfter = REFRESH_AFTER,
  longest = 60_000,
  given,
  startsAt,
}: KeySourceOptions = {}): {
  readonly source: JwksSource
  readonly upstream: KeyEndpoint
  readonly clock: ManualClock
  readonly events: readonly TokenwardEvent[]
  find(kid: string): Promise<KeyLookup>
} {
  const clock = manualClock(startsAt)
  const events: TokenwardEvent[] = []
  let waiting: (() => void)[] = []
  let fetches = 0
  const upstream: KeyEndpoint = {
    kids: ['a'],
    document: undefined,
    failure: undefined,
    freshFor: undefined,
    held: false,
    get fetches() {
      return fetches
    },
    release() {
      const released = waiting
      waiting = []
      for (const resolve of released) resolve()
    },
  }
  const source = createRemoteJwks({
    issuer: 'https://a.example',
    algorithms: ['ES256'],
    refreshAfter,
    maxAge: MAX_AGE,
    longest,
    given: given?.(clock),
    clock,
    emit: (event) => events.push(event),
    async fetchDocument() {
      fetches += 1
      // What the endpoint knows when it is asked, not when its answer arrives.
      const answer = upstream.document ?? { keys: upstream.kids.map(keyNamed) }
      const { failure, freshFor } = upstream
      if (upstream.held) await new Promise<void>((resolve) => waiting.push(resolve))
      if (failure !== undefined) throw failure
      return { document: answer, freshFor }
    },
  })
  return { source, upstream, clock, events, find: async (kid) => source.find(want(kid)) }
}
