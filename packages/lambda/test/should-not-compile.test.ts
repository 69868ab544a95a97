import { expect, it } from 'vitest'
import {
  appSyncAuthorizer,
  gatewayPrincipal,
  httpApiAuthorizer,
  type JwtAuthorizedEvent,
  type ResourceServer,
  restRequestAuthorizer,
  restTokenAuthorizer,
  webSocketAuthorizer,
} from '../src/index.js'
import { httpApiWiring } from '../src/wiring/index.js'

declare const api: ResourceServer
declare const event: JwtAuthorizedEvent
const policy = {}

// Never called: the compiler reads it, and fails where one of these is no error.
export const mistakes = () => [
  // @ts-expect-error what becomes of results has to be said
  httpApiAuthorizer(api, { policy }),
  // @ts-expect-error what becomes of results has to be said
  restTokenAuthorizer(api, { policy }),
  // @ts-expect-error what becomes of results has to be said
  restRequestAuthorizer(api, { policy }),
  // @ts-expect-error what becomes of results has to be said
  webSocketAuthorizer(api, { policy }),
  // @ts-expect-error what becomes of results has to be said
  appSyncAuthorizer(api, { policy }),
  // @ts-expect-error a result that is kept has a key
  httpApiAuthorizer(api, { policy, resultCache: { ttl: '5m' } }),
  // @ts-expect-error WebSocket APIs keep none
  webSocketAuthorizer(api, { policy, resultCache: { ttl: '5m' } }),
  // @ts-expect-error one of policy, routes and policyFor
  httpApiAuthorizer(api, { resultCache: 'off' }),
  // @ts-expect-error one of policy, routes and policyFor
  httpApiAuthorizer(api, { policy, routes: { 'GET /orders': policy }, resultCache: 'off' }),
  // @ts-expect-error a gateway is trusted for one API, which is named
  gatewayPrincipal(api, event, { trustGateway: true }),
  // @ts-expect-error an API is named for trust alone
  gatewayPrincipal(api, event, { apiId: 'a1b2c3d4e5' }),
  // @ts-expect-error a route that somebody guards has a policy
  httpApiWiring({ name: 'orders', routes: { 'GET /orders': { authorizer: 'lambda' } } }),
  // @ts-expect-error nobody guards a public route
  httpApiWiring({ name: 'orders', routes: { 'GET /orders': { authorizer: 'none', policy } } }),
]

it('what would weaken a check has to be written out, also for the compiler', () => {
  const server = { authorize: () => {} } as never
  const options = { policy } as never
  for (const make of [
    () => httpApiAuthorizer(server, options),
    () => restTokenAuthorizer(server, options),
    () => restRequestAuthorizer(server, options),
    () => webSocketAuthorizer(server, options),
    () => appSyncAuthorizer(server, options),
  ]) {
    expect(make).toThrow('resultCache is required')
  }
})
