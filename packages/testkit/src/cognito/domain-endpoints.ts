import { clientCredentials } from '../endpoints/client-credentials.js'
import type { Endpoint, EndpointMaker } from '../endpoints/endpoint.js'
import { type FakeRequest, type FakeResponse, json } from '../endpoints/fake-server.js'
import { readForm } from '../endpoints/form.js'
import { nothingToSay, oauthAnswer, oauthDialect, oauthError } from '../endpoints/oauth-answers.js'
import { examineAccessToken, hasScope, type Pool, verifiedClaims } from './token-examination.js'

/** The OAuth endpoints of a pool's domain that know whether a token still lives, or end it. */
export interface DomainEndpoints {
  readonly userInfo: Endpoint
  readonly revocation: Endpoint
  /** Answers what there is at a path; `undefined` when there is nothing. */
  answer(request: FakeRequest): Promise<FakeResponse> | undefined
}

export function createDomainEndpoints(pool: Pool, endpointAt: EndpointMaker): DomainEndpoints {
  const userInfo = endpointAt(`${pool.settings.domain}/oauth2/userInfo`, oauthDialect)
  const revocation = endpointAt(`${pool.settings.domain}/oauth2/revoke`, oauthDialect)
  return {
    userInfo,
    revocation,
    answer(request) {
      switch (`${request.method} ${request.url.pathname}`) {
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
  // Booleans are text here, unlike in the ID token.
  return oauthAnswer({ sub, email_verified: 'true', email: `${String(username)}@example.com`, username })
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
  const credentials = clientCredentials(request, form)
  if (credentials === undefined || credentials === 'several') return oauthError(400, 'invalid_request')
  // App clients of the fake are public: one that shows a secret is somebody else.
  const { clientId, clientSecret = '' } = credentials
  if (!pool.settings.clients.includes(clientId) || clientSecret !== '') return oauthError(401, 'invalid_client')
  if (!pool.settings.tokenRevocation) return oauthError(400, 'invalid_request')
  const known = pool.logins.refreshToken(token)
  if (known === undefined) {
    return verifiedClaims(pool, token) === undefined ? nothingToSay() : oauthError(400, 'unsupported_token_type')
  }
  if (known.clientId !== clientId) return oauthError(401, 'invalid_client')
  pool.logins.end(known.login)
  return nothingToSay()
}
