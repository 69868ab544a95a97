import { type Duration, milliseconds } from '../duration.js'
import { isText, kindOf } from '../given-values.js'
import type { JsonRecord } from '../jws/compact-jws.js'
import type { Randomness } from '../randomness.js'
import { checkMembers } from '../request-members.js'
import { AUTHORIZATION_SERVER, type ServerSettings } from './server-settings.js'

/** What every token can be asked for. */
interface TokenContent {
  /** The user, or the client where there is none. Default: a random UUID. */
  readonly sub?: string
  /** `client_id`: the client the token was issued to. Default `'test-client'`. */
  readonly clientId?: string
  /** `scope`, joined by spaces. Default none; the claim is absent then. */
  readonly scopes?: readonly string[]
  /** `aud`. Default: as the server was told. */
  readonly audience?: string | readonly string[]
  /** What the token is bound to (RFC 7800 §3.1): `{ 'x5t#S256': … }` or `{ jkt: … }`. Default nothing. */
  readonly cnf?: JsonRecord
  /** Further claims, or other values for those the server writes; `undefined` takes one away. Default none. */
  readonly claims?: JsonRecord
}

/** What a JWT access token is made from (RFC 9068). */
export interface JwtAccessTokenRequest extends TokenContent {
  /** From now to `exp`, in whole seconds. Default `'1h'`. */
  readonly expiresIn?: Duration
}

/** What an opaque token is made from. The server alone knows what it says. */
export interface OpaqueTokenRequest extends TokenContent {
  /** From now to `exp`, in whole seconds, or `null` for a token without `exp`. Default `'1h'`. */
  readonly expiresIn?: Duration | null
}

const MEMBERS = {
  sub: 'text',
  clientId: 'text',
  scopes: 'texts',
  audience: 'other',
  cnf: 'claims',
  claims: 'claims',
  expiresIn: 'other',
} as const

/** RFC 6749 §3.3. */
const SCOPE = /^[!#-[\]-~]+$/

export function claimsOf(
  method: string,
  settings: ServerSettings,
  random: Randomness,
  request: OpaqueTokenRequest,
  now: number,
): JsonRecord {
  const { maker } = AUTHORIZATION_SERVER
  checkMembers(maker, method, request, MEMBERS)
  const { sub = random.uuid('sub'), clientId = 'test-client', scopes = [], audience = settings.audience, cnf } = request
  const { expiresIn = '1h' } = request
  if (!scopes.every((scope) => SCOPE.test(scope))) {
    throw new TypeError(`${maker}: ${method} takes scopes one by one, without spaces: ['read', 'write']`)
  }
  if (!isAudience(audience)) {
    const given = Array.isArray(audience) ? 'a list of something else' : kindOf(audience)
    throw new TypeError(`${maker}: ${method} takes audience as text, or a list of texts, not ${given}`)
  }
  const iat = Math.floor(now / 1_000)
  return {
    iss: settings.issuer,
    sub,
    client_id: clientId,
    aud: audience,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    iat,
    ...(expiresIn !== null && { exp: iat + Math.floor(milliseconds(maker, 'expiresIn', expiresIn) / 1_000) }),
    jti: random.uuid('jti'),
    ...(cnf !== undefined && { cnf }),
    ...request.claims,
  }
}

function isAudience(audience: unknown): boolean {
  const values: readonly unknown[] = Array.isArray(audience) ? audience : [audience]
  return values.length > 0 && values.every(isText)
}
