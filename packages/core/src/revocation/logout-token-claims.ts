import { RevocationError } from '../outcomes/errors.js'
import { isExpired, mediaType } from '../tokens/claim-expectations.js'
import type { CompactJws } from '../tokens/compact-jws.js'
import { isJsonObject, type JsonObject, type JsonValue, member } from '../vocabulary/json-object.js'
import { checkRevocationEntry, type RevocationEntry } from './revocation-entry.js'

/** What a logout token must look like. */
export interface LogoutTokenExpectations {
  /** The issuer identifier, compared as an exact string. */
  readonly issuer: string
  /** The client ids that logins are made with. */
  readonly clientIds: readonly string[]
  /** Milliseconds two clocks may differ. */
  readonly clockTolerance: number
  /** Milliseconds since `iat` after which it is refused, whatever its `exp`. */
  readonly maxAge: number
}

/** What a logout token asks for. */
export interface LogoutClaims {
  readonly entries: readonly RevocationEntry[]
  /** Names the token itself, so that it counts once. */
  readonly jti: string
}

/** Why a logout token is refused by what it says. */
export type LogoutClaimsRefusal =
  /** `typ` says another kind of token (RFC 8725 §3.11). */
  | 'token-type-not-accepted'
  /** A claim has the wrong type, or a required one is missing. */
  | 'claims-malformed'
  /** `iss` is another issuer. */
  | 'issuer-not-trusted'
  /** `aud` names none of the client ids. */
  | 'audience-not-accepted'
  /** Past `exp` and the clock tolerance. */
  | 'token-expired'
  /** `iat` lies further ahead than the clock tolerance. */
  | 'issued-in-the-future'
  /** `iat` lies further back than the maximum age. */
  | 'token-too-old'
  /** `events` has no logout event: the token is of another kind. */
  | 'no-logout-event'
  /** It has a `nonce`, as only an ID token may: somebody sends one in place of a logout token. */
  | 'nonce-present'

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout'

/** Whether the claims speak of a logout event, in whatever form: then they are no access token's. */
export function hasLogoutEvent(payload: JsonObject): boolean {
  const events = member(payload, 'events')
  return isJsonObject(events) && Object.hasOwn(events, LOGOUT_EVENT)
}
const LARGEST_TIME = 8.64e12

/**
 * The rules of OpenID Connect Back-Channel Logout 1.0 §2.4 and §2.6, apart from signature and replay. A token that names a
 * login ends this login, one that names only a user ends all of the user's. Neither says that refresh tokens were revoked
 * (§2.7), so the entries stay for as long as those may live.
 */
export function readLogoutClaims(
  { header, payload }: Pick<CompactJws, 'header' | 'payload'>,
  { issuer, clientIds, clockTolerance, maxAge }: LogoutTokenExpectations,
  now: number,
): LogoutClaims | LogoutClaimsRefusal {
  if (header.typ !== undefined && !['logout+jwt', 'jwt'].includes(mediaType(header.typ))) {
    return 'token-type-not-accepted'
  }
  if (member(payload, 'iss') !== issuer) return 'issuer-not-trusted'
  const events = member(payload, 'events')
  if (!isJsonObject(events) || !isJsonObject(member(events, LOGOUT_EVENT))) return 'no-logout-event'
  if (Object.hasOwn(payload, 'nonce')) return 'nonce-present'
  if (!listOf(member(payload, 'aud')).some((aud) => clientIds.includes(aud))) return 'audience-not-accepted'

  const issuedAt = instantOf(member(payload, 'iat'))
  const jti = member(payload, 'jti')
  if (issuedAt === undefined || typeof jti !== 'string' || jti === '') return 'claims-malformed'
  if (!(issuedAt <= now + clockTolerance)) return 'issued-in-the-future'
  if (!(now - issuedAt <= maxAge + clockTolerance)) return 'token-too-old'
  if (Object.hasOwn(payload, 'exp')) {
    const expiresAt = instantOf(member(payload, 'exp'))
    if (expiresAt === undefined) return 'claims-malformed'
    if (isExpired(expiresAt, clockTolerance, now)) return 'token-expired'
  }
  const entry = entryOf(issuer, member(payload, 'sid'), member(payload, 'sub'), issuedAt)
  return entry === undefined ? 'claims-malformed' : { entries: [entry], jti }
}

/** A claim of another type than text is never skipped: a login that cannot be read must not become nothing at all. */
function entryOf(
  issuer: string,
  sid: JsonValue | undefined,
  sub: JsonValue | undefined,
  issuedAt: number,
): RevocationEntry | undefined {
  if (sub !== undefined && typeof sub !== 'string') return undefined
  try {
    // Counted from when it was issued, so that the same token again asks for nothing new.
    return checkRevocationEntry(
      sid === undefined ? { kind: 'user', issuer, sub, notBefore: issuedAt } : { kind: 'login', issuer, login: sid },
    )
  } catch (error) {
    if (error instanceof RevocationError) return undefined
    throw error
  }
}

function instantOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Math.abs(value) <= LARGEST_TIME ? value * 1_000 : undefined
}

function listOf(aud: JsonValue | undefined): readonly string[] {
  const list = Array.isArray(aud) ? (aud as readonly JsonValue[]) : [aud]
  return list.every((value) => typeof value === 'string') ? list : []
}
