import { milliseconds } from '../duration.js'
import type { JsonRecord } from '../jws/compact-jws.js'
import type { Pool } from './pool.js'
import { USER_ADMIN } from './scopes.js'
import {
  type AccessTokenRequest,
  authTimeOf,
  checkAccessTokenRequest,
  checkIdTokenRequest,
  checkM2mTokenRequest,
  type IdTokenRequest,
  type M2mTokenRequest,
  type TokenRequest,
  type UserTokenRequest,
} from './token-requests.js'

export function accessTokenClaims(pool: Pool, request: AccessTokenRequest, method = 'accessToken'): JsonRecord {
  checkAccessTokenRequest(pool, method, request)
  const scopes = request.scopes ?? [USER_ADMIN]
  const client = pool.clients.forUsers(request.clientId)
  const { sub, username, groups } = userOf(pool, request)
  const { origin, event, jti } = identifiers(pool)
  const isSdkSignIn = request.scopes === undefined && request.resource === undefined
  return {
    sub,
    ...groups,
    iss: pool.issuer.current(),
    // Only tokens from the OAuth endpoints have a version.
    ...(isSdkSignIn ? {} : { version: 2 }),
    client_id: client.clientId,
    ...origin,
    ...event,
    token_use: 'access',
    scope: scopes.join(' '),
    ...signInTimes(pool, request),
    ...jti,
    username,
    ...(request.resource === undefined ? {} : { aud: request.resource }),
    ...request.claims,
  }
}

export function m2mTokenClaims(pool: Pool, request: M2mTokenRequest): JsonRecord {
  checkM2mTokenRequest(pool, request)
  const { clientId, isMachine, scopes: ofClient } = pool.clients.forMachine(request.clientId)
  const { customScopes } = pool.settings
  const scopes = request.scopes ?? (isMachine ? ofClient : customScopes)
  if (scopes.length === 0) {
    throw new TypeError('fakeCognito: a machine needs a scope of a resource server; declare one in resourceServers')
  }
  const { iat, exp } = times(pool, request)
  return {
    sub: clientId,
    token_use: 'access',
    scope: scopes.join(' '),
    auth_time: iat,
    exp,
    iat,
    iss: pool.issuer.current(),
    version: 2,
    ...identifiers(pool).jti,
    client_id: clientId,
    ...request.claims,
  }
}

/** With the access token of the same login, where there is one. */
export function idTokenClaims(pool: Pool, request: IdTokenRequest, sibling: JsonRecord = {}): JsonRecord {
  checkIdTokenRequest(request)
  const client = pool.clients.forUsers(request.clientId)
  const { sub, username, groups, email } = userOf(pool, request)
  const { origin, event, jti } = identifiers(pool, sibling)
  return {
    sub,
    ...groups,
    email_verified: true,
    iss: pool.issuer.current(),
    'cognito:username': username,
    ...origin,
    aud: client.clientId,
    ...event,
    token_use: 'id',
    ...signInTimes(pool, request),
    ...jti,
    email: request.email ?? email,
    ...request.claims,
  }
}

/**
 * Claims of a token that a refresh brings: of the same login and sign-in, with an id and a lifetime of its own, and the
 * issuer that the pool has by now.
 */
export function refreshedClaims(pool: Pool, claims: JsonRecord): JsonRecord {
  const lifetime = (claims['exp'] as number) - (claims['iat'] as number)
  const iat = Math.floor(pool.clock.now() / 1_000)
  const issuer = pool.issuer.isOwn(claims['iss']) ? { iss: pool.issuer.current() } : {}
  return { ...claims, ...issuer, exp: iat + lifetime, iat, ...identifiers(pool).jti }
}

/** The user as the pool knows it, where it does and the request says nothing else. */
function userOf({ users, random }: Pool, request: UserTokenRequest) {
  const known = users.find(request.username) ?? users.find(request.sub)
  const { sub = known?.sub ?? random.uuid('sub') } = request
  const { username = known?.username ?? sub, groups = known?.groups ?? [] } = request
  if (known?.isDeclared === true && (known.sub !== sub || known.username !== username)) {
    throw new TypeError(
      `fakeCognito: the pool has declared the user ${known.username} with the sub ${known.sub}; ask for one of the two`,
    )
  }
  return {
    sub,
    username,
    groups: groups.length === 0 ? {} : { 'cognito:groups': groups },
    email: known?.email ?? `${username}@example.com`,
  }
}

/** Tokens of one login share `origin_jti` and the event they were issued at, never `jti`. */
function identifiers({ settings, random }: Pool, sibling: JsonRecord = {}) {
  const { origin_jti = random.uuid('origin_jti'), event_id = random.uuid('event_id') } = sibling
  return {
    event: { event_id },
    ...(settings.tokenRevocation
      ? { origin: { origin_jti }, jti: { jti: random.uuid('jti') } }
      : { origin: {}, jti: {} }),
  }
}

/** When and how the user signed in, and what follows from it. */
function signInTimes(pool: Pool, request: UserTokenRequest) {
  const { iat, exp } = times(pool, request)
  return {
    auth_time: authTimeOf(request, pool.clock.now()) ?? iat,
    exp,
    iat,
    ...(request.acr === undefined ? {} : { acr: request.acr }),
    ...(request.amr === undefined ? {} : { amr: request.amr }),
  }
}

function times({ clock }: Pool, request: TokenRequest) {
  const iat = Math.floor(clock.now() / 1_000)
  return {
    exp: iat + Math.floor(milliseconds('fakeCognito', 'expiresIn', request.expiresIn ?? '1h') / 1_000),
    iat,
  }
}
