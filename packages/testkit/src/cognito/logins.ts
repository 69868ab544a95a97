import { randomBytes } from 'node:crypto'
import type { JsonRecord } from '../jws/compact-jws.js'

/** What became of a user. Users exist from their first token on. */
type UserState = 'enabled' | 'disabled' | 'deleted'

/** What a refresh token stands for. */
interface RefreshTokenRecord {
  readonly login: string
  readonly clientId: string
}

/** Who is signed in: the tokens of one login live and die together. What ends is ended for good. */
export interface Logins {
  /** Enters the login a token belongs to. Throws for a user who cannot sign in any more. */
  enter(claims: JsonRecord): void
  /** A refresh token for the login of other tokens. */
  issueRefreshToken(claims: JsonRecord, clientId: string): string
  refreshToken(token: string): RefreshTokenRecord | undefined
  /** Ends one login; `false` when there never was one of that name. */
  end(login: string): boolean
  /** Ends every login of a user so far; `false` when there never was such a user. */
  endAllOf(sub: string): boolean
  isEnded(claims: JsonRecord): boolean
  /** Disables or deletes a user, which ends all logins, too; `false` when there never was such a user. */
  retire(sub: string, state: 'disabled' | 'deleted'): boolean
  stateOf(sub: unknown): UserState
}

interface Login {
  ended: boolean
}

export function createLogins(): Logins {
  const logins = new Map<string, Login>()
  const users = new Map<unknown, { readonly logins: Set<Login>; state: UserState }>()
  const refreshTokens = new Map<string, RefreshTokenRecord>()

  function endAllOf(sub: string): boolean {
    const user = users.get(sub)
    for (const login of user?.logins ?? []) login.ended = true
    // Nothing brings them back, so nothing needs to be kept.
    user?.logins.clear()
    return user !== undefined
  }

  return {
    enter(claims) {
      const [name, sub] = [loginOf(claims), claims['sub']]
      const user = users.get(sub) ?? { logins: new Set(), state: 'enabled' }
      if (user.state !== 'enabled') {
        throw new Error(`fakeCognito: the user ${String(sub)} was ${user.state}; make the token before that`)
      }
      const login = logins.get(name) ?? { ended: false }
      logins.set(name, login)
      users.set(sub, user)
      user.logins.add(login)
    },
    issueRefreshToken(claims, clientId) {
      const token = randomRefreshToken()
      refreshTokens.set(token, { login: loginOf(claims), clientId })
      return token
    },
    refreshToken: (token) => refreshTokens.get(token),
    end(name) {
      const login = logins.get(name)
      if (login !== undefined) login.ended = true
      return login !== undefined
    },
    endAllOf,
    isEnded: (claims) => logins.get(loginOf(claims))?.ended ?? false,
    retire(sub, state) {
      const user = users.get(sub)
      if (user !== undefined) user.state = state
      return endAllOf(sub)
    },
    stateOf: (sub) => users.get(sub)?.state ?? 'enabled',
  }
}

/** Without token revocation there is no `origin_jti`, but the sign-in is still one event. */
export function loginOf(claims: JsonRecord): string {
  return String(claims['origin_jti'] ?? claims['event_id'] ?? claims['jti'])
}

/** Refresh tokens are encrypted JWTs that only Cognito reads: a readable header, then four parts of noise. */
function randomRefreshToken(): string {
  const header = Buffer.from(JSON.stringify({ cty: 'JWT', enc: 'A256GCM', alg: 'RSA-OAEP' })).toString('base64url')
  return [header, ...[256, 12, 600, 16].map((bytes) => randomBytes(bytes).toString('base64url'))].join('.')
}
