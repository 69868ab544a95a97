import type { RefusalCode } from '../outcomes/operator-codes.js'
import type { AccessTokenClaims } from '../vocabulary/access-token-claims.js'
import { type Confirmation, readConfirmation } from '../vocabulary/confirmation.js'
import { equalJson } from '../vocabulary/json-equality.js'
import { type JsonObject, type JsonValue, member } from '../vocabulary/json-object.js'
import { parseScopeClaim } from '../vocabulary/scope.js'
import { refusalByTime, type TimeExpectations, type TokenProfile } from './claim-expectations.js'
import { readRegisteredClaims } from './registered-claims.js'
import type { TokenFacts } from './token-facts.js'

export interface IntrospectedFactsOptions {
  readonly issuer: string
  /** What an opaque token must be like. */
  readonly profile: TokenProfile
  readonly times: TimeExpectations
  /** Milliseconds an answer without `exp` about an opaque token serves. */
  readonly maxAgeWithoutExp: number
}

/** Members that are no claims, or have a rule of their own. */
const NOT_COMPARED: ReadonlySet<string> = new Set(['active', 'token_type', 'scope', 'scp', 'exp', 'aud'])

/** Registered token types and type hints (RFC 6749 §11.1, RFC 7009 §4.1.2, RFC 8693 §3), and what servers write instead. */
const ACCESS_TOKEN_KINDS: ReadonlySet<string> = new Set([
  'bearer',
  'dpop',
  'pop',
  'access_token',
  'urn:ietf:params:oauth:token-type:access_token',
  'access',
  'at+jwt',
  'jwt',
])

/**
 * What an active answer adds to a token that was validated here; `undefined` when that stands as it is. What both say
 * must be equal: otherwise one of them is not about this token. An answer may narrow what the token grants, never widen
 * it.
 */
export function factsOfConfirmedToken(
  facts: TokenFacts,
  answer: JsonObject,
  { times }: IntrospectedFactsOptions,
  now: number,
): TokenFacts | RefusalCode | undefined {
  // A token that was validated here has nothing but JSON in its claims.
  const claims = facts.claims as unknown as JsonObject
  for (const [name, value] of Object.entries(answer)) {
    if (NOT_COMPARED.has(name) || !Object.hasOwn(claims, name)) continue
    if (!equalJson(value, claims[name] as JsonValue)) return 'introspection-contradicts-token'
  }
  const both = readRegisteredClaims({ ...claims, ...answer })
  const scopes = parseScopeClaim(member(answer, scopeMemberOf(answer)))
  const kind = kindOf(answer)
  if (both === undefined || scopes === undefined || kind === undefined) return 'claims-malformed'
  if (Object.hasOwn(claims, 'aud') && !isSameSet(both.aud, audienceOf(claims))) return 'introspection-contradicts-token'
  // A JWT may name its client elsewhere, as in `azp`.
  if (facts.clientId !== undefined && both.clientId !== undefined && facts.clientId !== both.clientId) {
    return 'introspection-contradicts-token'
  }
  const expiresAt = Math.min(facts.expiresAt, both.exp)
  const refusal = refusalByTime({ ...both, exp: expiresAt }, times, now)
  if (refusal !== undefined) return refusal
  if (!kind.every(isAccessTokenKind)) return 'token-type-not-accepted'
  // Where the token says it, too, both say the same by now; it stays bound where the answer does not say so.
  const confirmation = facts.confirmation ?? readConfirmation(answer)
  if (confirmation === 'unverifiable' || !fitsKind(confirmation, kind)) return 'sender-constraint-unchecked'

  const kept = Object.hasOwn(answer, scopeMemberOf(answer))
    ? facts.scopes.filter((scope) => scopes.includes(scope))
    : facts.scopes
  const notBefore = Object.hasOwn(claims, 'nbf') ? undefined : both.nbf
  const isUnchanged =
    kept.length === facts.scopes.length &&
    expiresAt === facts.expiresAt &&
    both.iat === facts.issuedAt &&
    confirmation === facts.confirmation &&
    notBefore === undefined
  if (isUnchanged) return undefined
  return Object.freeze({
    ...facts,
    scopes: Object.freeze(kept),
    expiresAt,
    issuedAt: both.iat,
    notBefore,
    confirmation,
  })
}

