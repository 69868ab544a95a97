import { TokenRefusedError, TokenUncheckedError } from '../outcomes/errors.js'
import { type RefusalCode, refusals, unavailabilities, type UnavailableCode } from '../outcomes/operator-codes.js'
import type { WireCode } from '../outcomes/wire-codes.js'
import type { AccessTokenClaims } from '../vocabulary/access-token-claims.js'
import type { Principal } from '../vocabulary/principal.js'
import { challengesOf, loginParameters, scopeParameter, type ToldDemands } from './challenge.js'

const GRANT: unique symbol = Symbol('granted')

/** The request may go on. */
export interface Granted<Claims = AccessTokenClaims> {
  /** Tells the outcomes apart. */
  readonly outcome: 'granted'
  /** Who is calling. */
  readonly principal: Principal<Claims>
  /**
   * Headers for the answer, none in most. A client whose nonce is about to end is told the next one (RFC 9449 §9); without
   * it, its next request is refused once and tried again. No cache may keep that answer, which would tell the nonce when it
   * has ended (RFC 9449 §8.2).
   */
  readonly headers: { readonly 'DPoP-Nonce'?: string; readonly 'Cache-Control'?: 'no-store' }
  /** @internal Only a server makes one; nobody hands in a literal. */
  readonly [GRANT]: Seal
}

/** The request is turned away. `status`, `headers` and `body` are the whole answer; write them as they are. */
export interface Refused {
  /** Tells the outcomes apart. */
  readonly outcome: 'refused'
  /** HTTP status (RFC 6750 §3.1). */
  readonly status: 400 | 401 | 403
  /**
   * The challenges (RFC 6750 §3, RFC 9470 §3, RFC 9449 §7.1), that no cache may keep the answer, and where `dpop({ nonce })`
   * asks for it, what the client's next proof has to hold (RFC 9449 §9).
   */
  readonly headers: {
    readonly 'WWW-Authenticate': string
    readonly 'Cache-Control': 'no-store'
    readonly 'DPoP-Nonce'?: string
  }
  /**
   * A JSON object with what the challenge says. Without credentials there is no `error`; `acr_values` and `max_age`
   * (seconds) say what another login has to be like.
   */
  readonly body: {
    readonly error?: WireCode
    readonly error_description: string
    readonly acr_values?: string
    readonly max_age?: number
  }
  /** The `scope` of the challenge, for protocols without headers. Absent unless a scope is what is missing. */
  readonly scope?: string
  /** Why, for the operator. It belongs in logs and never in the answer. */
  readonly reason: RefusalCode
}

/** The token could not be checked, or the request not decided. Nothing is said about them; the client may try again. */
export interface Unavailable {
  /** Tells the outcomes apart. */
  readonly outcome: 'unavailable'
  /** HTTP status (RFC 9110 §15.6.4). */
  readonly status: 503
  /** Seconds after which to try again (RFC 9110 §10.2.3), and that no cache may keep the answer. */
  readonly headers: { readonly 'Retry-After': string; readonly 'Cache-Control': 'no-store' }
  /** A JSON object. It says nothing about the token. */
  readonly body: { readonly error_description: string }
  /** Why, for the operator. It belongs in logs and never in the answer. */
  readonly reason: UnavailableCode
}

/** What `authorize` answers. */
export type Outcome<Claims = AccessTokenClaims> = Granted<Claims> | Denied

/** An {@link Outcome} that is not a grant. */
export type Denied = Refused | Unavailable

/**
 * Nothing is known against the request. It is no grant and says nothing of who is calling: whatever answers the request
 * has to authorize it.
 */
export interface Passed {
  /** Tells the outcomes apart. */
  readonly outcome: 'passed'
}

/** What `precheck` answers. */
export type Prechecked = Passed | Denied

export const passed: Passed = Object.freeze({ outcome: 'passed' })

const NO_HEADERS = Object.freeze({})

export function granted<Claims>(principal: Principal<Claims>, renewedNonce?: string): Granted<Claims> {
  const headers = renewedNonce === undefined ? NO_HEADERS : headersWith(renewedNonce)
  return Object.freeze({ outcome: 'granted', principal, headers, [GRANT]: new Seal() })
}

function headersWith(nonce: string): Granted['headers'] {
  return Object.freeze({ 'DPoP-Nonce': nonce, 'Cache-Control': 'no-store' })
}

/**
 * What stands behind a grant, for its maker alone. It goes with the grant, where a WeakMap would have every garbage
 * collection look through all grants; and it is private, because it leads to the token, which nothing may print.
 */
export class Seal {
  #grant: Granted<unknown> | undefined
  #maker: object | undefined
  #behind: unknown

  static put(grant: Granted<unknown>, maker: object, behind: unknown): void {
    const seal = grant[GRANT]
    seal.#grant = grant
    seal.#maker = maker
    seal.#behind = behind
  }

  /** `undefined` for what is no grant, a copy of one, or somebody else's. */
  static behind(grant: Granted<unknown>, maker: object): unknown {
    const seal = (grant as Granted<unknown> | null | undefined)?.[GRANT]
    return seal instanceof Seal && seal.#grant === grant && seal.#maker === maker ? seal.#behind : undefined
  }
}

export function refused(reason: RefusalCode, demands: ToldDemands): Refused {
  const { status, error, description } = refusals[reason]
  const nonce = demands.senders?.dpop?.nonce()
  return Object.freeze({
    outcome: 'refused',
    status,
    headers: Object.freeze({
      'WWW-Authenticate': challengesOf(reason, demands),
      'Cache-Control': 'no-store',
      ...(nonce !== undefined && { 'DPoP-Nonce': nonce }),
    }),
    body: Object.freeze({
      ...(error === undefined ? {} : { error }),
      error_description: description,
      ...loginParameters(reason, demands),
    }),
    ...scopeParameter(reason, demands),
    reason,
  })
}

export function unavailable(reason: UnavailableCode): Unavailable {
  const { retryAfter, description } = unavailabilities[reason]
  return Object.freeze({
    outcome: 'unavailable',
    status: 503,
    headers: Object.freeze({
      'Retry-After': String(retryAfter),
      'Cache-Control': 'no-store',
    }),
    body: Object.freeze({ error_description: description }),
    reason,
  })
}

/** The same for callers that ask with a token and want an error. */
export function errorOf(denied: Denied): TokenRefusedError | TokenUncheckedError {
  if (denied.outcome === 'unavailable') return new TokenUncheckedError(denied.reason)
  return new TokenRefusedError(denied.reason, denied.headers['WWW-Authenticate'])
}
