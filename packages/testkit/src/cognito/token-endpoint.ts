import { createHash } from 'node:crypto'
import type { FakeRequest, FakeResponse } from '../endpoints/fake-server.js'
import { readForm } from '../endpoints/form.js'
import { oauthAnswer, oauthError } from '../endpoints/oauth-answers.js'
import type { AppClient } from './app-clients.js'
import type { AuthorizationCodes, CodeGrant } from './authorization-codes.js'
import { authenticatedClient } from './client-authentication.js'
import { beginLogin, type LoginClaims, oauthLoginClaims, signLogin } from './login-tokens.js'
import type { Pool } from './pool.js'
import { m2mTokenClaims } from './token-claims.js'
import { refreshLogin } from './token-refresh.js'

type Form = ReadonlyMap<string, string>

/** `/oauth2/token`. Every error has the status 400, that of a client that fails to authenticate included. */
export async function answerToken(pool: Pool, codes: AuthorizationCodes, request: FakeRequest): Promise<FakeResponse> {
  const form = readForm(request)
  if (form === undefined) return failed('invalid_request')
  const client = authenticatedClient(pool.clients, request, form)
  if (client === 'ambiguous') return failed('invalid_request')
  if (client === 'refused') return failed('invalid_client')
  switch (form.get('grant_type')) {
    case 'authorization_code':
      return client.isMachine ? failed('unauthorized_client') : byCode(pool, client, codes, form)
    case 'refresh_token':
      return client.isMachine ? failed('unauthorized_client') : byRefreshToken(pool, client, form)
    case 'client_credentials':
      return client.isMachine ? byClientCredentials(pool, client, form) : failed('unauthorized_client')
    case undefined:
      return failed('invalid_request')
    default:
      return failed('unsupported_grant_type')
  }
}

async function byCode(pool: Pool, client: AppClient, codes: AuthorizationCodes, form: Form): Promise<FakeResponse> {
  const [code, redirectUri] = [form.get('code'), form.get('redirect_uri')]
  if (code === undefined || redirectUri === undefined) return failed('invalid_request')
  const grant = codes.redeem(code)
  if (grant === undefined || !isFor(grant, client, redirectUri) || !isProven(grant, form.get('code_verifier'))) {
    return failed('invalid_grant')
  }
  const { user, signedInAt, level } = grant.session
  if (user.state !== 'enabled') return failed('invalid_grant')
  const { scopes, resource, nonce, level: asked } = grant.request
  const login = oauthLoginClaims(
    pool,
    {
      sub: user.sub,
      clientId: client.clientId,
      scopes,
      authTime: new Date(signedInAt),
      ...(resource === undefined ? {} : { resource }),
      // Levels are reported to those who ask for one.
      ...(asked === undefined ? {} : { acr: level.acr, amr: level.amr }),
    },
    nonce,
  )
  const refreshToken = beginLogin(pool, login)
  return issued(pool, login, refreshToken)
}

function isFor({ request }: CodeGrant, client: AppClient, redirectUri: string): boolean {
  return request.client === client && request.redirectUri === redirectUri
}

/** RFC 7636 §4.6. A verifier without a challenge is a challenge that somebody took away (RFC 9700 §2.1.1). */
function isProven({ request: { codeChallenge } }: CodeGrant, verifier: string | undefined): boolean {
  if (codeChallenge === undefined || verifier === undefined) return codeChallenge === verifier
  return createHash('sha256').update(verifier).digest('base64url') === codeChallenge
}

async function byRefreshToken(pool: Pool, client: AppClient, form: Form): Promise<FakeResponse> {
  const token = form.get('refresh_token')
  if (token === undefined) return failed('invalid_request')
  const refreshed = refreshLogin(pool, client, token)
  return typeof refreshed === 'string'
    ? failed('invalid_grant')
    : issued(pool, refreshed.claims, refreshed.refreshToken)
}

async function byClientCredentials(pool: Pool, client: AppClient, form: Form): Promise<FakeResponse> {
  const asked = form.get('scope')
  const scopes = asked === undefined || asked === '' ? client.scopes : [...new Set(asked.split(' '))]
  if (scopes.length === 0 || !scopes.every((scope) => client.scopes.includes(scope))) return failed('invalid_scope')
  return issued(pool, { access: m2mTokenClaims(pool, { clientId: client.clientId, scopes }), id: undefined })
}

async function issued(pool: Pool, login: LoginClaims, refreshToken?: string): Promise<FakeResponse> {
  const { accessToken, idToken, expiresIn } = await signLogin(pool, login)
  return answered({
    id_token: idToken,
    access_token: accessToken,
    refresh_token: refreshToken,
    expires_in: expiresIn,
    token_type: 'Bearer',
  })
}

/** Every origin may call it from a browser. */
const ANY_ORIGIN = { 'access-control-allow-origin': '*' }

function answered(body: object): FakeResponse {
  return allowAnyOrigin(oauthAnswer(body))
}

function failed(error: string): FakeResponse {
  return allowAnyOrigin(oauthError(400, error))
}

function allowAnyOrigin({ headers, ...answer }: FakeResponse): FakeResponse {
  return { ...answer, headers: { ...headers, ...ANY_ORIGIN } }
}
