import { type JsonRecord } from '../jws/compact-jws.js'
import type { SigningKey } from '../jws/signing-key.js'
import { signJws } from './cognito-jws.js'
import type { StandardScope } from './pool-settings.js'
import {
  accessTokenClaims,
  type AccessTokenRequest,
  idTokenClaims,
  type IdTokenRequest,
  m2mTokenClaims,
  type M2mTokenRequest,
} from './token-claims.js'
import type { Pool } from './token-examination.js'

/** What a sign-in brings: the tokens of one login, which end together. */
export interface SignedIn {
  /** Signed, for APIs. */
  readonly accessToken: string
  /** Signed, for the client. Same user and login. */
  readonly idToken: string
  /** Encrypted, for the pool alone. `RevokeToken` and `/oauth2/revoke` take it. */
  readonly refreshToken: string
}

/** The tokens a pool issues. */
export interface PoolTokens<Scope extends string = string> {
  /** The access token of a user, as Cognito would issue it, signed with RS256. A login of its own. */
  accessToken(request?: AccessTokenRequest<Scope>): Promise<string>
  /** All tokens of one login. `scopes`, `resource` and `claims` are of the access token alone. */
  signIn(request?: AccessTokenRequest<Scope>): Promise<SignedIn>
  /** The access token of a machine, as the client credentials grant would issue it: no user, no groups. */
  m2mToken(request?: M2mTokenRequest<Exclude<Scope, StandardScope>>): Promise<string>
  /** An ID token as Cognito would issue it, signed with a key of its own. A login of its own. */
  idToken(request?: IdTokenRequest): Promise<string>
}

export function createPoolTokens({ settings, clock, keys, logins }: Pool, assertOpen: () => void): PoolTokens {
  function userToken(claims: JsonRecord, key: SigningKey): Promise<string> {
    logins.enter(claims)
    return sign(claims, key)
  }

  return {
    async accessToken(request = {}) {
      assertOpen()
      return userToken(accessTokenClaims(settings, request, clock.now()), keys.access())
    },
    async signIn(request = {}) {
      assertOpen()
      const now = clock.now()
      const access = accessTokenClaims(settings, request, now, 'signIn')
      const { scopes: _, resource: __, claims: ___, ...rest } = request
      const id = idTokenClaims(settings, { ...rest, ...userOf(access) }, now, access)
      return {
        accessToken: await userToken(access, keys.access()),
        idToken: await userToken(id, await keys.id()),
        refreshToken: logins.issueRefreshToken(access, String(access['client_id'])),
      }
    },
    async m2mToken(request = {}) {
      assertOpen()
      return sign(m2mTokenClaims(settings, request, clock.now()), keys.access())
    },
    async idToken(request = {}) {
      assertOpen()
      return userToken(idTokenClaims(settings, request, clock.now()), await keys.id())
    },
  }
}

function sign(claims: JsonRecord, key: SigningKey): Promise<string> {
  return signJws({ kid: key.kid, alg: 'RS256' }, claims, key)
}

/** Names that the request may have left to chance. */
function userOf({ sub, username }: JsonRecord): { readonly sub: string; readonly username: string } {
  return { sub: String(sub), username: String(username) }
}
