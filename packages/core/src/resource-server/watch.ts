import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames } from '../outcomes/option-check.js'
import type { CompiledPolicy } from '../strategy/route-policy.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import { type Clock, elapsedSince, type Instant, readInstant } from '../transport/clock.js'
import type { FetchSignal } from '../transport/fetch-client.js'
import { callAfter } from '../transport/timer.js'
import type { Principal } from '../vocabulary/principal.js'
import type { Authentication } from './authentication.js'
import type { Denied, Granted } from './outcome.js'

/** Options of `ResourceServer.watch`. */
export interface WatchOptions {
  /** Ends the watch, as `stop()` does: give it the signal of the connection. Default none. */
  readonly signal?: FetchSignal | undefined
  /** Called once, with the answer a new request would get now. Close the connection then. */
  readonly onEnd?: ((denied: Denied) => void) | undefined
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
  readonly authentication: Exclude<Authentication, { kind: 'failed' }>
  readonly facts: TokenFacts
  readonly policy: CompiledPolicy<unknown>
  readonly decidedAt: Instant
}

interface WatcherParts {
  readonly clock: Clock
  /** Decides once more, with another bound where one is given. */
  readonly decideAgain: (
    request: GrantedRequest,
    maxRevocationLag: number | undefined,
  ) => Promise<{ readonly principal: Principal<unknown> } | { readonly denied: Denied }>
  /** Whether something is known by now that ends the grant. Asks nobody. */
  readonly isKnownRevoked: (request: GrantedRequest) => boolean | Promise<boolean>
  /** Calls back whenever something was revoked. Returns what ends it. */
  readonly onRevocation: (listener: () => void) => () => void
  /** Milliseconds after `exp` that a token is still accepted. */
  readonly clockTolerance: (request: GrantedRequest) => number
}

/** Below this no timer can keep up with the bound; `beforeMessage` does. */
const SHORTEST_TIMED_LAG = 1_000

/** Watches grants. Timers run here, so that adapters need none. */
export class Watcher {
  readonly #parts: WatcherParts
  readonly #requests = new WeakMap<Granted<unknown>, GrantedRequest>()
  readonly #running = new Set<GrantWatch>()

  constructor(parts: WatcherParts) {
    this.#parts = parts
  }

  remember(granted: Granted<unknown>, request: GrantedRequest): void {
    this.#requests.set(granted, request)
  }

  watch(granted: Granted<unknown>, options: WatchOptions = {}): Watch {
    const request = this.#requests.get(granted)
    if (request === undefined) {
      throw new ConfigurationError('watch', 'takes what authorize() of this very server granted')
    }
    checkOptionNames('watch', options, ['signal', 'onEnd'])
    const watch = new GrantWatch(this.#parts, request, granted.principal, options, () => this.#running.delete(watch))
    this.#running.add(watch)
    return watch
  }

  /** The server closes: what is open is decided a last time, and ends. */
  close(): void {
    for (const watch of this.#running) void watch.decideAgain()
  }
}

class GrantWatch implements Watch {
  readonly #parts: WatcherParts
  readonly #request: GrantedRequest
  readonly #onEnd: ((denied: Denied) => void) | undefined
  readonly #onStop: () => void
  readonly #unsubscribe: () => void
  readonly #signal: FetchSignal | undefined
  readonly #abort = () => this.stop()
  #principal: Principal<unknown>
  #decidedAt: Instant
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
    this.#unsubscribe = parts.onRevocation(() => void this.#checkWhatIsKnown())
    this.#signal = signal
    signal?.addEventListener('abort', this.#abort)
    if (signal?.aborted === true) this.stop()
    this.#setTimer()
  }

  get ended(): Denied | undefined {
    return this.#ended
  }

  async beforeMessage(): Promise<Denied | undefined> {
    if (this.#ended !== undefined) return this.#ended
    if (this.#isFresh() && !(await this.#parts.isKnownRevoked(this.#request))) return this.#ended
    return this.decideAgain()
  }

  stop(): void {
    this.#stopped = true
    this.#cancelTimer()
    this.#unsubscribe()
    this.#signal?.removeEventListener('abort', this.#abort)
    this.#onStop()
  }

  async decideAgain(maxRevocationLag?: number): Promise<Denied | undefined> {
    const decidedAt = readInstant(this.#parts.clock)
    const again = await this.#parts.decideAgain(this.#request, maxRevocationLag)
    if (this.#ended !== undefined) return this.#ended
    if ('denied' in again) {
      // An early renewal that fails is no end yet: what is known serves until it is as old as the route allows.
      if (maxRevocationLag === undefined || again.denied.outcome !== 'unavailable') return this.#end(again.denied)
      this.#decideAgainIn(Math.min(this.#untilStale(), this.#untilExpiry()))
      return undefined
    }
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
      tell?.(denied)
    } catch {
      // What an observer does wrong changes no decision.
    }
    return denied
  }

  async #checkWhatIsKnown(): Promise<void> {
    if (this.#ended === undefined && (await this.#parts.isKnownRevoked(this.#request))) await this.decideAgain()
  }

  #untilExpiry(): number {
    const { clock, clockTolerance } = this.#parts
    return this.#principal.expiresAt + clockTolerance(this.#request) - clock.now()
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
    // Renewed a quarter early, by evidence at most half as old as allowed, so that no message waits for a call.
    const early = Math.max(this.#untilStale() - maxRevocationLag / 4, maxRevocationLag / 4)
    if (early < untilExpiry) this.#decideAgainIn(early, maxRevocationLag / 2)
    else this.#decideAgainIn(untilExpiry)
  }

  #decideAgainIn(milliseconds: number, maxRevocationLag?: number): void {
    this.#cancelTimer()
    if (!this.#stopped) this.#cancelTimer = callAfter(milliseconds, () => void this.decideAgain(maxRevocationLag))
  }
}
