import { definePolicy } from '@tokenward/core'
import { describe, expect, it } from 'vitest'
import { httpApiAuthorizer, restTokenAuthorizer } from '../../src/index.js'
import { assertDocumentsFit } from '../../src/authorizers/document-size.js'
import { createRouteTable } from '../../src/authorizers/route-table.js'
import { httpApiWiring, restApiWiring } from '../../src/wiring/index.js'
import { httpAuthorizerEvent } from '../support/events.js'
import { bearer, ordersApi } from '../support/orders-api.js'

const TOKEN = '$request.header.Authorization'
const resultCache = { ttl: '5m', identitySources: [TOKEN] } as const
const byRoute = { ttl: '5m', identitySources: [TOKEN, '$context.routeKey'] } as const
/** The longest ARN that is counted with. */
const STAGE = 'arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:a1b2c3d4e5/development'
const TOO_LARGE = 'make a result of more than 8192 bytes for some callers'

/** So many routes, of which each demands what its number says. */
function routesOf(count: number, keyOf: (index: number) => string, demandOf: (index: number) => number = () => 0) {
  const demand = (index: number) => definePolicy({ scopes: [`scope${demandOf(index)}`] })
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [keyOf(index), demand(index)]))
}

const get = (index: number) => `GET /orders/${index}`
const any = (index: number) => `ANY /tenants/{tenant}/resources/kind${index}/{id}`

function fits(routes: object): () => void {
  const table = createRouteTable('routes', routes, { compile: (policy) => policy, inDocuments: 'of all routes' })
  return () => assertDocumentsFit('routes', table, 'of all routes')
}

describe('a table whose results would be too large for API Gateway', () => {
  it.each([
    ['of many routes', routesOf(150, get)],
    ['of routes for any method, with parameters', routesOf(13, any)],
  ])('is none of an authorizer, %s', async (_, routes) => {
    const { api } = await ordersApi()
    const made = (cache: object) => () =>
      httpApiAuthorizer(api, { routes, resultCache: cache, response: 'policy' } as never)
    expect(made(resultCache)).toThrow(`httpApiAuthorizer.routes ${TOO_LARGE}`)
    expect(made(byRoute)).not.toThrow()
    expect(made({ ...resultCache, ttl: '1s' })).toThrow('put the route among the identity sources, or use several')
    const restCache = { ttl: '5m', identitySources: ['method.request.header.Authorization'] }
    const options = { routes, resultCache: restCache } as never
    expect(() => restTokenAuthorizer(api, options)).toThrow(`restTokenAuthorizer.routes ${TOO_LARGE}`)
    expect(() => restTokenAuthorizer(api, { routes, resultCache: 'off' })).not.toThrow()
  })

  it('is not deployed', () => {
    const described = (authorizer: string, count: number) =>
      Object.fromEntries(
        Object.entries(routesOf(count, get)).map(([key, policy]) => [key, { authorizer, policy }]),
      ) as never
    const http = (count: number) => () =>
      httpApiWiring({ name: 'orders', resultCache, response: 'policy', routes: described('lambda', count) })
    expect(http(150)).toThrow(`httpApiWiring.routes ${TOO_LARGE}`)
    expect(http(50)).not.toThrow()
    const rest = (count: number) => () =>
      restApiWiring({
        name: 'orders',
        restApiId: { Ref: 'OrdersApi' },
        type: 'TOKEN',
        authorizerFunctionArn: 'arn',
        resultCache: { ttl: '5m', identitySources: ['method.request.header.Authorization'] },
        routes: described('authorizer', count),
      })
    expect(rest(150)).toThrow(`restApiWiring.routes ${TOO_LARGE}`)
    expect(rest(50)).not.toThrow()
  })

  it('is one for which the result of some caller does not fit: for the last that is taken, it does', async () => {
    const { pool, api } = await ordersApi()
    const most = Array.from({ length: 150 }, (_, index) => index).findLast((count) => {
      try {
        fits(routesOf(count, get))()
        return true
      } catch {
        return false
      }
    }) as number
    expect(most).toBeGreaterThan(75)
    const groups = Array.from({ length: 50 }, (_, index) => `a group with a long name, the ${index}th`)
    const headers = bearer(await pool.accessToken({ scopes: ['orders/read'], groups }))
    const event = httpAuthorizerEvent({ headers, path: '/orders/7', route: '/orders/7' })
    const routes = Object.fromEntries(Array.from({ length: most }, (_, index) => [get(index), {}]))
    const authorizer = httpApiAuthorizer(api, { routes, resultCache, response: 'policy' })
    const result = await authorizer({ ...event, routeArn: `${STAGE}/GET/orders/7` })
    expect(result.policyDocument.Statement[0]?.Resource).toHaveLength(most)
    expect(JSON.stringify(result).length).toBeGreaterThan(7_700)
  })

  it.each([
    ['few demands', 2],
    ['many', 40],
  ])('may be so for callers who may do less than others, with %s', (_, demands) => {
    const wide = { 'ANY /{proxy+}': definePolicy({ scopes: ['scope0'] }) }
    expect(fits({ ...wide, ...routesOf(45, get) })).not.toThrow()
    expect(fits({ ...wide, ...routesOf(45, get, (index) => 1 + (index % demands)) })).toThrow(`routes ${TOO_LARGE}`)
  })

  it('may be so for callers who may do some of it and not the rest, with many demands', () => {
    const inside = routesOf(30, get, (index) => 1 + index)
    const beside = routesOf(
      30,
      (index) => `POST /invoices/${index}`,
      () => 99,
    )
    const wide = { 'GET /orders/{proxy+}': definePolicy({ scopes: ['scope0'] }) }
    expect(fits({ ...wide, ...inside })).not.toThrow()
    expect(fits({ ...inside, ...beside })).not.toThrow()
    expect(fits({ ...wide, ...inside, ...beside })).toThrow(`routes ${TOO_LARGE}`)
  })

  it('may be so for callers who may do one thing alone, with many demands', () => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(19))
    const keys = [
      `ANY /${c}`,
      `ANY /${a}/${d}/{p+}`,
      `ANY /${c}/${c}/${a}`,
      `GET /${b}`,
      `ANY /${d}/${c}/${b}`,
      'ANY /{x}',
    ]
    const keyOf = (index: number) => keys[index] as string
    expect(fits(routesOf(6, keyOf))).not.toThrow()
    expect(fits(routesOf(6, keyOf, (index) => index))).toThrow(`routes ${TOO_LARGE}`)
  })
})
