import type { ConformanceCors, ConformancePolicy, ConformanceRoute } from './app-description.js'

/** What a token must have for `GetUser`, so that Cognito can be asked about it. */
export const LIVENESS_SCOPE = 'aws.cognito.signin.user.admin'

export const ORIGIN = 'https://app.example'

export const CORS: ConformanceCors = {
  origin: ORIGIN,
  methods: ['GET', 'POST'],
  allowedHeaders: ['authorization', 'content-type', 'dpop'],
  exposedHeaders: ['WWW-Authenticate', 'Retry-After', 'DPoP-Nonce'],
}

type Route = readonly [name: string, policy: ConformancePolicy, differing?: Partial<ConformanceRoute>]

const ROUTES = [
  ['any', {}],
  ['orders', { scopes: ['orders/read'] }],
  ['new-order', { scopes: ['orders/read', 'orders/write'] }, { method: 'POST' }],
  ['reports', { anyScope: ['orders/read', 'orders/write'] }],
  ['staff', { groups: ['staff', 'managers'] }],
  ['staff-orders', { scopes: ['orders/read'], groups: ['staff'] }],
  ['live', { maxRevocationLag: '0s' }],
  ['recent', { maxRevocationLag: '30s' }],
  ['outage-proof', { maxRevocationLag: '30s', maxRevocationLagDuringOutage: '10m' }],
  ['optional', {}, { access: 'optional' }],
  ['optional-live', { maxRevocationLag: '0s' }, { access: 'optional' }],
  ['open', {}, { access: 'public' }],
  ['broken', {}, { answers: 'error' }],
] as const satisfies readonly Route[]

const STEP_UP_ROUTES = [
  ['strong', { acrValues: ['urn:cognito:loa:2', 'urn:cognito:loa:3'] }],
  ['recent-login', { maxAge: '5m' }],
  ['strong-recent-login', { acrValues: ['urn:cognito:loa:3'], maxAge: '5m' }],
] as const satisfies readonly Route[]

const SENDER_ROUTES = [['bound', { senderConstrained: 'required' }]] as const satisfies readonly Route[]

/** Names of routes, of which paths are made. */
export type RouteName = (typeof ROUTES | typeof STEP_UP_ROUTES | typeof SENDER_ROUTES)[number][0] | 'users' | 'partners'

/** What an app may be asked to do beside the rest. */
export interface Extras {
  readonly withStepUp?: boolean
  /** Tokens may be bound: then every challenge names two schemes. */
  readonly withSenders?: boolean
}

/** All routes of an app. Two are for the tokens of one issuer each. */
export function routesFor(
  issuers: { readonly users: string; readonly partners: string },
  { withStepUp = false, withSenders = false }: Extras,
) {
  const ofOneIssuer = Object.entries(issuers).map(([name, issuer]): Route => [name, { issuers: [issuer] }])
  const routes: readonly Route[] = [
    ...ROUTES,
    ...ofOneIssuer,
    ...(withStepUp ? STEP_UP_ROUTES : []),
    ...(withSenders ? SENDER_ROUTES : []),
  ]
  return routes.map(([name, policy, differing]): ConformanceRoute => ({
    name,
    method: 'GET',
    path: `/${name}`,
    access: 'protected',
    policy,
    answers: 'principal',
    ...differing,
  }))
}