/**
 * What is known of an opaque token by an active answer alone: the answer passes the checks that the claims of a JWT
 * would. `sentAt`: when the call was sent, milliseconds since the epoch.
 */
export function factsOfOpaqueToken(
  answer: JsonObject,
  { issuer, profile, times, maxAgeWithoutExp }: IntrospectedFactsOptions,
  sentAt: number,
  now: number,
): TokenFacts | RefusalCode {
  const iss = member(answer, 'iss')
  if (iss !== undefined && iss !== issuer) return typeof iss === 'string' ? 'issuer-not-trusted' : 'claims-malformed'
  const { active: _, ...members } = answer
  const isEndless = !Object.hasOwn(members, 'exp')
  // The tolerance is for the clock of the issuer; this end is by our own.
  const ownEnd = sentAt + maxAgeWithoutExp - times.clockTolerance
  const payload: JsonObject = {
    ...members,
    iss: issuer,
    ...(isEndless && { exp: ownEnd / 1_000 }),
    ...(!Object.hasOwn(members, 'sub') && Object.hasOwn(members, 'client_id') && { sub: members['client_id'] ?? null }),
  }
  const claims = readRegisteredClaims(payload)
  const kind = kindOf(answer)
  const username = member(answer, 'username')
  if (claims === undefined || kind === undefined) return 'claims-malformed'
  if (username !== undefined && typeof username !== 'string') return 'claims-malformed'
  const token = { header: { alg: '', kid: undefined, typ: undefined }, payload, claims }
  const refusal = refusalByTime(claims, times, now) ?? profile.refusal(token)
  if (refusal !== undefined) return refusal
  // A refresh token is active, too, and must not open what its access tokens open.
  if (!kind.every(isAccessTokenKind)) return 'token-type-not-accepted'
  const identity = profile.identity(token)
  if (identity === undefined) return 'claims-malformed'
  const confirmation = readConfirmation(answer)
  if (confirmation === 'unverifiable' || !fitsKind(confirmation, kind)) return 'sender-constraint-unchecked'
  return Object.freeze({
    issuer,
    subject: claims.sub,
    ...identity,
    claims: Object.freeze(payload) as unknown as AccessTokenClaims,
    expiresAt: isEndless ? ownEnd : claims.exp,
    issuedAt: claims.iat,
    notBefore: claims.nbf,
    ...(isEndless && { servesFor: maxAgeWithoutExp }),
    authenticatedAt: claims.authTime,
    acr: claims.acr,
    confirmation,
  })
}

/** Scopes stand in `scope` (RFC 7662 §2.2), with some servers in `scp`. */
function scopeMemberOf(answer: JsonObject): 'scope' | 'scp' {
  return Object.hasOwn(answer, 'scope') ? 'scope' : 'scp'
}

/** Where servers say what kind of token it is: RFC 7662 §2.2, and what others use. `undefined` when one is no text. */
function kindOf(answer: JsonObject): readonly string[] | undefined {
  const said = ['token_type', 'token_use', 'typ']
    .map((name) => member(answer, name))
    .filter((kind) => kind !== undefined)
  return said.every((kind) => typeof kind === 'string') ? said.map((kind) => kind.toLowerCase()) : undefined
}

function isAccessTokenKind(kind: string): boolean {
  return ACCESS_TOKEN_KINDS.has(kind)
}

/** An answer that says by its type alone that the token is bound does not tell to what (RFC 9449 §6.2). */
function fitsKind(confirmation: Confirmation | undefined, kind: readonly string[]): boolean {
  if (kind.includes('dpop')) return confirmation?.jkt !== undefined
  return !kind.includes('pop') || confirmation !== undefined
}

function audienceOf(claims: JsonObject): readonly string[] {
  return [member(claims, 'aud') as string | readonly string[]].flat()
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.every((item) => b.includes(item)) && b.every((item) => a.includes(item))
}
