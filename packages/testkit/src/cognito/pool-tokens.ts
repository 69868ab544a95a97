import { beginLogin, sdkLoginClaims, signAccessToken, signIdToken } from './login-tokens.js'
import type { Pool } from './pool.js'
import type { StandardScope } from './scopes.js'
import { accessTokenClaims, idTokenClaims, m2mTokenClaims } from './token-claims.js'
import type { AccessTokenRequest, IdTokenRequest, M2mTokenRequest } from './token-requests.js'

/** What a sign-in brings: the tokens of one login, which end together. */
export interface SignedIn {
  /** Signed, for APIs. */
  readonly accessToken: string
  /** Signed, for the client. Same user and login. */
  readonly idToken: string
  /** Encrypted, for the pool alone: it brings new tokens, and ends the login at `RevokeToken` and `/oauth2/revoke`. */
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

export function createPoolTokens(pool: Pool, assertOpen: () => void): PoolTokens {
  return {
    async accessToken(request = {}) {
      assertOpen()
      const claims = accessTokenClaims(pool, request)
      pool.logins.enter(claims)
      return signAccessToken(pool, claims)
    },
    async signIn(request = {}) {
      assertOpen()
      const login = sdkLoginClaims(pool, request, 'signIn')
      const refreshToken = beginLogin(pool, login)
      const [accessToken, idToken] = [await signAccessToken(pool, login.access), await signIdToken(pool, login.id)]
      return { accessToken, idToken, refreshToken }
    },
    async m2mToken(request = {}) {
      assertOpen()
      return signAccessToken(pool, m2mTokenClaims(pool, request))
    },
    async idToken(request = {}) {
      assertOpen()
      const claims = idTokenClaims(pool, request)
      pool.logins.enter(claims)
      return signIdToken(pool, claims)
    },
  }
}
