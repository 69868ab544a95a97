import { createHash } from 'node:crypto'
import type { JsonRecord } from '../jws/compact-jws.js'
import { signJws } from './cognito-jws.js'
import { loginOf } from './logins.js'
import type { Pool } from './pool.js'
import { accessTokenClaims, idTokenClaims, refreshedClaims } from './token-claims.js'
import type { AccessTokenRequest } from './token-requests.js'

/** What the signed tokens of one login say. */
export interface LoginClaims {
  readonly access: JsonRecord
  /** `undefined` where no scope asked for an ID token. */
  readonly id: JsonRecord | undefined
}

/** A login as a sign-in through the SDK begins it. `scopes`, `resource` and `claims` are of the access token alone. */
export function sdkLoginClaims(pool: Pool, request: AccessTokenRequest, method: string) {
  const access = accessTokenClaims(pool, request, method)
  return { access, id: siblingClaims(pool, request, access) }
}

/** A login at the domain (OpenID Connect Core §3.1.3.6): the ID token tells which access token it came with. */
export function oauthLoginClaims(pool: Pool, request: AccessTokenRequest, nonce: string | undefined): LoginClaims {
  const access = accessTokenClaims(pool, request)
  if (request.scopes?.includes('openid') === false) return { access, id: undefined }
  const id = siblingClaims(pool, request, access)
  return { access, id: { at_hash: '', ...id, ...(nonce === undefined ? {} : { nonce }) } }
}

function siblingClaims(pool: Pool, request: AccessTokenRequest, access: JsonRecord): JsonRecord {
  const { scopes: _, resource: __, claims: ___, ...rest } = request
  // Names that the request may have left to the pool.
  const user = { sub: String(access['sub']), username: String(access['username']) }
  return idTokenClaims(pool, { ...rest, ...user }, access)
}

/** Enters a login, and brings the refresh token that continues it. */
export function beginLogin(pool: Pool, { access, id }: LoginClaims): string {
  pool.logins.enter(access)
  return pool.refreshTokens.issue({ login: loginOf(access), clientId: String(access['client_id']), access, id })
}

/** Claims of the tokens that a refresh brings. A nonce belongs to the sign-in alone (OpenID Connect Core §12.2). */
export function refreshedLoginClaims(pool: Pool, { access, id }: LoginClaims): LoginClaims {
  if (id === undefined) return { access: refreshedClaims(pool, access), id }
  const { nonce: _, ...rest } = id
  return { access: refreshedClaims(pool, access), id: refreshedClaims(pool, rest) }
}

export interface LoginTokens {
  readonly accessToken: string
  readonly idToken: string | undefined
  /** Seconds the access token lives. */
  readonly expiresIn: number
}

export async function signLogin(pool: Pool, { access, id }: LoginClaims): Promise<LoginTokens> {
  const accessToken = await signAccessToken(pool, access)
  return {
    accessToken,
    idToken: id === undefined ? undefined : await signIdToken(pool, withHash(id, accessToken)),
    expiresIn: (access['exp'] as number) - (access['iat'] as number),
  }
}

export function signAccessToken({ keys }: Pool, claims: JsonRecord): Promise<string> {
  const key = keys.access()
  return signJws({ kid: key.kid, alg: 'RS256' }, claims, key)
}

export async function signIdToken({ keys }: Pool, claims: JsonRecord): Promise<string> {
  const key = await keys.id()
  return signJws({ kid: key.kid, alg: 'RS256' }, claims, key)
}

/** The left half of the hash of the access token, for ID tokens that have one. */
function withHash(id: JsonRecord, accessToken: string): JsonRecord {
  if (id['at_hash'] === undefined) return id
  const half = createHash('sha256').update(accessToken).digest().subarray(0, 16)
  return { ...id, at_hash: half.toString('base64url') }
}
