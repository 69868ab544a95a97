import { signatureVerifier } from '#signature'
import type { UnavailableCode } from '../outcomes/operator-codes.js'
import { UpstreamError } from '../outcomes/errors.js'
import type { Emit } from '../outcomes/events.js'
import { createBackoff } from '../transport/backoff.js'
import { type Clock, elapsedSince, type Instant, monotonicNow, readInstant } from '../transport/clock.js'
import { closedError } from '../transport/http-client.js'
import { SingleFlight } from '../transport/single-flight.js'
import { andThen, type AtOnce } from '../vocabulary/at-once.js'
import type { JsonObject } from '../vocabulary/json-object.js'
import type { SignatureAlgorithm } from './algorithms.js'
import type { JwksFetch } from './jwks-document.js'
import { checkJwks } from './json-web-key.js'
import { createKeySet, type KeySet, type KeyWanted } from './key-set.js'
import type { GivenKeySet, KeySetSnapshot } from './key-snapshot.js'
import type { VerificationKey } from './signature.js'
import { UnknownKeys } from './unknown-keys.js'

/** Where the keys of one issuer come from. */
export interface JwksSource {
  /** Answers at once for a known key; may fetch for an unknown one. `now`: for who has read the clocks already. */
  find(want: KeyWanted, now?: Instant): KeyLookup | Promise<KeyLookup>
  /** The keys that `find` would answer with at once; `undefined` where it would have to fetch. It fetches nothing. */
  atHand(want: KeyWanted, now?: Instant): readonly VerificationKey[] | undefined
  /** Fetches the key set unless a fresh one is at hand; throws {@link UpstreamError}. */
  load(): Promise<void>
  /** The keys at hand that were fetched; `undefined` where there are none. */
  snapshot(): KeySetSnapshot | undefined
  /** A status by which its server says that it serves no keys here. */
  readonly unservedStatus?: number | undefined
  close(): void
}

export type KeyLookup =
  /** Empty when a key of that name exists but may not be used with the algorithm. */
  | { readonly result: 'found'; readonly keys: readonly VerificationKey[] }
  /** Proven: absent from a key set whose fetch began after the token arrived, or a moment before. */
  | { readonly result: 'absent' }
  | { readonly result: 'unavailable'; readonly reason: UnavailableCode }

export interface RemoteJwksOptions extends JwksFetch {
  readonly issuer: string
  readonly algorithms: readonly SignatureAlgorithm[]
  /** Milliseconds after which a key set is refreshed in the background, unless the server gives it longer. */
  readonly refreshAfter: number
  /** Milliseconds after which a key set is no longer used. */
  readonly maxAge: number
  /** Keys from before this process began. */
  readonly given?: GivenKeySet | undefined
  /** A status that says that nothing is served here, which is then not reported as a failure. */
  readonly unservedStatus?: number | undefined
  readonly clock: Clock
  readonly emit: Emit
}

interface CurrentKeys {
  readonly keys: KeySet
  /** When their fetch began. */
  readonly asOf: Instant
  /** Milliseconds of age at which a refresh is due. */
  readonly refreshAt: number
}

const FAILURE_BACKOFF = { first: 500, longest: 5_000 }

const CLOSED: KeyLookup = { result: 'unavailable', reason: 'resource-server-closed' }
const UNREACHABLE: KeyLookup = { result: 'unavailable', reason: 'jwks-unreachable' }
const LIMITED: KeyLookup = { result: 'unavailable', reason: 'key-lookup-limited' }
const ABSENT: KeyLookup = { result: 'absent' }

/**
 * A key set that is fetched when first needed and kept fresh by the traffic itself; no timer runs. A known key never
 * waits. Once a refresh is due the next use starts one in the background, and an outage refuses nobody until `maxAge`.
 * Only a complete, usable answer replaces the keys in use.
 *
 * @throws {@link ConfigurationError} where a key that was given cannot be used.
 */
