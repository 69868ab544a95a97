import { randomUUID } from 'node:crypto'
import { type Duration, milliseconds } from '../duration.js'
import type { JsonRecord } from '../jws/compact-jws.js'
import type { PoolSettings } from './pool-settings.js'

/** What every token can be asked for. */
interface TokenRequest {
  /** The user. Default: a random UUID. */
  readonly sub?: string
  /** App client. Default: the pool's first. */
  readonly clientId?: string
  /** `cognito:groups`; absent without any, as Cognito does it. */
  readonly groups?: readonly string[]
  readonly username?: string
  /** Default `'1h'`. */
  readonly expiresIn?: Duration
  /** Further claims, or other values for those above, as a pre-token-generation trigger could write them. */
  readonly claims?: JsonRecord
}

/** What an access token is made from. */
export interface AccessTokenRequest<Scope extends string = string> extends TokenRequest {
  /** Default `['aws.cognito.signin.user.admin']`: what a sign-in through the SDK gives. */
  readonly scopes?: readonly Scope[]
  /** Resource binding (RFC 8707): becomes `aud`. Access tokens have none otherwise. */
  readonly resource?: string
}

/** What an ID token is made from. */
export interface IdTokenRequest extends TokenRequest {
  readonly email?: string
}

const SDK_SIGN_IN_SCOPES = ['aws.cognito.signin.user.admin']

export function accessTokenClaims(pool: PoolSettings, request: AccessTokenRequest, now: number): JsonRecord {
  const scopes = request.scopes ?? SDK_SIGN_IN_SCOPES
  for (const scope of scopes) {
    if (!pool.scopes.includes(scope)) {
      throw new TypeError(`fakeCognito: the pool has no scope ${scope}; declare its resource server in resourceServers`)
    }
  }
  const { sub, username, groups, event } = commonClaims(request)
  const isSdkSignIn = request.scopes === undefined
  return {
    sub,
    ...groups,
    iss: pool.issuers[pool.issuerType],
    // Only tokens from the OAuth endpoints have a version.
    ...(isSdkSignIn ? {} : { version: 2 }),
    client_id: clientOf(pool, request),
    origin_jti: randomUUID(),
    event_id: event,
    token_use: 'access',
    scope: scopes.join(' '),
    ...times(request, now),
    jti: randomUUID(),
    username,
    ...(request.resource === undefined ? {} : { aud: request.resource }),
    ...request.claims,
  }
}

export function idTokenClaims(pool: PoolSettings, request: IdTokenRequest, now: number): JsonRecord {
  const { sub, username, groups, event } = commonClaims(request)
  return {
    sub,
    ...groups,
    email_verified: true,
    iss: pool.issuers[pool.issuerType],
    'cognito:username': username,
    origin_jti: randomUUID(),
    aud: clientOf(pool, request),
    event_id: event,
    token_use: 'id',
    ...times(request, now),
    jti: randomUUID(),
    email: request.email ?? `${username}@example.com`,
    ...request.claims,
  }
}

function commonClaims(request: TokenRequest) {
  const sub = request.sub ?? randomUUID()
  return {
    sub,
    username: request.username ?? sub,
    groups: request.groups === undefined || request.groups.length === 0 ? {} : { 'cognito:groups': request.groups },
    event: randomUUID(),
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
  return { auth_time: iat, exp: iat + Math.floor(milliseconds(request.expiresIn ?? '1h') / 1_000), iat }
}
