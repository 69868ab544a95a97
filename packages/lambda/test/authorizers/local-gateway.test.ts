import { describe, expect, it } from 'vitest'
import {
  httpApiAuthorizer,
  type PolicyResult,
  restRequestAuthorizer,
  restTokenAuthorizer,
  type ResultCache,
  type SimpleAuthorizerResult,
} from '../../src/index.js'
import { type GatewayDeployment, localGateway } from '../support/local-gateway.js'
import { ordersApi } from '../support/orders-api.js'

const read = { scopes: ['orders/read'] }
const write = { scopes: ['orders/write'] }
const routes = { 'GET /orders/{id}': read, 'GET /orders': read, 'DELETE /orders/{id}': write }
const keys = Object.keys(routes)

type Kind = GatewayDeployment['kind']
type Api = Awaited<ReturnType<typeof ordersApi>>['api']
type Authorizer = (event: never) => Promise<SimpleAuthorizerResult | PolicyResult>

/** Every authorizer of API Gateway that sees requests, made from the same options. */
const authorizers: Readonly<
  Record<Kind, (api: Api, options: { readonly resultCache: ResultCache } & object) => Authorizer>
> = {
  'HTTP 2.0': (api, options) => httpApiAuthorizer(api, { response: 'policy', ...options } as never) as Authorizer,
  'HTTP 1.0': (api, options) => httpApiAuthorizer(api, { response: 'policy', ...options } as never) as Authorizer,
  'REST REQUEST': (api, options) => restRequestAuthorizer(api, options as never) as Authorizer,
  'REST TOKEN': (api, options) => restTokenAuthorizer(api, options as never) as Authorizer,
}
const kinds = Object.keys(authorizers) as readonly Kind[]
const tokenIn = (kind: Kind) =>
  kind.startsWith('REST') ? 'method.request.header.Authorization' : '$request.header.Authorization'

describe.each(kinds)('a gateway with an authorizer of the kind %s', (kind) => {
  /** Where clients are told that another token would do, and where they are only turned away. */
  const another = kind.startsWith('REST') ? 401 : 403

  it('answers 200, 401, 403 and 500 as it is told', async () => {
    const { pool, api } = await ordersApi()
    const authorizer = authorizers[kind](api, { routes, resultCache: 'off' } as never)
    const gateway = await localGateway({ kind, routes: keys, authorizer, now: pool.clock.now })
    const token = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] })
    const granted = await gateway.get('/orders/7', token)
    expect(granted).toMatchObject({ status: 200, body: { subject: 'u1', clientId: 'web', scopes: 'orders/read' } })
    expect(await gateway.get('/orders/7')).toMatchObject({ status: 401 })
    expect(gateway.invocations).toHaveLength(1)
    expect(await gateway.call('DELETE', '/orders/7', token)).toMatchObject({ status: 403 })
    expect(await gateway.get('/orders/7', await pool.forged.wrongKey())).toMatchObject({ status: another })
    expect(await gateway.get('/orders/7', await pool.forged.expired())).toMatchObject({ status: another })
    expect(await gateway.get('/orders/7', await pool.idToken())).toMatchObject({ status: another })
    pool.jwks.fail({ status: 503 })
    await pool.rotateKeys()
    const unknown = await pool.accessToken({ scopes: ['orders/read'] })
    expect(await gateway.get('/orders/7', unknown)).toMatchObject({ status: 500 })
    expect(await gateway.get('/orders/7', token)).toMatchObject({ status: 200 })
  })

  it('that keeps results answers for all routes by one, and for each as its policy says', async () => {
    const { pool, api } = await ordersApi()
    const resultCache = { ttl: '5m', identitySources: [tokenIn(kind)] } as const
    const authorizer = authorizers[kind](api, { routes, resultCache } as never)
    const gateway = await localGateway({ kind, routes: keys, authorizer, ttl: 300, now: pool.clock.now })
    const reader = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] })
    const both = await pool.accessToken({ sub: 'u2', scopes: ['orders/read', 'orders/write'] })
    for (const [token, onDelete] of [
      [reader, 403],
      [both, 200],
    ] as const) {
      expect(await gateway.get('/orders/7', token)).toMatchObject({ status: 200 })
      expect(await gateway.get('/orders/8', token)).toMatchObject({ status: 200 })
      expect(await gateway.get('/orders', token)).toMatchObject({ status: 200 })
      expect(await gateway.call('DELETE', '/orders/7', token)).toMatchObject({ status: onDelete })
    }
    expect(gateway.invocations).toHaveLength(2)
  })

  it('that keeps results refuses a revoked token within the bound', async () => {
    const { pool, api } = await ordersApi()
    const resultCache = { ttl: '1m', identitySources: [tokenIn(kind)] } as const
    const policy = { maxRevocationLag: '3m' }
    const authorizer = authorizers[kind](api, { policy, resultCache } as never)
    const gateway = await localGateway({ kind, routes: keys, authorizer, ttl: 60, now: pool.clock.now })
    const token = await pool.accessToken({ sub: 'u1' })
    const statuses: number[] = []
    let revokedAt: number | undefined
    let lastGrantAt = 0
    for (let step = 0; step < 60; step += 1) {
      if (step === 20) {
        await pool.revoke(token)
        revokedAt = pool.clock.now()
      }
      const { status } = await gateway.get('/orders/7', token)
      statuses.push(status)
      if (status === 200) lastGrantAt = pool.clock.now()
      pool.clock.advance('10s')
    }
    expect(statuses.slice(0, 20)).toStrictEqual(Array.from({ length: 20 }, () => 200))
    // It is granted on what was known before for a while, and never beyond the bound.
    expect(lastGrantAt).toBeGreaterThan(revokedAt as number)
    expect(lastGrantAt - (revokedAt as number)).toBeLessThanOrEqual(180_000)
    expect(statuses.at(-1)).toBe(another)
  })

  it('that keeps results keeps none of an outage', async () => {
    const { pool, api } = await ordersApi()
    const resultCache = { ttl: '1h', identitySources: [tokenIn(kind)] } as const
    const authorizer = authorizers[kind](api, { policy: {}, resultCache } as never)
    const gateway = await localGateway({ kind, routes: keys, authorizer, ttl: 3_600, now: pool.clock.now })
    const token = await pool.accessToken({ sub: 'u1', expiresIn: '2h' })
    pool.jwks.fail({ status: 503 })
    expect(await gateway.get('/orders/7', token)).toMatchObject({ status: 500 })
    pool.jwks.recover()
    pool.clock.advance('1m')
    expect(await gateway.get('/orders/7', token)).toMatchObject({ status: 200 })
  })

  it('that keeps results is given none for a token that ends meanwhile', async () => {
    const { pool, api } = await ordersApi()
    const resultCache = { ttl: '5m', identitySources: [tokenIn(kind)] } as const
    const authorizer = authorizers[kind](api, { policy: {}, resultCache } as never)
    const gateway = await localGateway({ kind, routes: keys, authorizer, ttl: 300, now: pool.clock.now })
    const [short, long] = [await pool.accessToken({ expiresIn: '5m' }), await pool.accessToken({ expiresIn: '10m' })]
    expect(await gateway.get('/orders', short)).toMatchObject({ status: another })
    for (let minute = 0; minute < 12; minute += 1) {
      expect((await gateway.get('/orders', long)).status).toBe(minute < 5 ? 200 : another)
      pool.clock.advance('1m')
    }
  })

  it('that keeps results although it should not lets nothing through that was not decided', async () => {
    const { pool, api } = await ordersApi()
    const authorizer = authorizers[kind](api, { routes, resultCache: 'off' } as never)
    const gateway = await localGateway({ kind, routes: keys, authorizer, ttl: 300, now: pool.clock.now })
    const token = await pool.accessToken({ scopes: ['orders/read'] })
    expect(await gateway.get('/orders/7', token)).toMatchObject({ status: 200 })
    expect(await gateway.call('DELETE', '/orders/7', token)).toMatchObject({ status: 403 })
    expect(await gateway.get('/orders', token)).toMatchObject({ status: 403 })
    expect(gateway.invocations).toHaveLength(1)
  })
})

