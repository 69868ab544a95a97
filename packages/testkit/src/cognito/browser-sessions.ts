import type { FakeClock } from '../fake-clock.js'
import type { FakeRequest } from '../endpoints/fake-server.js'
import type { Randomness } from '../randomness.js'
import type { AuthenticationLevel } from './authentication-levels.js'
import type { UserRecord } from './users.js'

/** That somebody signed in on the page, in one browser. */
export interface BrowserSession {
  readonly user: UserRecord
  /** Milliseconds since the epoch. */
  readonly signedInAt: number
  readonly level: AuthenticationLevel
}

/** The cookie of managed login. It is not a token: no sign-out but `/logout` ends it. */
export interface BrowserSessions {
  /** The session of the browser that sends a request, as long as the user is enabled. */
  of(request: FakeRequest): BrowserSession | undefined
  /** Opens one; brings the value of `Set-Cookie`. */
  open(session: BrowserSession, request: FakeRequest): string
  /** Ends the one of a browser; brings the value of `Set-Cookie`. */
  end(request: FakeRequest): string
}

/** Counted from the sign-in; using the session does not prolong it. */
const VALIDITY_S = 3_600
const COOKIE = 'cognito'

export function createBrowserSessions(random: Randomness, clock: FakeClock): BrowserSessions {
  const sessions = new Map<string, BrowserSession>()
  return {
    of(request) {
      const session = sessions.get(cookieOf(request) ?? '')
      if (session === undefined || session.user.state !== 'enabled') return undefined
      return clock.now() < session.signedInAt + VALIDITY_S * 1_000 ? session : undefined
    },
    open(session, request) {
      const id = random.uuid('session')
      sessions.set(id, session)
      return setCookie(id, VALIDITY_S, request)
    },
    end(request) {
      sessions.delete(cookieOf(request) ?? '')
      return setCookie('', 0, request)
    },
  }
}

function cookieOf({ headers }: FakeRequest): string | undefined {
  return new RegExp(`(?:^|; ?)${COOKIE}=([^;]+)`).exec(headers.get('cookie') ?? '')?.[1]
}

function setCookie(value: string, maxAge: number, { url }: FakeRequest): string {
  const secure = url.protocol === 'https:' ? '; Secure' : ''
  return `${COOKIE}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure}`
}
