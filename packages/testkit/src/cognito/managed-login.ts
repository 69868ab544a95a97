import type { FakeRequest, FakeResponse } from '../endpoints/fake-server.js'
import { readForm, readParameters } from '../endpoints/form.js'
import { LEVELS, reaches } from './authentication-levels.js'
import type { AuthorizationCodes } from './authorization-codes.js'
import { type AuthorizationRequest, readAuthorizationRequest, type RefusedRequest } from './authorization-request.js'
import type { BrowserSession, BrowserSessions } from './browser-sessions.js'
import { errorPage } from './pages/error-page.js'
import { signInPage } from './pages/sign-in-page.js'
import type { Pool } from './pool.js'
import type { UserRecord } from './users.js'

/** What a browser does at the domain of a pool. */
export interface ManagedLogin {
  authorize(request: FakeRequest): FakeResponse
  showForm(request: FakeRequest): FakeResponse
  submitForm(request: FakeRequest): FakeResponse
  logout(request: FakeRequest): FakeResponse
  showError(request: FakeRequest): FakeResponse
}

export interface ManagedLoginContext {
  readonly pool: Pool
  readonly codes: AuthorizationCodes
  readonly sessions: BrowserSessions
  /** Whoever fills in the form by himself, without its being shown. */
  automaticUser(): UserRecord | undefined
}

export function createManagedLogin({ pool, codes, sessions, automaticUser }: ManagedLoginContext): ManagedLogin {
  /** Reads the request; what is wrong with it is answered at once. */
  function read(request: FakeRequest): AuthorizationRequest | FakeResponse {
    const asked = readAuthorizationRequest(pool, readParameters(request.url.search))
    if ('page' in asked) return redirectToError(asked.page, asked.clientId)
    return 'error' in asked ? refuse(asked) : asked
  }

  function grant(request: AuthorizationRequest, session: BrowserSession, cookie?: string): FakeResponse {
    const code = codes.issue({ request, session })
    return redirect(withQuery(request.redirectUri, { code, state: request.state }), cookie)
  }

  function signedIn(asked: AuthorizationRequest, user: UserRecord, request: FakeRequest): FakeResponse {
    const session = { user, signedInAt: pool.clock.now(), level: asked.level ?? LEVELS[0] }
    return grant(asked, session, sessions.open(session, request))
  }

  /** Whether a session is enough: nobody asked for a sign-in, a later one, or a stronger one. */
  function suffices({ prompt, maxAge, level }: AuthorizationRequest, session: BrowserSession): boolean {
    if (prompt.includes('login')) return false
    if (maxAge !== undefined && pool.clock.now() - session.signedInAt >= maxAge * 1_000) return false
    return level === undefined || reaches(session.level, level)
  }

  return {
    authorize(request) {
      const asked = read(request)
      if (isAnswer(asked)) return asked
      const session = sessions.of(request)
      if (session !== undefined && suffices(asked, session)) return grant(asked, session)
      const user = automaticUser()
      if (user !== undefined) return signedIn(asked, user, request)
      if (asked.prompt.includes('none')) {
        const error = { error: 'login_required', error_description: undefined, state: asked.state }
        return refuse({ redirectUri: asked.redirectUri, error })
      }
      return redirect(`/login${request.url.search}`)
    },

    showForm(request) {
      const asked = read(request)
      return isAnswer(asked) ? asked : showForm(asked, request, asked.loginHint)
    },

    submitForm(request) {
      const asked = read(request)
      if (isAnswer(asked)) return asked
      const form = readForm(request) ?? new Map<string, string>()
      const { password, codeFrom } = asked.level ?? LEVELS[0]
      const username = form.get('username') ?? ''
      const user = pool.users.find(username)
      if (user === undefined || user.state === 'deleted' || (password && !hasPassword(user, form.get('password')))) {
        return showForm(asked, request, username, 'Incorrect username or password.')
      }
      if (user.state === 'disabled') return showForm(asked, request, username, 'User is disabled.')
      if (codeFrom !== undefined && !/^\d{6}$/.test(form.get('code') ?? '')) {
        return showForm(asked, request, username, 'Invalid code: enter six digits.')
      }
      return signedIn(asked, user, request)
    },

    logout(request) {
      const parameters = readParameters(request.url.search)
      const client = pool.clients.find(parameters?.get('client_id'))
      if (parameters === undefined || client === undefined) {
        return redirectToError('invalid_request', parameters?.get('client_id'))
      }
      const [logoutUri, redirectUri] = [parameters.get('logout_uri'), parameters.get('redirect_uri')]
      if (logoutUri !== undefined) {
        return client.logoutUris.includes(logoutUri)
          ? redirect(logoutUri, sessions.end(request))
          : redirectToError('redirect_mismatch', client.clientId)
      }
      if (redirectUri === undefined) {
        return errorPage("Required String parameter 'redirect_uri' is not present", undefined)
      }
      // To sign in again, perhaps as somebody else; the form checks the rest.
      return redirect(`/login${request.url.search}`, sessions.end(request))
    },

    showError(request) {
      const parameters = readParameters(request.url.search)
      return errorPage(parameters?.get('error') ?? 'invalid_request', pool.clients.find(parameters?.get('client_id')))
    },
  }
}

function showForm(
  { client, level = LEVELS[0] }: AuthorizationRequest,
  { url }: FakeRequest,
  username: string,
  problem?: string,
): FakeResponse {
  return signInPage({ clientId: client.clientId, query: url.search, level, username, problem })
}

function hasPassword(user: UserRecord, password: string | undefined): boolean {
  return user.password !== undefined && user.password === password
}

function isAnswer(read: AuthorizationRequest | FakeResponse): read is FakeResponse {
  return 'status' in read
}

function refuse({ redirectUri, error }: RefusedRequest): FakeResponse {
  return redirect(withQuery(redirectUri, error))
}

function redirectToError(error: string, clientId: string | undefined): FakeResponse {
  return redirect(withQuery('/error', { error, client_id: clientId }))
}

/** The URI stays as it was registered, but for what is added. */
function withQuery(uri: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.append(name, value)
  return `${uri}${uri.includes('?') ? '&' : '?'}${query}`
}

function redirect(location: string, cookie?: string): FakeResponse {
  const headers = { location, 'cache-control': 'no-store' }
  return { status: 302, headers: cookie === undefined ? headers : { ...headers, 'set-cookie': cookie }, body: '' }
}
