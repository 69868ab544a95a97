import { tryDecodeJws } from '../jws/compact-jws.js'
import { loginOf } from './logins.js'
import type { Pool } from './token-examination.js'

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
  /** Ends all logins of a user, as `AdminUserGlobalSignOut` does. Tokens issued afterwards are good. */
  revokeUser(sub: string): Promise<void>
  /** As `AdminDisableUser`: ends all logins of a user, who cannot sign in again. */
  disableUser(sub: string): Promise<void>
  /** As `AdminDeleteUser`: ends all logins of a user; `GetUser` answers `UserNotFoundException` from now on. */
  deleteUser(sub: string): Promise<void>
}

export function createSignOuts({ settings, logins }: Pool, assertOpen: () => void): SignOuts {
  function assertRevocable(): void {
    assertOpen()
    if (!settings.tokenRevocation) {
      throw new Error('fakeCognito: with tokenRevocation: false no login can be ended alone; use revokeUser(sub)')
    }
  }

  return {
    async revoke(token) {
      assertRevocable()
      const refreshToken = logins.refreshToken(token)
      const jws = refreshToken === undefined ? tryDecodeJws(token) : undefined
      if (jws !== undefined && jws.payload['username'] === undefined && jws.payload['token_use'] === 'access') {
        throw new Error('fakeCognito: Cognito cannot revoke the token of a machine; it lives until it expires')
      }
      const login = refreshToken?.login ?? loginOf(jws?.payload ?? {})
      if (!logins.end(login)) throw new Error('fakeCognito: revoke takes a token of a user that this pool has issued')
    },
    async revokeLogin(originJti) {
      assertRevocable()
      if (!logins.end(originJti)) {
        throw new Error(`fakeCognito: the pool has issued no token with the origin_jti ${originJti}`)
      }
    },
    async revokeUser(sub) {
      assertOpen()
      knownUser(logins.endAllOf(sub), sub)
    },
    async disableUser(sub) {
      assertOpen()
      knownUser(logins.retire(sub, 'disabled'), sub)
    },
    async deleteUser(sub) {
      assertOpen()
      knownUser(logins.retire(sub, 'deleted'), sub)
    },
  }
}

function knownUser(known: boolean, sub: string): void {
  if (!known) throw new Error(`fakeCognito: the pool has issued no token to the user ${sub}`)
}
