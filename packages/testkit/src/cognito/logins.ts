import type { JsonRecord } from '../jws/compact-jws.js'
import type { Users } from './users.js'

/** Who is signed in: the tokens of one login live and die together. What ends is ended for good. */
export interface Logins {
  /** Enters the login a token belongs to. Throws for a user who cannot sign in any more. */
  enter(claims: JsonRecord): void
  /** Ends one login; `false` when there never was one of that name. */
  end(login: string): boolean
  /** Ends every login of a user so far. */
  endAllOf(sub: string): void
  isEnded(login: string): boolean
}

interface Login {
  ended: boolean
}

export function createLogins(users: Users): Logins {
  const logins = new Map<string, Login>()
  const ofUsers = new Map<string, Set<Login>>()

  return {
    enter(claims) {
      const sub = String(claims['sub'])
      const { state } = users.enter(sub, String(claims['username'] ?? claims['cognito:username'] ?? sub))
      if (state !== 'enabled') throw new Error(`fakeCognito: the user ${sub} was ${state}; make the token before that`)
      const name = loginOf(claims)
      const login = logins.get(name) ?? { ended: false }
      logins.set(name, login)
      const ofUser = ofUsers.get(sub) ?? new Set()
      ofUsers.set(sub, ofUser.add(login))
    },
    end(name) {
      const login = logins.get(name)
      if (login !== undefined) login.ended = true
      return login !== undefined
    },
    endAllOf(sub) {
      const ofUser = ofUsers.get(sub)
      for (const login of ofUser ?? []) login.ended = true
      // Nothing brings them back, so nothing needs to be kept.
      ofUser?.clear()
    },
    isEnded: (login) => logins.get(login)?.ended ?? false,
  }
}

/** Without token revocation there is no `origin_jti`, but the sign-in is still one event. */
export function loginOf(claims: JsonRecord): string {
  return String(claims['origin_jti'] ?? claims['event_id'] ?? claims['jti'])
}
