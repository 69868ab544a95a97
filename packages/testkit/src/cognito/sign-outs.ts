import { checkText } from '../given-values.js'
import { tryDecodeJws } from '../jws/compact-jws.js'
import { COGNITO } from './cognito-kind.js'
import { loginOf } from './logins.js'
import type { Pool } from './pool.js'
import type { UserState } from './users.js'

/**
 * What a test, or an administrator, does to logins and users. It takes effect at once, at all endpoints, and there is no
 * way back. Tokens that are still within their time keep a good signature: only the pool itself refuses them.
 */
export interface SignOuts {
  /**
   * Ends the login a token belongs to, with every token of it: Cognito has no way to revoke one access token alone. Takes
   * an access, ID or refresh token of the pool; throws for a machine's, which Cognito cannot revoke, and where
   * `tokenRevocation` is `false`.
   */
  revoke(token: string): Promise<void>
  /** Ends one login by the `origin_jti` its tokens carry, as `RevokeToken` does. */
  revokeLogin(originJti: string): Promise<void>
  /**
   * Ends all logins of a user, by `sub` or username, as `AdminUserGlobalSignOut` does. Tokens issued afterwards are good.
   * Throws for a user the pool does not know, as the next two do.
   */
  revokeUser(user: string): Promise<void>
  /** As `AdminDisableUser`: ends all logins of a user, who cannot sign in again. */
  disableUser(user: string): Promise<void>
  /** As `AdminDeleteUser`: ends all logins of a user; `GetUser` answers `UserNotFoundException` from now on. */
  deleteUser(user: string): Promise<void>
}

const { maker } = COGNITO

export function createSignOuts({ settings, logins, refreshTokens, users }: Pool, assertOpen: () => void): SignOuts {
  function assertRevocable(): void {
    assertOpen()
    if (!settings.tokenRevocation) {
      throw new Error(`${maker}: with tokenRevocation: false no login can be ended alone; use revokeUser(sub)`)
    }
  }

  function endUser(method: keyof SignOuts, name: string, state?: UserState): void {
    assertOpen()
    checkText(maker, `${method} takes a sub or a username`, name)
    const user = users.find(name)
    if (user === undefined) {
      throw new Error(`${maker}: the pool has no user ${name}, declared or named in a token`)
    }
    if (user.state === 'deleted') throw new Error(`${maker}: the user ${name} was deleted before`)
    if (state !== undefined) user.state = state
    logins.endAllOf(user.sub)
  }

  return {
    async revoke(token) {
      assertRevocable()
      checkText(maker, 'revoke takes a token', token)
      const refreshToken = refreshTokens.find(token)
      const jws = refreshToken === undefined ? tryDecodeJws(token) : undefined
      if (jws !== undefined && jws.payload['username'] === undefined && jws.payload['token_use'] === 'access') {
        throw new Error(`${maker}: Cognito cannot revoke the token of a machine; it lives until it expires`)
      }
      const login = refreshToken?.login ?? loginOf(jws?.payload ?? {})
      if (!logins.end(login)) throw new Error(`${maker}: revoke takes a token of a user that this pool has issued`)
    },
    async revokeLogin(originJti) {
      assertRevocable()
      checkText(maker, 'revokeLogin takes the origin_jti of a token', originJti)
      if (!logins.end(originJti)) {
        throw new Error(`${maker}: the pool has issued no token with the origin_jti ${originJti}`)
      }
    },
    async revokeUser(user) {
      endUser('revokeUser', user)
    },
    async disableUser(user) {
      endUser('disableUser', user, 'disabled')
    },
    async deleteUser(user) {
      endUser('deleteUser', user, 'deleted')
    },
  }
}
