import type { Endpoint, EndpointMaker } from '../endpoints/endpoint.js'
import { type FakeRequest, type FakeResponse, json } from '../endpoints/fake-server.js'
import { readForm } from '../endpoints/form.js'
import { nothingToSay, oauthAnswer, oauthDialect, oauthError } from '../endpoints/oauth-answers.js'
import { createAuthorizationCodes } from './authorization-codes.js'
import { createBrowserSessions } from './browser-sessions.js'
import { authenticatedClient } from './client-authentication.js'
import { createManagedLogin } from './managed-login.js'
import type { Pool } from './pool.js'
import { examineAccessToken, hasScope, verifiedClaims } from './token-examination.js'
import { answerToken } from './token-endpoint.js'
import type { UserRecord } from './users.js'

/** The OAuth endpoints of a pool's domain, and its pages. */
export interface DomainEndpoints {
  readonly endpoints: Readonly<Record<DomainEndpoint, Endpoint>>
  /** Answers what there is at a path; `undefined` when there is nothing. */
  answer(request: FakeRequest): Promise<FakeResponse> | undefined
}

type DomainEndpoint = 'authorize' | 'login' | 'logout' | 'token' | 'userInfo' | 'revocation'

export function createDomainEndpoints(
  pool: Pool,
  endpointAt: EndpointMaker,
  automaticUser: () => UserRecord | undefined,
): DomainEndpoints {
  const at = (path: string) => endpointAt(`${pool.settings.domain}${path}`, oauthDialect)
  const endpoints = {
    authorize: at('/oauth2/authorize'),
    login: at('/login'),
    logout: at('/logout'),
    token: at('/oauth2/token'),
    userInfo: at('/oauth2/userInfo'),
    revocation: at('/oauth2/revoke'),
  }
  const codes = createAuthorizationCodes(pool.random, pool.clock)
  const sessions = createBrowserSessions(pool.random, pool.clock)
  const browser = createManagedLogin({ pool, codes, sessions, automaticUser })
  const { authorize, login, logout, token, userInfo, revocation } = endpoints
  return {
    endpoints,
    answer(request) {
      switch (`${request.method} ${request.url.pathname}`) {
        case 'GET /oauth2/authorize':
          return authorize.answer(request, () => browser.authorize(request))
        case 'GET /login':
          return login.answer(request, () => browser.showForm(request))
        case 'POST /login':
          return login.answer(request, () => browser.submitForm(request))
        case 'GET /logout':
          return logout.answer(request, () => browser.logout(request))
        case 'GET /error':
          return Promise.resolve(browser.showError(request))
        case 'POST /oauth2/token':
          return token.answer(request, () => answerToken(pool, codes, request))
        case 'GET /oauth2/userInfo':
        case 'POST /oauth2/userInfo':
          return userInfo.answer(request, () => answerUserInfo(pool, request))
        case 'POST /oauth2/revoke':
          return revocation.answer(request, () => answerRevocation(pool, request))
        default:
          return undefined
      }
    },
  }
}

function answerUserInfo(pool: Pool, { headers }: FakeRequest): FakeResponse {
  const token = /^bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  if (token === undefined) {
    return userInfoError(400, 'invalid_request', 'Bad OAuth2 request at UserInfo Endpoint')
  }
  const { standing, claims } = examineAccessToken(pool, token)
  if (standing !== 'good') {
    const reasons = 'Access token is expired, disabled, or deleted, or the user has globally signed out.'
    return userInfoError(401, 'invalid_token', reasons)
  }
  // The status is not documented.
  if (!hasScope(claims, 'openid')) {
    return userInfoError(401, 'invalid_token', 'Access token does not contain openid scope')
  }
  const { sub, username } = claims
  const email = pool.users.find(sub)?.email ?? `${String(username)}@example.com`
  // Booleans are text here, unlike in the ID token.
  return oauthAnswer({ sub, email_verified: 'true', email, username })
}

/** The challenge has no scheme: Cognito leaves out the word `Bearer`. */
function userInfoError(status: number, error: string, description: string): FakeResponse {
  const challenge = `error="${error}", error_description="${description}"`
  return json(status, { error, error_description: description }, { 'www-authenticate': challenge })
}

function answerRevocation(pool: Pool, request: FakeRequest): FakeResponse {
  const form = readForm(request)
  const token = form?.get('token')
  if (form === undefined || token === undefined || token === '') return oauthError(400, 'invalid_request')
  const client = authenticatedClient(pool.clients, request, form)
  if (client === 'ambiguous') return oauthError(400, 'invalid_request')
  if (client === 'refused') return oauthError(401, 'invalid_client')
  if (!pool.settings.tokenRevocation) return oauthError(400, 'invalid_request')
  const known = pool.refreshTokens.find(token)
  if (known === undefined) {
    return verifiedClaims(pool, token) === undefined ? nothingToSay() : oauthError(400, 'unsupported_token_type')
  }
  if (known.clientId !== client.clientId) return oauthError(401, 'invalid_client')
  pool.logins.end(known.login)
  return nothingToSay()
}
