import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames } from '../outcomes/option-check.js'
import type { CompiledPolicy } from '../strategy/route-policy.js'
import type { TimeExpectations } from '../tokens/claim-expectations.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import { type Clock, elapsedSince, type Instant, readInstant } from '../transport/clock.js'
import type { FetchSignal } from '../transport/fetch-client.js'
import { callAfter } from '../transport/timer.js'
import type { Principal } from '../vocabulary/principal.js'
import type { AnyRequest } from '../vocabulary/protected-request.js'
import type { Reception } from './answering.js'
import type { Authenticated } from './authentication.js'
import { type Denied, type Granted, Seal } from './outcome.js'

/** Options of `ResourceServer.watch`. */
export interface WatchOptions {
  /** Ends the watch, as `stop()` does: give it the signal of the connection. Default none. */
  readonly signal?: FetchSignal | undefined
  /**
   * Called once, with the answer a new request would get now. Close the connection then. What it throws, or rejects with,
   * is dropped.
   */
  readonly onEnd?: ((denied: Denied) => unknown) | undefined
}

/** Keeps what was granted honest for as long as a connection or a stream is open. */
export interface Watch {
  /** The answer a new request would get, once the grant no longer holds; `undefined` until then. */
  readonly ended: Denied | undefined
  /**
   * Await it before each message. Resolves to `undefined` when the message may go out, else to what `ended` says from
   * then on. With `maxRevocationLag: '0s'` it asks for every message; otherwise only when evidence has grown too old.
   */
  beforeMessage(): Promise<Denied | undefined>
  /** Ends the watch. Nobody is told. */
  stop(): void
}

/** What a grant was made from, so that it can be decided again. */
export interface GrantedRequest {
  readonly authentication: Authenticated
  readonly facts: TokenFacts
  readonly policy: CompiledPolicy<unknown>
  readonly decidedAt: Instant
  /** For the functions of the policy; `undefined` where it has none, or where there is no request. */
  readonly request: AnyRequest | undefined
  readonly reception: Reception
}

interface WatcherParts {
  readonly clock: Clock
  /**
   * Decides once more. With a bound of its own it is an early renewal, which is `undefined` when nothing fresher can be
   * had.
   */
  readonly decideAgain: (
    request: GrantedRequest,
    earlyBound: number | undefined,
  ) => Promise<{ readonly principal: Principal<unknown> } | { readonly denied: Denied } | undefined>
  /** Whether something is known by now that ends the grant. Asks nobody. */
  readonly isKnownToEnd: (request: GrantedRequest) => boolean | Promise<boolean>
  /** Calls back whenever something was revoked. Returns what ends it. */
  readonly onRevocation: (listener: () => void) => () => void
  /** Which times the token is held to. */
  readonly timesOf: (request: GrantedRequest) => TimeExpectations
}

/** Below this no timer can keep up with the bound; `beforeMessage` does. */
const SHORTEST_TIMED_LAG = 1_000

/** Watches grants. Timers run here, so that adapters need none. */
export class Watcher {
  readonly #parts: WatcherParts
  readonly #running = new Set<GrantWatch>()

  constructor(parts: WatcherParts) {
    this.#parts = parts
  }

  remember(granted: Granted<unknown>, request: GrantedRequest): void {
    Seal.put(granted, this, request)
  }

