import { setTimeout } from 'node:timers/promises'
import type { Duration } from '@tokenward/core'
import type { AppSyncAuthorizerHandler } from 'aws-lambda'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { appSyncAuthorizer } from '../../src/index.js'
import { appSyncAuthorizerEvent } from '../support/events.js'
import { ordersApi } from '../support/orders-api.js'

const fields = {
  'Mutation.deleteOrder': { scopes: ['orders/write'] },
  'Order.margin': { groups: ['finance'] },
} as const
const DELETION = 'mutation { gone: deleteOrder(id: 7) { id } }'

describe('an AppSync authorizer', () => {
  it('lets a token in, with or without a scheme, and tells resolvers who is calling', async () => {
    const { pool, api } = await ordersApi()
    const authorizer = appSyncAuthorizer(api, { policy: { scopes: ['orders/read'] }, resultCache: 'off' })
    const token = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'], groups: ['a b'] })
    for (const given of [token, `Bearer ${token}`]) {
      const result = await authorizer(appSyncAuthorizerEvent(given))
      expect(result).toMatchObject({
        isAuthorized: true,
        resolverContext: { subject: 'u1', clientId: 'web', scopes: 'orders/read', groups: '["a b"]' },
        deniedFields: [],
        ttlOverride: 0,
      })
      expect(Object.values(result.resolverContext ?? {}).every((value) => typeof value === 'string')).toBe(true)
    }
    expectTypeOf(authorizer).toExtend<AppSyncAuthorizerHandler<Record<string, string>>>()
  })

  it('leaves nothing out where much is said: AppSync takes more than API Gateway does', async () => {
    const { pool, api } = await ordersApi()
    const many = Array.from({ length: 400 }, (_, at) => [`Mutation.changeThisOrThat${at}`, { groups: ['nobody'] }])
    const authorizer = appSyncAuthorizer(api, {
      policy: {},
      fields: Object.fromEntries(many),
      resultCache: { ttl: '5m' },
    })
    const token = await pool.accessToken({ groups: ['finance'] })
    const result = await authorizer(appSyncAuthorizerEvent(token))
    expect(result).toMatchObject({ isAuthorized: true, resolverContext: { groups: '["finance"]' } })
    expect(result.deniedFields).toHaveLength(400)
    expect(result.resolverContext).not.toHaveProperty('omitted')
  })

  it('refuses a token that ends while its result is kept, however long a field took', async () => {
    const { pool, api } = await ordersApi()
    const slow = z.looseObject({}).refine(async () => {
      await setTimeout(150)
      return pool.clock.advance('4s') !== null
    })
    const authorizer = appSyncAuthorizer(api, {
      policy: {},
      fields: { 'Order.margin': { claims: slow } },
      resultCache: { ttl: '5m' },
    })
    const authorize = async (expiresIn: Duration) =>
      await authorizer(appSyncAuthorizerEvent(await pool.accessToken({ expiresIn })))
    expect(await authorize('6m')).toMatchObject({ isAuthorized: true, deniedFields: [], ttlOverride: 300 })
    expect(await authorize('302s')).toStrictEqual({ isAuthorized: false, ttlOverride: 0 })
  })

  it.each(['off', { ttl: '5m' }] as const)(
    'waits for slow policies one after the other, where its result is kept: %j',
    async (resultCache) => {
      const { pool, api } = await ordersApi()
      let runs = 0
      const validate = async (value: unknown) => {
        runs += 1
        await setTimeout(150)
        return { value }
      }
      const slow = { '~standard': { version: 1, vendor: 'test', validate } } as const
      const authorizer = appSyncAuthorizer(api, {
        policy: { claims: slow },
        fields: { 'Mutation.deleteOrder': { claims: slow }, 'Order.margin': {} },
        resultCache,
      })
      const result = await authorizer({
        ...appSyncAuthorizerEvent(await pool.accessToken()),
        requestContext: { queryString: DELETION },
      })
      expect(result).toMatchObject({ isAuthorized: true })
      expect(result.deniedFields).toStrictEqual(resultCache === 'off' ? ['Order.margin'] : [])
      expect(runs).toBe(resultCache === 'off' ? 2 : 3)
    },
  )

  it('refuses, and nobody keeps that', async () => {
    const { pool, api } = await ordersApi()
    const authorizer = appSyncAuthorizer(api, { policy: { scopes: ['orders/read'] }, resultCache: { ttl: '5m' } })
    const token = await pool.accessToken({ scopes: ['orders/write'] })
    for (const given of [
      '',
      'Bearer',
      'Basic dTpw',
      `${token} ${token}`,
      token,
      await pool.forged.wrongKey(),
      undefined as never,
    ]) {
      expect(await authorizer(appSyncAuthorizerEvent(given))).toStrictEqual({ isAuthorized: false, ttlOverride: 0 })
    }
  })

  it('fails while a token cannot be checked', async () => {
    const { pool, api } = await ordersApi()
    pool.jwks.fail({ status: 503 })
    const authorizer = appSyncAuthorizer(api, { policy: {}, resultCache: 'off' })
    const event = appSyncAuthorizerEvent(await pool.accessToken())
    await expect(authorizer(event)).rejects.toMatchObject({ code: 'jwks-unreachable' })
  })

  it('denies fields whose own demands are not met', async () => {
    const { pool, api } = await ordersApi()
    const authorizer = appSyncAuthorizer(api, { policy: {}, fields, resultCache: { ttl: '5m' } })
    const deniedFor = async (request: Parameters<typeof pool.accessToken>[0]) =>
      (await authorizer(appSyncAuthorizerEvent(await pool.accessToken(request)))).deniedFields
    expect(await deniedFor({})).toStrictEqual(['Mutation.deleteOrder', 'Order.margin'])
    expect(await deniedFor({ scopes: ['orders/write'] })).toStrictEqual(['Order.margin'])
    expect(await deniedFor({ scopes: ['orders/write'], groups: ['finance'] })).toStrictEqual([])
  })

  it('that is not kept looks only at fields the document names, by whatever alias', async () => {
    const { pool, api, events } = await ordersApi()
    const authorizer = appSyncAuthorizer(api, { policy: {}, fields, resultCache: 'off' })
    const token = await pool.accessToken({ scopes: ['orders/write'], groups: ['finance'] })
    const deniedIn = async (document: string) =>
      (await authorizer(appSyncAuthorizerEvent(token, document))).deniedFields
    expect(await deniedIn('query { orders { id } }')).toStrictEqual(['Mutation.deleteOrder', 'Order.margin'])
    expect(events.filter(({ type }) => type === 'request-granted')).toHaveLength(1)
    expect(await deniedIn(DELETION)).toStrictEqual(['Order.margin'])
    expect(await deniedIn('query { orders { ...m } } fragment m on Order { margin }')).toStrictEqual([
      'Mutation.deleteOrder',
    ])
    expect(await deniedIn('query { orders { marginal } }')).toStrictEqual(['Mutation.deleteOrder', 'Order.margin'])
    expect(await deniedIn(null as never)).toStrictEqual([])
  })

  it('that is kept says for how long, and is decided for the end of that time', async () => {
    const { pool, api, events } = await ordersApi()
    const bounded = { 'Mutation.deleteOrder': { maxRevocationLag: '2m' } } as const
    const authorizer = appSyncAuthorizer(api, { policy: {}, fields: bounded, resultCache: { ttl: '1m' } })
    const call = async (token: string) => authorizer(appSyncAuthorizerEvent(token))
    expect(await call(await pool.accessToken({ expiresIn: '1m' }))).toMatchObject({ isAuthorized: false })
    expect(events.at(-1)).toMatchObject({ reason: 'token-ends-too-soon' })
    const token = await pool.accessToken()
    expect(await call(token)).toMatchObject({ isAuthorized: true, deniedFields: [], ttlOverride: 60 })
    pool.clock.advance('61s')
    await pool.revoke(token)
    expect(await call(token)).toMatchObject({ isAuthorized: false, ttlOverride: 0 })
  })

  it('is not made with what can never work, or not safely', async () => {
    const { api } = await ordersApi()
    const made = (options: object) => () => appSyncAuthorizer(api, options as never)
    const off = { policy: {}, resultCache: 'off' } as const
    expect(made({ policy: {} })).toThrow("appSyncAuthorizer.resultCache is required: 'off', or { ttl }")
    expect(made({ policy: {}, resultCache: { ttl: '2h' } })).toThrow(
      'appSyncAuthorizer.resultCache.ttl must be whole seconds',
    )
    expect(made({ policy: {}, resultCache: { ttl: '1m', identitySources: [] } })).toThrow(
      'identitySources is not an option',
    )
    expect(made({ policy: { maxRevocationLag: '1m' }, resultCache: { ttl: '1m' } })).toThrow('must be above 1m')
    expect(made({ resultCache: 'off' })).toThrow('appSyncAuthorizer takes policy, and fields')
    expect(made({ ...off, routes: {} })).toThrow('appSyncAuthorizer takes policy, and fields')
    expect(made({ ...off, fields: { deleteOrder: {} } })).toThrow('has "deleteOrder", which is no field')
    expect(made({ ...off, fields: [] })).toThrow('appSyncAuthorizer.fields must be an object')
    expect(made({ ...off, fields: { 'Query.a': { scopes: [] } } })).toThrow('policy.scopes')
    expect(made({ ...off, denied: [] })).toThrow('appSyncAuthorizer.denied is not an option')
  })
})