export function createRemoteJwks(options: RemoteJwksOptions): JwksSource {
  const { issuer, algorithms, refreshAfter, maxAge, unservedStatus, clock, emit, longest } = options
  const backoff = createBackoff(FAILURE_BACKOFF, () => monotonicNow(clock))
  const unknown = new UnknownKeys(clock)
  const flight = new SingleFlight<void>(longest)
  const importing = new SingleFlight<void>(longest)
  let given = checkGiven(options)
  let current: CurrentKeys | undefined
  let lastFailure: UpstreamError | undefined
  let closed = false

  /** Single flight: whoever comes while a fetch is under way shares it. */
  function refresh(): Promise<void> {
    if (flight.isUnderWay || backoff.isDue()) return flight.join(fetchKeys)
    // There is a pause after a failure alone.
    return Promise.reject(backingOff(lastFailure as UpstreamError))
  }

  async function fetchKeys(): Promise<void> {
    const startedAt = readInstant(clock)
    try {
      const { document, freshFor } = await options.fetchDocument()
      const keys = await keySetOf(document)
      if (keys === undefined) throw new UpstreamError('unexpected-content', 'The answer is not a JSON Web Key Set')
      if (keys.size === 0) throw new UpstreamError('no-usable-key', 'The key set holds no usable key')
      if (closed) throw closedError()
      backoff.succeeded()
      lastFailure = undefined
      // One that was given up may still come, when a later one has told more.
      if (current !== undefined && startedAt.monotonic < current.asOf.monotonic) return
      current = { keys, asOf: startedAt, refreshAt: refreshDueAt(freshFor) }
      given = undefined
      unknown.clear()
      emit({ type: 'jwks-refreshed', at: clock.now(), issuer, keys: keys.size })
    } catch (thrown) {
      const error = thrown instanceof UpstreamError ? thrown : unexpected(thrown)
      lastFailure = error
      const { code, httpStatus } = error
      // To be interrupted says nothing about the endpoint, which may be asked again at once.
      if (code !== 'interrupted') backoff.failed()
      if (!closed && (httpStatus === undefined || httpStatus !== unservedStatus)) {
        emit({ type: 'jwks-refresh-failed', at: clock.now(), issuer, reason: code, httpStatus })
      }
      throw error
    }
  }

  function keySetOf(document: JsonObject): AtOnce<KeySet | undefined> {
    return createKeySet(document, {
      allowed: algorithms,
      ignored: (index, problem) => emit({ type: 'jwk-ignored', at: clock.now(), issuer, index, problem }),
      previous: current?.keys,
    })
  }

  /** As the server says, but no sooner than we ask by ourselves, and with half of the time left for an outage. */
  function refreshDueAt(freshFor = refreshAfter): number {
    return Math.max(refreshAfter, Math.min(freshFor, (refreshAfter + maxAge) / 2))
  }

  /**
   * At once where the runtime can, and then as the server is made: a function has more time before its first request than
   * in it. Else when first needed: a promise must not outlive the request that began it.
   */
  function importGiven(): Promise<void> | undefined {
    if (given === undefined || current !== undefined) return undefined
    const { fetchedAt, jwks } = given
    const now = readInstant(clock)
    const age = now.wall - fetchedAt
    // What is too old, or from a time that has not come, proves nothing.
    if (!(age >= 0 && age <= maxAge)) {
      given = undefined
      return undefined
    }
    const use = (keys: KeySet | undefined) => {
      if (closed || given === undefined) return
      given = undefined
      if (keys === undefined || keys.size === 0) return
      current = { keys, asOf: { wall: fetchedAt, monotonic: now.monotonic - age }, refreshAt: refreshAfter }
    }
    const begin = () => andThen(keySetOf(jwks as unknown as JsonObject), use)
    if (!signatureVerifier.importsAtOnce) return importing.join(async () => begin())
    void begin()
    return undefined
  }

  function refreshInBackground(): void {
    if (!flight.isUnderWay && backoff.isDue()) refresh().catch(() => {})
  }

  /** The keys in use and their age, unless they are too old to be used. */
  function usableKeys(now = readInstant(clock)): { readonly keys: KeySet; readonly age: number } | undefined {
    if (current === undefined) return undefined
    const age = elapsedSince(current.asOf, now)
    return age <= maxAge ? { keys: current.keys, age } : undefined
  }

  function lookUp(want: KeyWanted): KeyLookup | undefined {
    const keys = usableKeys()?.keys.select(want)
    return keys && { result: 'found', keys }
  }

  async function findByFetching(want: KeyWanted): Promise<KeyLookup> {
    if (flight.isUnderWay) {
      // It began before this token arrived: it may bring the key, but it cannot prove that there is none.
      await flight.join(fetchKeys).catch(() => {})
      const found = lookUp(want)
      if (found !== undefined) return found
      if (closed) return CLOSED
    }
    // A fetch that another waiter began meanwhile did begin after this token arrived.
    if (!flight.isUnderWay) {
      if (!backoff.isDue()) return UNREACHABLE
      if (usableKeys() !== undefined && !unknown.mayBeLookedUp(want.kid)) return LIMITED
    }
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
    unknown.wasAbsent(want.kid, current.asOf)
    return ABSENT
  }

  function atHand(want: KeyWanted, now?: Instant): readonly VerificationKey[] | undefined {
    const usable = usableKeys(now)
    const keys = usable?.keys.select(want)
    if (usable !== undefined && keys !== undefined && usable.age > (current as CurrentKeys).refreshAt) {
      if (mustSeeThrough()) return undefined
      refreshInBackground()
    }
    return keys
  }

  /** Where the runtime gave up the last refresh, or froze it, one request has to see the next one through. */
  function mustSeeThrough(): boolean {
    return (flight.wasAbandoned || lastFailure?.code === 'interrupted') && backoff.isDue()
  }

  function find(want: KeyWanted, now?: Instant): KeyLookup | Promise<KeyLookup> {
    if (closed) return CLOSED
    const keys = atHand(want, now)
    if (keys !== undefined) return { result: 'found', keys }
    if (lookUp(want) !== undefined) return findAfterRefresh(want)
    const imported = importGiven()
    if (imported !== undefined) return imported.catch(() => {}).then(() => find(want))
    return unknown.isAbsent(want.kid) ? ABSENT : findByFetching(want)
  }

  async function findAfterRefresh(want: KeyWanted): Promise<KeyLookup> {
    await refresh().catch(() => {})
    return lookUp(want) ?? find(want)
  }

  if (signatureVerifier.importsAtOnce) void importGiven()
  return {
    find,
    atHand,
    unservedStatus,
    async load() {
      if (closed) throw closedError()
      await importGiven()
      const usable = usableKeys()
      if (usable !== undefined && usable.age <= (current as CurrentKeys).refreshAt) return
      await refresh().catch((error: unknown) => {
        // Keys that serve are enough: a readiness probe must not drain a fleet that works.
        if (usableKeys() === undefined) throw error
      })
    },
    snapshot() {
      const usable = usableKeys()
      if (usable === undefined || current === undefined) return undefined
      return { issuer, fetchedAt: current.asOf.wall, jwks: usable.keys.jwks }
    },
    close() {
      closed = true
      current = undefined
      given = undefined
      unknown.clear()
    },
  }
}

/** A set that was fetched may hold keys for other purposes; one that was exported does not. */
function checkGiven({ given, algorithms }: RemoteJwksOptions): GivenKeySet | undefined {
  return given && { ...given, jwks: checkJwks(`${given.option}.jwks`, given.jwks, algorithms) }
}

/** Whoever asks again meanwhile, such as a readiness probe, is told the reason all the same. */
function backingOff(cause: UpstreamError): UpstreamError {
  const { message, httpStatus } = cause
  return new UpstreamError('backing-off', `The last attempt failed a moment ago: ${message}`, { httpStatus, cause })
}

function unexpected(error: unknown): UpstreamError {
  return new UpstreamError('connection-failed', 'The key set could not be fetched', { cause: error })
}
