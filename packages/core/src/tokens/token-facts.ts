import type { AccessTokenClaims } from '../vocabulary/access-token-claims.js'
import type { Confirmation } from '../vocabulary/confirmation.js'

/**
 * What is known of a token whose signature and claims were checked. Facts only: whether a route may be entered is
 * decided from them on every request.
 */
export interface TokenFacts {
  readonly issuer: string
  readonly subject: string
  readonly clientId: string | undefined
  readonly scopes: readonly string[]
  readonly groups: readonly string[]
  readonly claims: AccessTokenClaims
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /** Milliseconds since the epoch; `undefined` when the token does not say. */
  readonly issuedAt: number | undefined
  /**
   * Milliseconds since the epoch before which the token is not accepted, where an introspection answer alone says so. A
   * JWT's own `nbf` is checked whenever the JWT is.
   */
  readonly notBefore?: number | undefined
  /**
   * Milliseconds from the call on that an answer without an end serves. By the clock that never steps back as well:
   * `expiresAt` would let a wall clock that was set back prolong it.
   */
  readonly servesFor?: number | undefined
  /** When the user logged in (`auth_time`), in milliseconds since the epoch. */
  readonly authenticatedAt?: number | undefined
  /** How the user logged in (`acr`). */
  readonly acr?: string | undefined
  /** What its sender has to show with every request (`cnf`); `undefined` when nothing. */
  readonly confirmation?: Confirmation | undefined
}