  watch(granted: Granted<unknown>, options: WatchOptions = {}): Watch {
    const request = Seal.behind(granted, this) as GrantedRequest | undefined
    if (request === undefined) {
      throw new ConfigurationError('watch', 'takes what authorize() of this very server granted')
    }
    checkWatchOptions(options)
    const watch = new GrantWatch(this.#parts, request, granted.principal, options, () => this.#running.delete(watch))
    this.#running.add(watch)
    watch.start()
    return watch
  }

  /** A key set was replaced: what was granted by a key that is missing from the new one ends. */
  keysChanged(): void {
    for (const watch of this.#running) void watch.checkWhatIsKnown()
  }

  /** The server closes: what is open is decided a last time, and ends. */
  close(): void {
    for (const watch of this.#running) void watch.decideAgain()
  }
}

function checkWatchOptions(options: WatchOptions): void {
  checkOptionNames('watch', options, ['signal', 'onEnd'])
  const { signal, onEnd } = options as WatchOptions
  if (signal !== undefined && typeof signal?.addEventListener !== 'function') {
    throw new ConfigurationError('watch.signal', 'must be an AbortSignal')
  }
  if (onEnd !== undefined && typeof onEnd !== 'function') {
    throw new ConfigurationError('watch.onEnd', 'must be a function')
  }
}

class GrantWatch implements Watch {
  readonly #parts: WatcherParts
  readonly #request: GrantedRequest
  readonly #onEnd: ((denied: Denied) => unknown) | undefined
  readonly #onStop: () => void
  readonly #signal: FetchSignal | undefined
  readonly #abort = () => this.stop()
  #principal: Principal<unknown>
  #decidedAt: Instant
  #unsubscribe = () => {}
  #cancelTimer = () => {}
  #stopped = false
  #ended: Denied | undefined

  constructor(
    parts: WatcherParts,
    request: GrantedRequest,
    principal: Principal<unknown>,
    { signal, onEnd }: WatchOptions,
    onStop: () => void,
  ) {
    this.#parts = parts
    this.#request = request
    this.#principal = principal
    this.#decidedAt = request.decidedAt
    this.#onEnd = onEnd
    this.#onStop = onStop
    this.#signal = signal
  }

  start(): void {
    if (this.#signal?.aborted === true) return this.stop()
    this.#signal?.addEventListener('abort', this.#abort)
    this.#unsubscribe = this.#parts.onRevocation(() => void this.checkWhatIsKnown())
    this.#setTimer()
    // It may have become known since the grant, when nobody listened.
    void this.checkWhatIsKnown()
  }

  get ended(): Denied | undefined {
    return this.#ended
  }

  async beforeMessage(): Promise<Denied | undefined> {
    if (this.#ended !== undefined) return this.#ended
    if (this.#isFresh() && !(await this.#parts.isKnownToEnd(this.#request))) return this.#ended
    return this.decideAgain()
  }

  stop(): void {
    this.#stopped = true
    this.#cancelTimer()
    this.#unsubscribe()
    this.#signal?.removeEventListener('abort', this.#abort)
    this.#onStop()
  }

  async decideAgain(earlyBound?: number): Promise<Denied | undefined> {
    const decidedAt = readInstant(this.#parts.clock)
    const again = await this.#parts.decideAgain(this.#request, earlyBound)
    if (this.#ended !== undefined) return this.#ended
    if (again === undefined) {
      // No end yet: what is known serves until it is as old as the route allows.
      this.#decideAgainIn(Math.min(this.#untilStale(), this.#untilExpiry()))
      return undefined
    }
    if ('denied' in again) return this.#end(again.denied)
    this.#principal = again.principal
    this.#decidedAt = decidedAt
    this.#setTimer()
    return undefined
  }

  #end(denied: Denied): Denied {
    this.#ended = denied
    const tell = this.#stopped ? undefined : this.#onEnd
    this.stop()
    try {
      // What an observer does wrong changes no decision, be it asynchronous.
      Promise.resolve(tell?.(denied)).catch(() => {})
    } catch {
      // as above
    }
    return denied
  }

  async checkWhatIsKnown(): Promise<void> {
    if (this.#ended === undefined && (await this.#parts.isKnownToEnd(this.#request))) await this.decideAgain()
  }

  /** Until the token ends, or is too old, or the login is. */
  #untilExpiry(): number {
    const { clock, timesOf } = this.#parts
    const { clockTolerance, maxTokenAge = Infinity } = timesOf(this.#request)
    const { facts, policy } = this.#request
    const { issuedAt = Infinity, authenticatedAt = Infinity } = facts
    const { maxAge = Infinity } = policy
    const endsAt = Math.min(this.#principal.expiresAt, issuedAt + maxTokenAge, authenticatedAt + maxAge)
    return endsAt + clockTolerance - clock.now()
  }

  /** Milliseconds until the evidence is as old as the route allows. */
  #untilStale(): number {
    const { maxRevocationLag } = this.#request.policy
    if (maxRevocationLag === 'token-lifetime') return Infinity
    const { lagMs = Infinity } = this.#principal.evidence
    return maxRevocationLag - lagMs - elapsedSince(this.#decidedAt, readInstant(this.#parts.clock))
  }

  #isFresh(): boolean {
    return this.#request.policy.maxRevocationLag !== 0 && this.#untilStale() >= 0 && this.#untilExpiry() > 0
  }

  #setTimer(): void {
    const { maxRevocationLag } = this.#request.policy
    const untilExpiry = this.#untilExpiry()
    if (maxRevocationLag === 'token-lifetime' || maxRevocationLag < SHORTEST_TIMED_LAG) {
      this.#decideAgainIn(untilExpiry)
      return
    }
    // Renewed a quarter early, by evidence at most half as old as allowed, so that no message waits for a call. What an
    // outage relaxed is older than that already: the server is asked again now and then.
    const quarter = maxRevocationLag / 4
    const early = this.#principal.evidence.relaxed ? quarter : this.#untilStale() - quarter
    if (early < untilExpiry) this.#decideAgainIn(early, maxRevocationLag / 2)
    else this.#decideAgainIn(untilExpiry)
  }

  #decideAgainIn(milliseconds: number, earlyBound?: number): void {
    this.#cancelTimer()
    if (this.#stopped) return
    this.#cancelTimer = callAfter(Math.max(1, milliseconds), () => void this.decideAgain(earlyBound))
  }
}
