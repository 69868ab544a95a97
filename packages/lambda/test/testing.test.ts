import { describe, expect, it } from 'vitest'
import { appSyncAuthorizer, httpApiAuthorizer, restTokenAuthorizer, withAuth } from '../src/index.js'
import { asPrincipal } from '../src/testing.js'
import {
  appSyncAuthorizerEvent,
  functionUrlEvent,
  httpAuthorizerEvent,
  tokenAuthorizerEvent,
} from './support/events.js'

describe('a principal of a test', () => {
  const reader = asPrincipal({ sub: 'u1', scopes: ['orders/read'], groups: ['staff'] })

  it('calls a handler without a token, under its policy', async () => {
    const handlerOf = (scope: string) =>
      withAuth(reader, { scopes: [scope], maxRevocationLag: '0s' }, (_event, _context, { principal }) => ({
        statusCode: 200,
        body: principal.subject,
      }))
    expect(await handlerOf('orders/read')(functionUrlEvent(), {})).toStrictEqual({ statusCode: 200, body: 'u1' })
    expect(await handlerOf('orders/write')(functionUrlEvent(), {})).toMatchObject({ statusCode: 403 })
  })

  it('is let in by authorizers, under their policies, also where results are kept', async () => {
    const routes = {
      'GET /orders/{id}': { scopes: ['orders/read'] },
      'DELETE /orders/{id}': { scopes: ['orders/write'] },
    }
    const identitySources = ['$request.header.Authorization', '$context.routeKey']
    const simple = httpApiAuthorizer(reader, { routes, resultCache: { ttl: '5m', identitySources } })
    expect(await simple(httpAuthorizerEvent())).toMatchObject({ isAuthorized: true, context: { subject: 'u1' } })
    expect(await simple(httpAuthorizerEvent({ method: 'DELETE' }))).toStrictEqual({ isAuthorized: false })
    const byPolicy = restTokenAuthorizer(reader, { routes, resultCache: 'off' })
    expect(await byPolicy(tokenAuthorizerEvent('any'))).toMatchObject({ principalId: 'u1' })
    const graph = appSyncAuthorizer(reader, {
      policy: {},
      fields: { 'Query.x': { groups: ['admin'] } },
      resultCache: 'off',
    })
    expect(await graph(appSyncAuthorizerEvent('any', '{ x }'))).toMatchObject({
      isAuthorized: true,
      deniedFields: ['Query.x'],
    })
  })
})
