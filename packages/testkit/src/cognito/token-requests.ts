import { type Duration, instantOf } from '../duration.js'
import type { JsonRecord } from '../jws/compact-jws.js'
import { checkMembers, type MemberKind } from '../request-members.js'
import { COGNITO } from './cognito-kind.js'
import type { Pool } from './pool.js'
import { isResourceIndicator } from './resource-indicator.js'
import { STANDARD_SCOPES, unknownScope } from './scopes.js'

/** What every token can be asked for. */
export interface TokenRequest {
  /** App client: `client_id`, or `aud` in ID tokens. Default: the first of the pool that such tokens are for. */
  readonly clientId?: string
  /** From now to `exp`, in whole seconds. Default `'1h'`. */
  readonly expiresIn?: Duration
  /** Further claims, or other values for those the pool writes. Default none. */
  readonly claims?: JsonRecord
}

/** What every token of a user can be asked for. */
export interface UserTokenRequest extends TokenRequest {
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

const { maker } = COGNITO

type Members = Readonly<Record<string, MemberKind>>

const MEMBERS: Members = { clientId: 'text', expiresIn: 'other', claims: 'claims' }
const USER_MEMBERS: Members = {
  ...MEMBERS,
  sub: 'text',
  username: 'text',
  groups: 'texts',
  acr: 'text',
  amr: 'texts',
  authTime: 'other',
}

export function checkAccessTokenRequest({ settings }: Pool, method: string, request: AccessTokenRequest): void {
  checkMembers(maker, method, request, { ...USER_MEMBERS, scopes: 'texts', resource: 'other' })
  checkScopes(settings, request.scopes, [...STANDARD_SCOPES, ...settings.customScopes])
  const { resource } = request
  if (resource !== undefined && !isResourceIndicator(resource)) {
    throw new TypeError(
      `${maker}: ${method} takes resource as a URL without a fragment (RFC 8707), such as 'https://api.example'; https, http on localhost, or a scheme of an app`,
    )
  }
}

export function checkM2mTokenRequest({ settings }: Pool, request: M2mTokenRequest): void {
  checkMembers(maker, 'm2mToken', request, { ...MEMBERS, scopes: 'texts' })
  checkScopes(settings, request.scopes, settings.customScopes)
}

export function checkIdTokenRequest(request: IdTokenRequest): void {
  checkMembers(maker, 'idToken', request, { ...USER_MEMBERS, email: 'text' })
}

/** `auth_time` in seconds, or `undefined`. */
export function authTimeOf({ authTime }: UserTokenRequest, now: number): number | undefined {
  return authTime === undefined ? undefined : Math.floor(instantOf(maker, 'authTime', authTime, now) / 1_000)
}

function checkScopes(
  { resourceServers }: Pool['settings'],
  scopes: readonly string[] | undefined,
  accepted: readonly string[],
): void {
  const unknown = scopes?.find((scope) => !accepted.includes(scope))
  if (unknown !== undefined) throw new TypeError(`${maker}: ${unknownScope(unknown, resourceServers)}`)
}
