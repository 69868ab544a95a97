import { randomUUID } from 'node:crypto'
import { type Duration, milliseconds } from '../duration.js'
import { refuseUnknown } from '../known-names.js'
import type { JsonRecord } from '../jws/compact-jws.js'
import { type PoolSettings, STANDARD_SCOPES } from './pool-settings.js'

/** What every token can be asked for. */
interface TokenRequest {
  /** App client: `client_id`, or `aud` in ID tokens. Default: the pool's first. */
  readonly clientId?: string
  /** From now to `exp`, in whole seconds. Default `'1h'`. */
  readonly expiresIn?: Duration
  /** Further claims, or other values for those the pool writes. Default none. */
  readonly claims?: JsonRecord
}

/** What every token of a user can be asked for. */
interface UserTokenRequest extends TokenRequest {
  /** The user. Default: a random UUID. */
  readonly sub?: string
  /** `username`, or `cognito:username` in ID tokens. Default: as `sub`. */
  readonly username?: string
  /** `cognito:groups`. Default none; the claim is absent then, as at Cognito. */
  readonly groups?: readonly string[]
}

/** What the access token of a user is made from. */
export interface AccessTokenRequest<Scope extends string = string> extends UserTokenRequest {
  /** Default `['aws.cognito.signin.user.admin']`: what a sign-in through the SDK gives. Others need their resource server. */
  readonly scopes?: readonly Scope[]
  /** Resource binding (RFC 8707), a URL that becomes `aud`. Default none; the token has no `aud` then. */
  readonly resource?: string
}

/** What a token of the client credentials grant is made from (RFC 6749 §4.4): a machine, no user. */
export interface M2mTokenRequest<Scope extends string = string> extends TokenRequest {
  /** Scopes of resource servers; a machine gets no others. Default: all the pool has. */
  readonly scopes?: readonly Scope[]
}

/** What an ID token is made from. */
export interface IdTokenRequest extends UserTokenRequest {
  /** Default: the username at example.com. */
  readonly email?: string
}

const SDK_SIGN_IN_SCOPES = ['aws.cognito.signin.user.admin']

export function accessTokenClaims(
  pool: PoolSettings,
  request: AccessTokenRequest,
  now: number,
  method = 'accessToken',
): JsonRecord {
  checkRequest(method, request, [...USER_MEMBERS, 'scopes', 'resource'])
  const scopes = request.scopes ?? SDK_SIGN_IN_SCOPES
  checkScopes(scopes, [...STANDARD_SCOPES, ...pool.customScopes])
  const { sub, username, groups } = commonClaims(request)
  const { origin, event, jti } = identifiers(pool)
  const isSdkSignIn = request.scopes === undefined && request.resource === undefined
  return {
    sub,
    ...groups,
    iss: pool.issuers[pool.issuerType],
    // Only tokens from the OAuth endpoints have a version.
    ...(isSdkSignIn ? {} : { version: 2 }),
    client_id: clientOf(pool, request),
    ...origin,
    ...event,
    token_use: 'access',
    scope: scopes.join(' '),
    ...times(request, now),
    ...jti,
    username,
    ...(request.resource === undefined ? {} : { aud: request.resource }),
    ...request.claims,
  }
}

export function m2mTokenClaims(pool: PoolSettings, request: M2mTokenRequest, now: number): JsonRecord {
  checkRequest('m2mToken', request, [...MEMBERS, 'scopes'])
  const scopes = request.scopes ?? pool.customScopes
  if (scopes.length === 0) {
    throw new TypeError('fakeCognito: a machine needs a scope of a resource server; declare one in resourceServers')
  }
  checkScopes(scopes, pool.customScopes)
  const clientId = clientOf(pool, request)
  return {
    sub: clientId,
    token_use: 'access',
    scope: scopes.join(' '),
    ...times(request, now),
    iss: pool.issuers[pool.issuerType],
    version: 2,
    ...identifiers(pool).jti,
    client_id: clientId,
    ...request.claims,
  }
}

/** With the access token of the same login, where there is one. */
export function idTokenClaims(
  pool: PoolSettings,
  request: IdTokenRequest,
  now: number,
  sibling: JsonRecord = {},
): JsonRecord {
  checkRequest('idToken', request, [...USER_MEMBERS, 'email'])
  const { sub, username, groups } = commonClaims(request)
  const { origin, event, jti } = identifiers(pool, sibling)
  return {
    sub,
    ...groups,
    email_verified: true,
    iss: pool.issuers[pool.issuerType],
    'cognito:username': username,
    ...origin,
    aud: clientOf(pool, request),
    ...event,
    token_use: 'id',
    ...times(request, now),
    ...jti,
    email: request.email ?? `${username}@example.com`,
    ...request.claims,
  }
}

const MEMBERS = ['clientId', 'expiresIn', 'claims']
const USER_MEMBERS = [...MEMBERS, 'sub', 'username', 'groups']
const LISTS = new Set(['scopes', 'groups'])

function checkRequest(method: string, request: object, known: readonly string[]): void {
  refuseUnknown('fakeCognito', method, request, known)
  for (const [name, value] of Object.entries(request)) {
    if (LISTS.has(name) && value !== undefined && !Array.isArray(value)) {
      throw new TypeError(`fakeCognito: ${method} takes ${name} as a list`)
    }
  }
}

function checkScopes(scopes: readonly string[], accepted: readonly string[]): void {
  const unknown = scopes.find((scope) => !accepted.includes(scope))
  if (unknown === undefined) return
  throw new TypeError(
    STANDARD_SCOPES.some((scope) => scope === unknown)
      ? `fakeCognito: Cognito gives ${unknown} to users alone, never to a machine`
      : `fakeCognito: the pool has no scope ${unknown}; declare its resource server in resourceServers`,
  )
}

function commonClaims(request: UserTokenRequest) {
  const sub = request.sub ?? randomUUID()
  return {
    sub,
    username: request.username ?? sub,
    groups: request.groups === undefined || request.groups.length === 0 ? {} : { 'cognito:groups': request.groups },
  }
}

/** Tokens of one login share `origin_jti` and the event they were issued at, never `jti`. */
function identifiers({ tokenRevocation }: PoolSettings, sibling: JsonRecord = {}) {
  const { origin_jti = randomUUID(), event_id = randomUUID() } = sibling
  return {
    event: { event_id },
    ...(tokenRevocation ? { origin: { origin_jti }, jti: { jti: randomUUID() } } : { origin: {}, jti: {} }),
  }
}

function clientOf(pool: PoolSettings, request: TokenRequest): string {
  const clientId = request.clientId ?? pool.clients[0]
  if (!pool.clients.includes(clientId)) {
    throw new TypeError(`fakeCognito: the pool has no client ${clientId}; declare it in clients`)
  }
  return clientId
}

function times(request: TokenRequest, now: number) {
  const iat = Math.floor(now / 1_000)
  return {
    auth_time: iat,
    exp: iat + Math.floor(milliseconds('fakeCognito', 'expiresIn', request.expiresIn ?? '1h') / 1_000),
    iat,
  }
}
