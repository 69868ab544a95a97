import { dpopKey, type DpopKey, type DpopProofRequest } from '@tokenward/testkit'
import {
  dpop,
  type DpopOptions,
  type ResourceServer,
  type ResourceServerOptions,
  type RoutePolicy,
  type TokenwardEvent,
} from '../../src/index.js'
import { serverFor, testIssuer, type TestIssuer } from './test-issuer.js'

export const PUBLIC_URL = 'https://api.example'
export const ORDERS = `${PUBLIC_URL}/orders`

/** An API that takes tokens bound to a key, and a client with one. */
export interface DpopApi {
  readonly api: ResourceServer
  readonly events: readonly TokenwardEvent[]
  readonly issuer: TestIssuer
  readonly key: DpopKey
  /** Bound to the key. */
  readonly token: string
  /** A right proof for a GET of the orders with that token, changed as told. */
  proof(changed?: Partial<DpopProofRequest>): Promise<string>
}

export async function dpopApi(
  changed: Partial<DpopOptions> = {},
  options: Partial<ResourceServerOptions> = {},
): Promise<DpopApi> {
  const issuer = await testIssuer()
  const constraint = dpop({ publicUrl: PUBLIC_URL, ...changed })
  const { api, events } = serverFor(issuer, {}, { senderConstraints: [constraint], ...options })
  const key = await dpopKey({ clock: issuer.clock })
  const token = issuer.token({ cnf: key.cnf, scope: 'a' })
  const proof = (request = {}) => key.proof({ method: 'GET', url: ORDERS, accessToken: token, ...request })
  return { api, events, issuer, key, token, proof }
}

/** A request as a client of DPoP makes it. */
export function proven(token: string, proof: string | readonly string[] | undefined, changed: object = {}) {
  const headers = { authorization: `DPoP ${token}`, ...(proof !== undefined && { dpop: proof }) }
  return { method: 'GET', url: '/orders', headers, ...changed }
}

/** What the API says, in one word. */
export async function verdictOn(
  api: ResourceServer,
  request: Parameters<ResourceServer['authorize']>[0],
  policy: RoutePolicy = {},
): Promise<string> {
  const outcome = await api.authorize(request, policy)
  return outcome.outcome === 'granted' ? 'granted' : outcome.reason
}