describe('a gateway with simple responses', () => {
  const simple = (api: Api, options: object) => httpApiAuthorizer(api, options as never) as Authorizer

  it('answers 200, 401, 403 and 500 as it is told', async () => {
    const { pool, api } = await ordersApi()
    const authorizer = simple(api, { routes, resultCache: 'off' })
    const gateway = await localGateway({ kind: 'HTTP 2.0', routes: keys, authorizer, now: pool.clock.now })
    const token = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'], groups: ['a b'] })
    expect(await gateway.get('/orders/7', token)).toMatchObject({
      status: 200,
      body: { subject: 'u1', scopes: ['orders/read'], groups: ['a b'] },
    })
    expect(await gateway.get('/orders/7')).toMatchObject({ status: 401 })
    expect(await gateway.call('DELETE', '/orders/7', token)).toMatchObject({ status: 403 })
    pool.jwks.fail({ status: 503 })
    await pool.rotateKeys()
    expect(await gateway.get('/orders/7', await pool.accessToken())).toMatchObject({ status: 500 })
  })

  it('and the route in its key keeps a result for each', async () => {
    const { pool, api } = await ordersApi()
    const resultCache = { ttl: '5m', identitySources: ['$request.header.Authorization', '$context.routeKey'] }
    const authorizer = simple(api, { routes, resultCache })
    const deployment = { kind: 'HTTP 2.0', routes: keys, authorizer, ttl: 300, keyHoldsRoute: true } as const
    const gateway = await localGateway({ ...deployment, now: pool.clock.now })
    const token = await pool.accessToken({ scopes: ['orders/read'] })
    for (let time = 0; time < 2; time += 1) {
      expect(await gateway.get('/orders/7', token)).toMatchObject({ status: 200 })
      expect(await gateway.get('/orders/8', token)).toMatchObject({ status: 200 })
      expect(await gateway.call('DELETE', '/orders/7', token)).toMatchObject({ status: 403 })
    }
    expect(gateway.invocations).toStrictEqual(['GET /orders/{id}', 'DELETE /orders/{id}'])
  })
})
