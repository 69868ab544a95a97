import type { Endpoint, EndpointMaker } from '../endpoints/endpoint.js'
import { type FakeRequest, type FakeResponse, json, type PublicServer } from '../endpoints/fake-server.js'
import { documentDialect } from '../endpoints/oauth-answers.js'
import { tryDecodeJws } from '../jws/compact-jws.js'
import { inputOf, operationOf } from './aws-json.js'
import { discoveryDocument } from './discovery-document.js'
import { createDomainEndpoints } from './domain-endpoints.js'
import { COGNITO, DOMAIN_SUFFIX, REGION } from './pool-settings.js'
import { issuerOf, type Pool } from './token-examination.js'
import { answerStray, createUserPoolApi } from './user-pool-api.js'

/** A pool behind its addresses: two hosts it shares with all pools of the Region, and its own domain. */
export interface PoolServer extends PublicServer {
  readonly endpoints: Readonly<Record<EndpointName, Endpoint>>
}

type EndpointName = 'jwks' | 'metadata' | 'getUser' | 'revokeToken' | 'globalSignOut' | 'userInfo' | 'revocation'

/** Which of the hosts a request came to. Through a port it is all of them at once. */
type Place = 'original' | 'updated' | 'domain' | 'port' | undefined

const ORIGINAL_HOST = `cognito-idp.${REGION}.amazonaws.com`
const UPDATED_HOST = `issuer-cognito-idp.${REGION}.amazonaws.com`

export function createPoolServer(pool: Pool, endpointAt: EndpointMaker): PoolServer {
  const { userPoolId, domain, issuerType } = pool.settings
  const wellKnown = `/${userPoolId}/.well-known/`
  const jwks = endpointAt(`${issuerOf(pool)}/.well-known/jwks.json`, documentDialect)
  const metadata = endpointAt(`${issuerOf(pool)}/.well-known/openid-configuration`, documentDialect)
  const api = createUserPoolApi(pool, endpointAt)
  const { userInfo, revocation, answer: answerAtDomain } = createDomainEndpoints(pool, endpointAt)

  function placeOf({ hostname, protocol }: URL): Place {
    if (protocol === 'http:') return hostname === '127.0.0.1' ? 'port' : undefined
    if (hostname === new URL(domain).hostname) return 'domain'
    return hostname === ORIGINAL_HOST ? 'original' : hostname === UPDATED_HOST ? 'updated' : undefined
  }

  async function answerDocument(request: FakeRequest): Promise<FakeResponse | undefined> {
    if (request.method !== 'GET') return undefined
    switch (request.url.pathname) {
      case `${wellKnown}jwks.json`:
        return jwks.answer(request, async () => json(200, { keys: await pool.keys.published() }))
      case `${wellKnown}openid-configuration`:
        return metadata.answer(request, () => json(200, discoveryDocument(pool.settings)))
      default:
        return undefined
    }
  }

  return {
    kind: COGNITO,
    endpoints: { jwks, metadata, userInfo, revocation, ...api.endpoints },
    reaches: ({ hostname }) =>
      hostname === ORIGINAL_HOST || hostname === UPDATED_HOST || hostname.endsWith(DOMAIN_SUFFIX),
    owns(request) {
      if (placeOf(request.url) === 'domain' || request.url.pathname.startsWith(`/${userPoolId}/`)) return true
      return operationOf(request) !== undefined && isNamedIn(pool, request)
    },
    stray: answerStray,
    async answer(request) {
      const place = placeOf(request.url)
      // AWS answers 403 on the UPDATED host for a pool that has not switched.
      if (place === 'updated' && issuerType !== 'UPDATED' && request.url.pathname.startsWith(`/${userPoolId}/`)) {
        return json(403, { message: 'Forbidden' })
      }
      const isApi = request.method === 'POST' && request.url.pathname === '/'
      if (isApi && (place === 'original' || place === 'port')) return api.answer(request)
      const atDomain = place === 'domain' || place === 'port' ? answerAtDomain(request) : undefined
      if (atDomain !== undefined) return atDomain
      return place === 'domain' || place === undefined ? undefined : answerDocument(request)
    },
  }
}

/** At the API a pool is known by the token alone: by its issuer, or because the pool issued it. */
function isNamedIn(pool: Pool, request: FakeRequest): boolean {
  const { AccessToken: accessToken, Token: refreshToken } = inputOf(request) ?? {}
  if (typeof accessToken === 'string') return tryDecodeJws(accessToken)?.payload['iss'] === issuerOf(pool)
  return typeof refreshToken === 'string' && pool.logins.refreshToken(refreshToken) !== undefined
}
