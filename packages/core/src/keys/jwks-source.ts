import type { UnavailableCode } from '../outcomes/operator-codes.js'
import { UpstreamError } from '../outcomes/errors.js'
import type { Emit } from '../outcomes/events.js'
import { createBackoff } from '../transport/backoff.js'
import { BoundedCache } from '../transport/bounded-cache.js'
import { type Clock, elapsedSince, type Instant, monotonicNow, readInstant } from '../transport/clock.js'
import { closedError } from '../transport/http-client.js'
import { createTokenBucket } from '../transport/token-bucket.js'
import type { JsonObject } from '../vocabulary/json-object.js'
import type { SignatureAlgorithm } from './algorithms.js'
import { createKeySet, type KeySet, type KeyWanted } from './key-set.js'
import type { VerificationKey } from './signature.js'

/** Where the keys of one issuer come from. */
export interface JwksSource {
  /** Answers at once for a known key; may fetch for an unknown one. */
  find(want: KeyWanted): KeyLookup | Promise<KeyLookup>
  /** Fetches the key set unless a fresh one is at hand; throws {@link UpstreamError}. */
  load(): Promise<void>
  close(): void
}

export type KeyLookup =
  /** Empty when a key of that name exists but may not be used with the algorithm. */
  | { readonly result: 'found'; readonly keys: readonly VerificationKey[] }
  /** Proven: absent from a key set whose fetch began after the token arrived, or a moment before. */
  | { readonly result: 'absent' }
  | { readonly result: 'unavailable'; readonly reason: UnavailableCode }

export interface RemoteJwksOptions {
  readonly issuer: string
  readonly algorithms: readonly SignatureAlgorithm[]
  /** Milliseconds after which a key set is refreshed in the background. */
  readonly refreshAfter: number
  /** Milliseconds after which a key set is no longer used. */
  readonly maxAge: number
  /** Fetches the document; throws {@link UpstreamError}. */
  readonly fetchDocument: () => Promise<JsonObject>
  /** A status that says that nothing is served here, which is then not reported as a failure. */
  readonly unservedStatus?: number | undefined
  readonly clock: Clock
  readonly emit: Emit
}

/** How long "this key does not exist" is believed. Short, because a rotation may make it exist. */
const NEGATIVE_ENTRY_MS = 1_000
const MAX_NEGATIVE_ENTRIES = 1_000
/** A flood of made-up names costs two fetches, then one per second; a genuine new key waits a second at most. */
const UNKNOWN_KEY_FETCHES = { capacity: 2, refillInterval: 1_000 }
const FAILURE_BACKOFF = { first: 500, longest: 5_000 }

const CLOSED: KeyLookup = { result: 'unavailable', reason: 'resource-server-closed' }
const UNREACHABLE: KeyLookup = { result: 'unavailable', reason: 'jwks-unreachable' }
const LIMITED: KeyLookup = { result: 'unavailable', reason: 'key-lookup-limited' }
const ABSENT: KeyLookup = { result: 'absent' }

/**
 * A key set that is fetched when first needed and kept fresh by the traffic itself; no timer runs. A known key never
 * waits. Past `refreshAfter` the next use starts a background refresh, and an outage refuses nobody until `maxAge`.
 * Only a complete, usable answer replaces the keys in use.
 */
