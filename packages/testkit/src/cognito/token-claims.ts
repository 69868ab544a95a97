import { type Duration, milliseconds } from '../duration.js'
import { refuseUnknown } from '../known-names.js'
import type { JsonRecord } from '../jws/compact-jws.js'
import { issuerOf, type Pool } from './pool.js'
import { STANDARD_SCOPES, USER_ADMIN } from './scopes.js'

/** What every token can be asked for. */
interface TokenRequest {
  /** App client: `client_id`, or `aud` in ID tokens. Default: the first of the pool that such tokens are for. */
  readonly clientId?: string
  /** From now to `exp`, in whole seconds. Default `'1h'`. */
  readonly expiresIn?: Duration
  /** Further claims, or other values for those the pool writes. Default none. */
  readonly claims?: JsonRecord
}

/** What every token of a user can be asked for. */
interface UserTokenRequest extends TokenRequest {
  /** The user. Default: that of the `username`, or a random UUID. */
  readonly sub?: string
  /** `username`, or `cognito:username` in ID tokens. Default: that of the `sub`, or the same text. */
  readonly username?: string
  /** `cognito:groups`. Default: those of the user. The claim is absent without any, as at Cognito. */
  readonly groups?: readonly string[]
  /** `acr`: the level of the sign-in, such as `'urn:cognito:loa:4'`. Default none, as where the client asked for no level. */
  readonly acr?: string
  /** `amr`: the methods of the sign-in, such as `['pwd', 'otp', 'mfa']`. Default none. */
  readonly amr?: readonly string[]
  /** `auth_time`: when the user signed in; an instant, or a duration from now such as `'-10m'`. Default now. */
  readonly authTime?: Date | Duration
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

const MEMBERS = ['clientId', 'expiresIn', 'claims']
const USER_MEMBERS = [...MEMBERS, 'sub', 'username', 'groups', 'acr', 'amr', 'authTime']
const LISTS = new Set(['scopes', 'groups', 'amr'])

export function accessTokenClaims(pool: Pool, request: AccessTokenRequest, method = 'accessToken'): JsonRecord {
  checkRequest(method, request, [...USER_MEMBERS, 'scopes', 'resource'])
  const scopes = request.scopes ?? [USER_ADMIN]
  checkScopes(scopes, [...STANDARD_SCOPES, ...pool.settings.customScopes])
  const client = pool.clients.forUsers(request.clientId)
  const { sub, username, groups } = userOf(pool, request)
  const { origin, event, jti } = identifiers(pool)
  const isSdkSignIn = request.scopes === undefined && request.resource === undefined
  return {
    sub,
    ...groups,
    iss: issuerOf(pool),
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
  checkRequest('m2mToken', request, [...MEMBERS, 'scopes'])
  const { clientId, isMachine, scopes: ofClient } = pool.clients.forMachine(request.clientId)
  const { customScopes } = pool.settings
  const scopes = request.scopes ?? (isMachine ? ofClient : customScopes)
  if (scopes.length === 0) {
    throw new TypeError('fakeCognito: a machine needs a scope of a resource server; declare one in resourceServers')
  }
  checkScopes(scopes, customScopes)
  const { iat, exp } = times(pool, request)
  return {
    sub: clientId,
    token_use: 'access',
    scope: scopes.join(' '),
    auth_time: iat,
    exp,
    iat,
    iss: issuerOf(pool),
    version: 2,
    ...identifiers(pool).jti,
    client_id: clientId,
    ...request.claims,
  }
}

/** With the access token of the same login, where there is one. */
export function idTokenClaims(pool: Pool, request: IdTokenRequest, sibling: JsonRecord = {}): JsonRecord {
  checkRequest('idToken', request, [...USER_MEMBERS, 'email'])
  const client = pool.clients.forUsers(request.clientId)
  const { sub, username, groups, email } = userOf(pool, request)
  const { origin, event, jti } = identifiers(pool, sibling)
  return {
    sub,
    ...groups,
    email_verified: true,
    iss: issuerOf(pool),
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

/** Claims of a token that a refresh brings: of the same login and sign-in, with an id and a lifetime of its own. */
export function refreshedClaims(pool: Pool, claims: JsonRecord): JsonRecord {
  const lifetime = (claims['exp'] as number) - (claims['iat'] as number)
  const iat = Math.floor(pool.clock.now() / 1_000)
  return { ...claims, exp: iat + lifetime, iat, ...identifiers(pool).jti }
}

function checkRequest(method: string, request: object, known: readonly string[]): void {
  refuseUnknown('fakeCognito', method, request, known)
  for (const [name, value] of Object.entries(request)) {
    if (LISTS.has(name) && value !== undefined && !Array.isArray(value)) {
      throw new TypeError(`fakeCognito: ${method} takes ${name} as a list`)
    }
    if (name === 'acr' && value !== undefined && (typeof value !== 'string' || value === '')) {
      throw new TypeError(`fakeCognito: ${method} takes acr as text, not empty`)
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
    auth_time: authTimeOf(request.authTime, pool.clock.now()) ?? iat,
    exp,
    iat,
    ...(request.acr === undefined ? {} : { acr: request.acr }),
    ...(request.amr === undefined ? {} : { amr: request.amr }),
  }
}

function authTimeOf(authTime: Date | Duration | undefined, now: number): number | undefined {
  if (authTime === undefined) return undefined
  const at = authTime instanceof Date ? authTime.getTime() : now + milliseconds('fakeCognito', 'authTime', authTime)
  if (Number.isNaN(at)) throw new TypeError('fakeCognito: authTime must be a valid Date, or a duration from now')
  return Math.floor(at / 1_000)
}

function times({ clock }: Pool, request: TokenRequest) {
  const iat = Math.floor(clock.now() / 1_000)
  return {
    exp: iat + Math.floor(milliseconds('fakeCognito', 'expiresIn', request.expiresIn ?? '1h') / 1_000),
    iat,
  }
}
