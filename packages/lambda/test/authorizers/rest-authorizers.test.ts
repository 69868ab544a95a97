import type {
  APIGatewayAuthorizerResult,
  APIGatewayRequestAuthorizerHandler,
  APIGatewayTokenAuthorizerHandler,
} from 'aws-lambda'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { restRequestAuthorizer, restTokenAuthorizer } from '../../src/index.js'
import { ARN, clientCert, restAuthorizerEvent, tokenAuthorizerEvent } from '../support/events.js'
import { allows } from '../support/iam.js'
import { bearer, ordersApi } from '../support/orders-api.js'

const read = { scopes: ['orders/read'] }
const write = { scopes: ['orders/write'] }
const routes = { 'GET /orders/{id}': read, 'GET /orders/{id}/items': write, 'DELETE /orders/{id}': write }
const TOKEN = 'method.request.header.Authorization'
const CACHED = { ttl: '5m', identitySources: [TOKEN] } as const
const BY_ROUTE = { ttl: '5m', identitySources: [TOKEN, 'context.httpMethod', 'context.resourcePath'] } as const

describe('a TOKEN authorizer', () => {
  it('allows the request, and nothing that a client could make of it', async () => {
    const { pool, api } = await ordersApi()
    const authorizer = restTokenAuthorizer(api, { policy: read, resultCache: 'off' })
    const token = `Bearer ${await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] })}`
    const resourceFor = async (request: string) =>
      (await authorizer(tokenAuthorizerEvent(token, request))).policyDocument.Statement[0]?.Resource
    expect(await resourceFor('GET/orders/7')).toStrictEqual([`${ARN}/GET/orders/7`])
    expect(await resourceFor('GET/orders/*')).toStrictEqual([`${ARN}/GET/orders/?`])
    expect(await resourceFor('GET/orders/żółć-日本語')).toStrictEqual([`${ARN}/GET/orders/żółć-日本語`])
    const [long] = (await resourceFor(`GET/${'a'.repeat(1_500)}`)) ?? []
    expect(long).toHaveLength(512)
    expectTypeOf(authorizer).toExtend<APIGatewayTokenAuthorizerHandler>()
  })

  it('answers 401 for what another token would mend, and 403 for the rest', async () => {
    const { pool, api } = await ordersApi()
    const authorizer = restTokenAuthorizer(api, { policy: read, resultCache: 'off' })
    for (const token of [
      '',
      'Bearer',
      'Basic dTpw',
      await pool.accessToken({ scopes: ['orders/read'] }),
      `Bearer a, Bearer b`,
      `Bearer ${await pool.forged.expired()}`,
      `Bearer ${await pool.forged.algNone()}`,
      `Bearer ${'a'.repeat(10_240)}`,
      undefined as never,
    ]) {
      await expect(authorizer(tokenAuthorizerEvent(token))).rejects.toThrow(/^Unauthorized$/)
    }
    const other = `Bearer ${await pool.accessToken({ scopes: ['orders/write'] })}`
    expect(await authorizer(tokenAuthorizerEvent(other))).toMatchObject({ principalId: 'unauthorized' })
  })

  it('holds a path to all routes that it may mean', async () => {
    const { pool, api } = await ordersApi()
    const authorizer = restTokenAuthorizer(api, { routes, resultCache: 'off' })
    const tokenWith = async (...scopes: ('orders/read' | 'orders/write')[]) =>
      `Bearer ${await pool.accessToken({ sub: 'u1', scopes })}`
    const principalFor = async (token: string, request: string) =>
      (await authorizer(tokenAuthorizerEvent(token, request))).principalId
    const [reader, writer, both] = [
      await tokenWith('orders/read'),
      await tokenWith('orders/write'),
      await tokenWith('orders/read', 'orders/write'),
    ]
    expect(await principalFor(reader, 'GET/orders/7')).toBe('u1')
    expect(await principalFor(writer, 'DELETE/orders/7')).toBe('u1')
    // The slash may have been part of the parameter.
    expect(await principalFor(writer, 'GET/orders/7/items')).toBe('unauthorized')
    expect(await principalFor(both, 'GET/orders/7/items')).toBe('u1')
    expect(await principalFor(both, 'GET/unlisted')).toBe('unauthorized')
  })

  it('with results that are kept says what the caller may do everywhere', async () => {
    const { pool, api } = await ordersApi()
    const authorizer = restTokenAuthorizer(api, { routes, resultCache: CACHED })
    const token = `Bearer ${await pool.accessToken({ scopes: ['orders/read'] })}`
    const { policyDocument } = await authorizer(tokenAuthorizerEvent(token, 'DELETE/orders/7'))
    expect(policyDocument.Statement).toMatchSnapshot()
    expect(allows(policyDocument, `${ARN}/GET/orders/7`)).toBe(true)
    expect(allows(policyDocument, `${ARN}/GET/orders/7/items`)).toBe(false)
    const one = restTokenAuthorizer(api, { policy: read, resultCache: CACHED })
    expect((await one(tokenAuthorizerEvent(token))).policyDocument.Statement[0]?.Resource).toStrictEqual([`${ARN}/*`])
  })

  it('with results that are kept answers 401 where the request at hand needs another token', async () => {
    const { pool, api } = await ordersApi({ liveness: false })
    const bounded = { ...routes, 'DELETE /orders/{id}': { ...write, maxRevocationLag: '10m' } } as const
    const authorizer = restTokenAuthorizer(api, { routes: bounded, resultCache: CACHED })
    const token = `Bearer ${await pool.accessToken({ sub: 'u1', scopes: ['orders/read', 'orders/write'] })}`
    expect((await authorizer(tokenAuthorizerEvent(token, 'DELETE/orders/7'))).principalId).toBe('u1')
    pool.clock.advance('6m')
    await expect(authorizer(tokenAuthorizerEvent(token, 'DELETE/orders/7'))).rejects.toThrow(/^Unauthorized$/)
    const { policyDocument } = await authorizer(tokenAuthorizerEvent(token, 'GET/orders/7'))
    expect(allows(policyDocument, `${ARN}/GET/orders/7`)).toBe(true)
    expect(allows(policyDocument, `${ARN}/DELETE/orders/7`)).toBe(false)
  })

  it('is not made with what can never work, or not safely', async () => {
    const { api } = await ordersApi()
    const made = (options: object) => () => restTokenAuthorizer(api, options as never)
    expect(made({ policy: {} })).toThrow('restTokenAuthorizer.resultCache is required')
    expect(made({ policyFor: () => ({}), resultCache: CACHED })).toThrow('restTokenAuthorizer.policyFor needs')
    expect(made({ routes: { $default: {} }, resultCache: 'off' })).toThrow("restTokenAuthorizer.routes has '$default'")
    expect(made({ policy: {}, resultCache: BY_ROUTE })).toThrow('has one source alone here')
    expect(made({ policy: {}, resultCache: 'off', mutualTls: true })).toThrow(
      'restTokenAuthorizer.mutualTls is not an option',
    )
    expect(made({ policy: { maxRevocationLag: '5m' }, resultCache: CACHED })).toThrow('must be above 5m')
  })
})

