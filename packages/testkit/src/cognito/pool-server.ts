import type { Endpoint, EndpointMaker } from '../endpoints/endpoint.js'
import { type FakeRequest, type FakeResponse, json, type PublicServer } from '../endpoints/fake-server.js'
import { documentDialect } from '../endpoints/oauth-answers.js'
import { operationOf } from './aws-json.js'
import { COGNITO } from './cognito-kind.js'
import { discoveryDocument } from './discovery-document.js'
import { createDomainEndpoints, type DomainEndpoints } from './domain-endpoints.js'
import type { Pool } from './pool.js'
import { DOMAIN_SUFFIX, ORIGINAL_HOST, UPDATED_HOST } from './pool-address.js'
import { createUserPoolApi, isNamedIn, type UserPoolApi } from './user-pool-api.js'
import type { UserRecord } from './users.js'

/** A pool behind its addresses: two hosts it shares with all pools of the Region, and its own domain. */
export interface PoolServer extends PublicServer {
  readonly endpoints: Readonly<Record<EndpointName, Endpoint>>
}

type EndpointName = 'jwks' | 'metadata' | keyof DomainEndpoints['endpoints'] | keyof UserPoolApi['endpoints']

/** Which of the hosts a request came to. Through a port it is all of them at once. */
type Place = 'original' | 'updated' | 'domain' | 'port' | undefined

export function createPoolServer(
  pool: Pool,
  endpointAt: EndpointMaker,
  automaticUser: () => UserRecord | undefined,
): PoolServer {
  const { userPoolId, domain } = pool.settings
  const wellKnown = `/${userPoolId}/.well-known/`
  const jwks = endpointAt(() => `${pool.issuer.current()}/.well-known/jwks.json`, documentDialect)
  const metadata = endpointAt(() => `${pool.issuer.current()}/.well-known/openid-configuration`, documentDialect)
  const api = createUserPoolApi(pool, endpointAt)
  const atDomain = createDomainEndpoints(pool, endpointAt, automaticUser)

  function placeOf({ hostname, protocol }: URL): Place {
    if (hostname === '127.0.0.1') return 'port'
    if (protocol === 'http:') return undefined
    if (hostname === new URL(domain).hostname) return 'domain'
    return hostname === ORIGINAL_HOST ? 'original' : hostname === UPDATED_HOST ? 'updated' : undefined
  }

  /** Through a port, the addresses of everything but the issuer, whose name is in the tokens. */
  function portOf(url: URL): string | undefined {
    return placeOf(url) === 'port' ? url.origin : undefined
  }

  async function answerDocument(request: FakeRequest): Promise<FakeResponse | undefined> {
    if (request.method !== 'GET') return undefined
    switch (request.url.pathname) {
      case `${wellKnown}jwks.json`:
        return jwks.answer(request, async () => json(200, { keys: await pool.keys.published() }))
      case `${wellKnown}openid-configuration`:
        return metadata.answer(request, () =>
          json(200, discoveryDocument(pool.settings, pool.issuer.current(), portOf(request.url))),
        )
      default:
        return undefined
    }
  }

  return {
    kind: COGNITO,
    get issuer() {
      return pool.issuer.current()
    },
    identity: userPoolId,
    endpoints: { jwks, metadata, ...atDomain.endpoints, ...api.endpoints },
    reaches: ({ hostname }) =>
      hostname === ORIGINAL_HOST || hostname === UPDATED_HOST || hostname.endsWith(DOMAIN_SUFFIX),
    owns(request) {
      if (placeOf(request.url) === 'domain' || request.url.pathname.startsWith(`/${userPoolId}/`)) return true
      return operationOf(request) !== undefined && isNamedIn(pool, request)
    },
    stray: api.stray,
    async answer(request) {
      const place = placeOf(request.url)
      // AWS answers 403 on the UPDATED host for a pool that has not switched.
      if (place === 'updated' && !pool.issuer.isUpdated() && request.url.pathname.startsWith(`/${userPoolId}/`)) {
        return json(403, { message: 'Forbidden' })
      }
      const isApi = request.method === 'POST' && request.url.pathname === '/'
      if (isApi && (place === 'original' || place === 'port')) return api.answer(request)
      const answer = place === 'domain' || place === 'port' ? atDomain.answer(request) : undefined
      if (answer !== undefined) return answer
      return place === 'domain' || place === undefined ? undefined : answerDocument(request)
    },
  }
}