export function createRemoteJwks(options: RemoteJwksOptions): JwksSource {
  const { issuer, algorithms, refreshAfter, maxAge, fetchDocument, unservedStatus, clock, emit } = options
  const monotonic = () => monotonicNow(clock)
  const backoff = createBackoff(FAILURE_BACKOFF, monotonic)
  const unknownKeyFetches = createTokenBucket(UNKNOWN_KEY_FETCHES, monotonic)
  /** Names looked up and not found, with the instant their fetch began. A name is token text: it is only compared. */
  const absentKids = new BoundedCache<string, Instant>(MAX_NEGATIVE_ENTRIES)
  let current: { readonly keys: KeySet; readonly asOf: Instant } | undefined
  let flight: Promise<void> | undefined
  let closed = false

  /** Single flight: whoever comes while a fetch is under way shares it. */
  function refresh(): Promise<void> {
    if (flight !== undefined) return flight
    if (!backoff.isDue()) {
      return Promise.reject(new UpstreamError('backing-off', 'The last attempt failed a moment ago'))
    }
    flight = fetchKeys().finally(() => {
      flight = undefined
    })
    return flight
  }

  async function fetchKeys(): Promise<void> {
    const startedAt = readInstant(clock)
    try {
      const keys = await createKeySet(await fetchDocument(), algorithms, (index, problem) =>
        emit({ type: 'jwk-ignored', at: clock.now(), issuer, index, problem }),
      )
      if (keys === undefined) throw new UpstreamError('unexpected-content', 'The answer is not a JSON Web Key Set')
      if (keys.size === 0) throw new UpstreamError('no-usable-key', 'The key set holds no usable key')
      if (closed) throw closedError()
      current = { keys, asOf: startedAt }
      absentKids.clear()
      backoff.succeeded()
      emit({ type: 'jwks-refreshed', at: clock.now(), issuer, keys: keys.size })
    } catch (thrown) {
      backoff.failed()
      const error = thrown instanceof UpstreamError ? thrown : unexpected(thrown)
      const { code, httpStatus } = error
      if (!closed && (httpStatus === undefined || httpStatus !== unservedStatus)) {
        emit({ type: 'jwks-refresh-failed', at: clock.now(), issuer, reason: code, httpStatus })
      }
      throw error
    }
  }

  function refreshInBackground(): void {
    if (flight === undefined && backoff.isDue()) refresh().catch(() => {})
  }

  /** The keys in use and their age, unless they are too old to be used. */
  function usableKeys(): { readonly keys: KeySet; readonly age: number } | undefined {
    if (current === undefined) return undefined
    const age = elapsedSince(current.asOf, readInstant(clock))
    return age <= maxAge ? { keys: current.keys, age } : undefined
  }

  function lookUp(want: KeyWanted): KeyLookup | undefined {
    const selection = usableKeys()?.keys.select(want)
    return selection?.known === true ? { result: 'found', keys: selection.keys } : undefined
  }

  function isKnownAbsent(kid: string | undefined): boolean {
    const lookedUpAt = absentKids.get(kid ?? '')
    return lookedUpAt !== undefined && elapsedSince(lookedUpAt, readInstant(clock)) < NEGATIVE_ENTRY_MS
  }

  async function findByFetching(want: KeyWanted): Promise<KeyLookup> {
    if (flight !== undefined) {
      // It began before this token arrived: it may bring the key, but it cannot prove that there is none.
      await flight.catch(() => {})
      const found = lookUp(want)
      if (found !== undefined) return found
      if (closed) return CLOSED
    }
    // A fetch that another waiter began meanwhile did begin after this token arrived.
    if (flight === undefined && usableKeys() !== undefined && !unknownKeyFetches.take()) return LIMITED
    try {
      await refresh()
    } catch {
      return closed ? CLOSED : UNREACHABLE
    }
    const found = lookUp(want)
    if (found !== undefined) return found
    if (closed) return CLOSED
    // A set that outlived its maximum age on the way proves nothing.
    if (current === undefined || usableKeys() === undefined) return UNREACHABLE
    absentKids.set(want.kid ?? '', current.asOf)
    return ABSENT
  }

  return {
    find(want) {
      if (closed) return CLOSED
      const usable = usableKeys()
      const selection = usable?.keys.select(want)
      if (selection?.known === true) {
        if (usable !== undefined && usable.age > refreshAfter) refreshInBackground()
        return { result: 'found', keys: selection.keys }
      }
      return isKnownAbsent(want.kid) ? ABSENT : findByFetching(want)
    },
    async load() {
      if (closed) throw closedError()
      const usable = usableKeys()
      if (usable !== undefined && usable.age <= refreshAfter) return
      await refresh().catch((error: unknown) => {
        // Keys that serve are enough: a readiness probe must not drain a fleet that works.
        if (usableKeys() === undefined) throw error
      })
    },
    close() {
      closed = true
      current = undefined
      absentKids.clear()
    },
  }
}

function unexpected(error: unknown): UpstreamError {
  return new UpstreamError('connection-failed', 'The key set could not be fetched', { cause: error })
}
