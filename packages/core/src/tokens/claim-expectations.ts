import type { RefusalCode } from '../outcomes/operator-codes.js'
import type { JsonObject } from '../vocabulary/json-object.js'
import type { JoseHeader } from './jose-header.js'
import type { RegisteredClaims } from './registered-claims.js'

/** What one kind of access token must look like, apart from its signature and its times. */
export interface TokenProfile {
  /** The first reason to refuse, from what the token says about itself. Runs before any key is looked up. */
  refusal(token: UnverifiedToken): RefusalCode | undefined
  /** Reads what a principal is made of; `undefined` when a claim it needs is malformed. */
  identity(token: UnverifiedToken): TokenIdentity | undefined
}

export interface UnverifiedToken {
  readonly header: JoseHeader
  readonly payload: JsonObject
  readonly claims: RegisteredClaims
}

interface TokenIdentity {
  readonly clientId: string | undefined
  readonly scopes: readonly string[]
  readonly groups: readonly string[]
}

export interface TimeExpectations {
  /** Milliseconds two clocks may differ. */
  readonly clockTolerance: number
  /** Milliseconds since `iat` after which a token is refused, whatever its `exp`. */
  readonly maxTokenAge?: number | undefined
}

/**
 * RFC 7519 §4.1.4 to §4.1.6, and `auth_time` of RFC 9068 §2.2.1. A token or a login from the future means a wrong clock or
 * a forgery; neither is let in. Each check asks for what must hold, so that a time that is not a number fails it.
 */
export function refusalByTime(
  { exp, nbf, iat, authTime }: Pick<RegisteredClaims, 'exp' | 'nbf' | 'iat' | 'authTime'>,
  { clockTolerance, maxTokenAge }: TimeExpectations,
  now: number,
): RefusalCode | undefined {
  if (isExpired(exp, clockTolerance, now)) return 'token-expired'
  if (nbf !== undefined && !(nbf <= now + clockTolerance)) return 'token-not-yet-valid'
  if (iat !== undefined && !(iat <= now + clockTolerance)) return 'issued-in-the-future'
  if (authTime !== undefined && !(authTime <= now + clockTolerance)) return 'authenticated-in-the-future'
  if (maxTokenAge !== undefined) {
    if (iat === undefined) return 'claims-malformed'
    if (isTooOld(iat, { clockTolerance, maxTokenAge }, now)) return 'token-too-old'
  }
  return undefined
}

/** Whether a token was issued too long ago, whatever its `exp`. One that does not say when is too old for any limit. */
export function isTooOld(
  issuedAt: number | undefined,
  { clockTolerance, maxTokenAge }: TimeExpectations,
  now: number,
): boolean {
  if (maxTokenAge === undefined) return false
  return !(issuedAt !== undefined && now - issuedAt <= maxTokenAge + clockTolerance)
}

/** On or after `exp` a token is not accepted (RFC 7519 §4.1.4), but for the tolerance. */
export function isExpired(expiresAt: number, clockTolerance: number, now: number): boolean {
  return !(now < expiresAt + clockTolerance)
}

/** The `typ` header without its optional prefix, in lower case (RFC 7515 §4.1.9). */
export function mediaType(typ: string): string {
  return typ.toLowerCase().replace(/^application\//, '')
}

/**
 * Whether `typ` may belong to an access token: absent, `JWT` or `at+jwt`. Any other explicit type says that the token
 * is something else: a DPoP proof, a logout token, an introspection response (RFC 8725 §3.11).
 */
export function isPlainTokenType(typ: string | undefined): boolean {
  // As nearly all write it.
  if (typ === undefined || typ === 'at+jwt' || typ === 'JWT') return true
  const type = mediaType(typ)
  return type === 'jwt' || type === 'at+jwt'
}
