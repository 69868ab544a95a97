import {
  authorizationServer,
  type ClaimsOf,
  clientSecretBasic,
  type CompiledPolicy,
  createResourceServer,
  definePolicy,
  type Outcome,
  type PolicyDecisionPoint,
  type Principal,
  type ResourceServer,
  type RoutePolicy,
  type StandardSchema,
} from '@tokenward/core'
import { type AwsHttpEvent, fromAwsEvent } from '@tokenward/core/aws'
import { cognitoUserPool } from '@tokenward/core/cognito'

const api: ResourceServer = createResourceServer({
  issuers: [
    cognitoUserPool({ userPoolId: 'eu-west-1_AbCdEf123', clientId: ['web', 'mobile'], clockTolerance: '10s' }),
    authorizationServer({ issuer: 'https://auth.example.com', audience: 'orders-api', algorithms: ['ES256'] }),
    authorizationServer({
      issuer: 'https://logouts.example.com',
      audience: 'orders-api',
      revocation: { clientAuthentication: clientSecretBasic('web', 'secret') },
      backChannelLogout: { clientId: ['web', 'mobile'] },
    }),
    authorizationServer({
      issuer: 'https://opaque.example.com',
      audience: 'orders-api',
      opaqueTokens: true,
      introspection: { clientAuthentication: clientSecretBasic('orders-api', 'secret'), signedResponses: true },
      maxAgeWithoutExp: '30s',
    }),
  ],
  onEvent(event) {
    if (event.type === 'request-refused') event.reason satisfies string
  },
})

interface Tenant {
  readonly tenant: number
}

/** A schema without a library; core-with-zod.ts has one of a library. */
declare const tenant: StandardSchema<unknown, Tenant>
const tenantOrders = api.policy({ name: 'orders', scopes: ['orders/read'], claims: tenant })
tenantOrders satisfies CompiledPolicy<Tenant>
type TenantClaims = ClaimsOf<typeof tenant>
const claims: TenantClaims = { tenant: 1 }
void claims

// A literal kept in a variable must say what it is; a wider string would lose the closed list.
const literal = { scopes: ['orders/read'], maxRevocationLag: 'token-lifetime' } satisfies RoutePolicy
definePolicy(literal)

export const decideEvent = (event: AwsHttpEvent) => api.authorize(fromAwsEvent(event), tenantOrders)

export async function decide(headers: Record<string, string>): Promise<string> {
  const outcome = await api.authorize({ method: 'GET', url: '/orders', headers }, tenantOrders)
  switch (outcome.outcome) {
    case 'granted':
      return `${outcome.principal.subject} ${outcome.principal.claims.tenant.toFixed(0)}`
    case 'refused':
      return outcome.headers['WWW-Authenticate']
    case 'unavailable':
      return outcome.headers['Retry-After']
  }
}

export async function signOut(principal: Principal<unknown>, tell: () => Promise<void>): Promise<string> {
  await api.signOut(principal, { refreshToken: 'r', clientSecret: 's', timeout: '3s' })
  await api.signOut('a.b.c', { accessToken: 'a.b.c' })
  const { list, authorizationServer: there, failure } = await api.signOut(principal, { tell, ends: 'user' })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const { status } = await api.backChannelLogout({ method: 'POST', headers, body: 'logout_token=a.b.c' })
  return `${list} ${there} ${failure ?? ''} ${status.toFixed(0)}`
}

export async function verify(token: string): Promise<Principal<unknown>> {
  const principal = await api.verify(token, { claims: tenant })
  principal.claims.tenant satisfies number
  const plain = await api.verify(token)
  plain.claims.sub satisfies string
  plain.claims['anything'] satisfies unknown
  const presented = await api.present({ method: 'GET', url: '/', headers: {} })
  const outcome: Outcome = await presented.authorize({ groups: ['admin'] })
  void outcome
  return principal
}

interface Order {
  readonly owner: string
}
declare function loadOrder(id: string): Promise<Order | null>

export const owners: PolicyDecisionPoint = {
  async decide({ principal, resource }, { signal }) {
    if (signal.aborted) return { decision: 'error', reason: 'unavailable' }
    const order = (await resource?.attributes()) as Order | undefined
    return { decision: order?.owner === principal.subject ? 'permit' : 'deny' }
  },
}

// Functions of a policy know the claims of its schema, wherever in the literal that stands.
export const refund = definePolicy({
  resource({ principal, params }) {
    const id = `${principal.claims.tenant.toFixed(0)}/${String(params['id'])}`
    return { type: 'Order', id, attributes: () => loadOrder(id) }
  },
  claims: tenant,
  action: 'refund',
  context: ({ principal }) => ({ tenant: principal.claims.tenant satisfies number }),
  acrValues: ['phr'],
  maxAge: '5m',
})
refund satisfies CompiledPolicy<Tenant>
void api.explain(refund)

export async function fence(headers: Record<string, string>): Promise<string> {
  const outcome = await api.precheck({ method: 'GET', url: '/', headers, params: { id: '7' } }, refund)
  return outcome.outcome === 'passed' ? api.metadata().document.resource : String(outcome.body.error_description)
}
