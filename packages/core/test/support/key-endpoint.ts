import { createRemoteJwks, type JwksSource, type KeyLookup } from '../../src/keys/jwks-source.js'
import type { TokenwardEvent } from '../../src/outcomes/events.js'
import type { JsonObject } from '../../src/vocabulary/json-object.js'
import { type ManualClock, manualClock } from './manual-clock.js'
import { signer } from './signing.js'

export const REFRESH_AFTER = 600_000
export const MAX_AGE = 3_600_000

const { jwk } = signer('ES256')
export const keyNamed = (kid: string): JsonObject => ({ ...jwk, kid }) as JsonObject
export const want = (kid: string) => ({ kid, algorithm: 'ES256' as const })

/** A key endpoint whose answers are given by hand, so that every interleaving can be played. */
export interface KeyEndpoint {
  kids: readonly string[]
  /** Answered in place of a key set of `kids`. */
  document: JsonObject | undefined
  failure: Error | undefined
  /** Answers wait for `release()` while this is set. */
  held: boolean
  readonly fetches: number
  release(): void
}

/** A source of keys named `a`, on an endpoint and a clock of the test's own. */
export function keysFromEndpoint({ refreshAfter = REFRESH_AFTER }: { readonly refreshAfter?: number } = {}): {
  readonly source: JwksSource
  readonly upstream: KeyEndpoint
  readonly clock: ManualClock
  readonly events: readonly TokenwardEvent[]
  find(kid: string): Promise<KeyLookup>
} {
  const clock = manualClock()
  const events: TokenwardEvent[] = []
  let waiting: (() => void)[] = []
  let fetches = 0
  const upstream: KeyEndpoint = {
    kids: ['a'],
    document: undefined,
    failure: undefined,
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
    clock,
    emit: (event) => events.push(event),
    async fetchDocument() {
      fetches += 1
      // What the endpoint knows when it is asked, not when its answer arrives.
      const answer = upstream.document ?? { keys: upstream.kids.map(keyNamed) }
      const { failure } = upstream
      if (upstream.held) await new Promise<void>((resolve) => waiting.push(resolve))
      if (failure !== undefined) throw failure
      return answer
    },
  })
  return { source, upstream, clock, events, find: async (kid) => source.find(want(kid)) }
}