describe('a REQUEST authorizer', () => {
  it('knows the route, and allows the request', async () => {
    const { pool, api } = await ordersApi()
    const authorizer = restRequestAuthorizer(api, { routes, resultCache: 'off' })
    const headers = bearer(await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] }))
    const result = await authorizer(restAuthorizerEvent({ headers }))
    expect(result.policyDocument.Statement[0]?.Resource).toStrictEqual([`${ARN}/GET/orders/7`])
    const items = restAuthorizerEvent({ route: '/orders/{id}/items', path: '/orders/7/items', headers })
    expect(await authorizer(items)).toMatchObject({ principalId: 'unauthorized' })
    expectTypeOf(authorizer).toExtend<APIGatewayRequestAuthorizerHandler>()
    expectTypeOf(result).toExtend<APIGatewayAuthorizerResult>()
  })

  it.each([
    ['no headers', { headers: null, multiValueHeaders: null }],
    ['no token', {}],
    ['two tokens, of which single values show one', { multiValueHeaders: { Authorization: ['Bearer a', 'Bearer b'] } }],
  ])('answers 401 for %s', async (_, changed) => {
    const { api } = await ordersApi()
    const authorizer = restRequestAuthorizer(api, { policy: {}, resultCache: 'off' })
    await expect(authorizer({ ...restAuthorizerEvent(), ...changed })).rejects.toThrow(/^Unauthorized$/)
  })

  it('fails while the token cannot be checked, and not as one that is refused', async () => {
    const { pool, api } = await ordersApi()
    pool.jwks.fail({ status: 503 })
    const headers = bearer(await pool.accessToken({ scopes: ['orders/read'] }))
    for (const resultCache of ['off', CACHED] as const) {
      const failing = restRequestAuthorizer(api, { routes, resultCache })(restAuthorizerEvent({ headers }))
      await expect(failing).rejects.toMatchObject({ code: 'jwks-unreachable' })
    }
  })

  it('fails as a whole where one route of its document cannot be decided', async () => {
    const { pool, api } = await ordersApi()
    const bounded = { ...routes, 'DELETE /orders/{id}': { maxRevocationLag: '10m' } } as const
    const authorizer = restRequestAuthorizer(api, { routes: bounded, resultCache: CACHED })
    const headers = bearer(
      await pool.accessToken({ sub: 'u1', scopes: ['orders/read', 'aws.cognito.signin.user.admin'] }),
    )
    expect(await authorizer(restAuthorizerEvent({ headers }))).toMatchObject({ principalId: 'u1' })
    pool.clock.advance('6m')
    pool.getUser.fail({ status: 500 })
    await expect(authorizer(restAuthorizerEvent({ headers }))).rejects.toMatchObject({ code: 'live-check-failed' })
  })

  it('closes every route to a token that one of them has found to be revoked', async () => {
    const { pool, api } = await ordersApi()
    const two = { 'GET /orders/{id}': read, 'DELETE /orders/{id}': { maxRevocationLag: '10m' } } as const
    const authorizer = restRequestAuthorizer(api, { routes: two, resultCache: CACHED })
    const token = await pool.accessToken({ scopes: ['orders/read', 'aws.cognito.signin.user.admin'] })
    pool.clock.advance('6m')
    await pool.revoke(token)
    const event = restAuthorizerEvent({ headers: bearer(token) })
    await expect(authorizer(event)).rejects.toThrow(/^Unauthorized$/)
  })

  it('keeps one route in a result whose key has the route', async () => {
    const { pool, api } = await ordersApi()
    const headers = bearer(await pool.accessToken({ scopes: ['orders/read'] }))
    const policyFor = ({ httpMethod, resource }: { httpMethod: string; resource: string }) =>
      `${httpMethod} ${resource}` === 'GET /orders/{id}' ? read : write
    for (const policies of [{ routes }, { policyFor }]) {
      const authorizer = restRequestAuthorizer(api, { ...policies, resultCache: BY_ROUTE } as never)
      const { policyDocument } = await authorizer(restAuthorizerEvent({ headers }))
      expect(policyDocument.Statement[0]?.Resource).toStrictEqual([`${ARN}/GET/orders/*`])
    }
    const byPath = restRequestAuthorizer(api, {
      policyFor: ({ path }) => (path === '/' ? {} : read),
      resultCache: BY_ROUTE,
    })
    await expect(byPath(restAuthorizerEvent({ headers }))).rejects.toThrow('restRequestAuthorizer.policyFor reads path')
  })

  it('names the oldest evidence of all that it grants', async () => {
    const { pool, api } = await ordersApi()
    const two = { 'GET /orders': read, 'DELETE /orders/{id}': { maxRevocationLag: '10m' } } as const
    const authorizer = restRequestAuthorizer(api, { routes: two, resultCache: CACHED })
    const headers = bearer(
      await pool.accessToken({ sub: 'u1', scopes: ['orders/read', 'aws.cognito.signin.user.admin'] }),
    )
    pool.clock.advance('6m')
    const { context } = await authorizer(restAuthorizerEvent({ route: '/orders', path: '/orders', headers }))
    expect(context).toMatchObject({ evidenceSource: 'local-validation' })
  })

  it('refuses what came without a client certificate, where every client must have one', async () => {
    const { pool, api } = await ordersApi()
    const authorizer = restRequestAuthorizer(api, { policy: {}, resultCache: 'off', mutualTls: true })
    const headers = bearer(await pool.accessToken({ sub: 'u1' }))
    expect(await authorizer(restAuthorizerEvent({ headers }))).toMatchObject({ principalId: 'unauthorized' })
    const withCertificate = restAuthorizerEvent({ headers, certificate: clientCert })
    expect(await authorizer(withCertificate)).toMatchObject({ principalId: 'u1' })
  })

  it('is not made with what can never work, and fails for events of another kind', async () => {
    const { pool, api } = await ordersApi()
    const made = (options: object) => () => restRequestAuthorizer(api, options as never)
    expect(made({ policy: {} })).toThrow('restRequestAuthorizer.resultCache is required')
    expect(made({ policyFor: () => ({}), resultCache: CACHED })).toThrow('restRequestAuthorizer.policyFor needs')
    expect(made({ routes: { $default: {} }, resultCache: 'off' })).toThrow(
      "restRequestAuthorizer.routes has '$default'",
    )
    expect(made({ policy: {}, resultCache: CACHED, mutualTls: true })).toThrow('mutualTls needs the domain name')
    expect(made({ routes: { 'GET /orders/{id}': read, 'GET /{t}/items': write }, resultCache: CACHED })).toThrow(
      'which no policy document can tell apart',
    )
    const authorizer = restRequestAuthorizer(api, { policy: {}, resultCache: 'off' })
    const token = tokenAuthorizerEvent(`Bearer ${await pool.accessToken()}`)
    await expect(authorizer(token as never)).rejects.toThrow(
      'names no route; deploy the authorizer with the type REQUEST',
    )
    const unlisted = restRequestAuthorizer(api, { routes, resultCache: CACHED })
    const other = restAuthorizerEvent({ route: '/other', headers: bearer(await pool.accessToken()) })
    await expect(unlisted(other)).rejects.toThrow("has no 'GET /other'")
  })
})
