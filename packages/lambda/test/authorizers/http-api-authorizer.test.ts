import { setTimeout } from 'node:timers/promises'
import type { Duration } from '@tokenward/core'
import type {
  APIGatewayAuthorizerResult,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewayRequestIAMAuthorizerHandlerV2,
  APIGatewayRequestSimpleAuthorizerHandlerV2WithContext,
} from 'aws-lambda'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { type AuthorizerContext, httpApiAuthorizer, type HttpApiAuthorizerOptions } from '../../src/index.js'
import {
  API_ID,
  ARN,
  clientCert,
  httpAuthorizerEvent,
  httpAuthorizerEventV1,
  restAuthorizerEvent,
  tokenAuthorizerEvent,
} from '../support/events.js'
import { allows } from '../support/iam.js'
import { bearer, ordersApi } from '../support/orders-api.js'

const read = { scopes: ['orders/read'] }
const write = { scopes: ['orders/write'] }
const routes = { 'GET /orders/{id}': read, 'DELETE /orders/{id}': write }
const TOKEN = '$request.header.Authorization'

describe('an authorizer with simple responses', () => {
  it('tells the function behind the route who is calling, and why that counts', async () => {
    const { pool, api } = await ordersApi()
    const authorizer = httpApiAuthorizer(api, { routes, resultCache: 'off' })
    const token = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'], groups: ['admin', 'power user'] })
    const now = Math.floor(pool.clock.now() / 1_000) * 1_000
    expect(await authorizer(httpAuthorizerEvent({ headers: bearer(token) }))).toStrictEqual({
      isAuthorized: true,
      context: {
        subject: 'u1',
        clientId: 'web',
        scopes: ['orders/read'],
        groups: ['admin', 'power user'],
        issuer: pool.issuer,
        expiresAt: now + 3_600_000,
        evidence: { source: 'local-validation', asOf: now, relaxed: false },
      },
    })
    expect(await authorizer(httpAuthorizerEvent())).toStrictEqual({ isAuthorized: false })
  })

  it('is a handler of the types of AWS', async () => {
    const { api } = await ordersApi()
    const simple = httpApiAuthorizer(api, { policy: {}, resultCache: 'off' })
    expectTypeOf(simple).toExtend<
      APIGatewayRequestSimpleAuthorizerHandlerV2WithContext<AuthorizerContext | undefined> extends (
        event: infer Event,
        ...others: never[]
      ) => unknown
        ? (event: Event) => Promise<{ isAuthorized: boolean; context?: AuthorizerContext | undefined }>
        : never
    >()
    const byPolicy = httpApiAuthorizer(api, { policy: {}, resultCache: 'off', response: 'policy' })
    expectTypeOf(byPolicy).toExtend<
      (event: APIGatewayRequestAuthorizerEventV2) => Promise<APIGatewayAuthorizerResult>
    >()
    expectTypeOf(byPolicy).toExtend<APIGatewayRequestIAMAuthorizerHandlerV2>()
  })

  it.each([
    ['no headers at all', { headers: undefined }],
    ['an empty header', { headers: { authorization: '' } }],
    ['another scheme', { headers: { authorization: 'Basic dTpw' } }],
    ['two tokens, joined', { headers: { authorization: 'Bearer a,Bearer b' } }],
    ['ten kilobytes of token', { headers: { authorization: `Bearer ${'a'.repeat(10_240)}` } }],
    ['a token in the query', { headers: {}, rawQueryString: 'access_token=a' }],
    ['no identity source', { identitySource: null as never, headers: {} }],
  ])('refuses a request with %s', async (_, changed) => {
    const { api } = await ordersApi()
    const authorizer = httpApiAuthorizer(api, { policy: {}, resultCache: 'off' })
    const event = { ...httpAuthorizerEvent(), ...changed } as APIGatewayRequestAuthorizerEventV2
    expect(await authorizer(event)).toStrictEqual({ isAuthorized: false })
  })

  it('fails while the token cannot be checked: that is no refusal, and must not be kept as one', async () => {
    const { pool, api } = await ordersApi()
    pool.jwks.fail({ status: 503 })
    const authorizer = httpApiAuthorizer(api, { policy: {}, resultCache: 'off' })
    const token = await pool.accessToken()
    const failing = authorizer(httpAuthorizerEvent({ headers: bearer(token) }))
    await expect(failing).rejects.toMatchObject({ name: 'TokenUncheckedError', code: 'jwks-unreachable' })
    await expect(failing).rejects.not.toThrow('Unauthorized')
  })

  it('fails for a route that uses it and is not in its table', async () => {
    const { pool, api } = await ordersApi()
    const authorizer = httpApiAuthorizer(api, { routes, resultCache: 'off' })
    const event = httpAuthorizerEvent({ route: '/other', headers: bearer(await pool.accessToken()) })
    await expect(authorizer(event)).rejects.toThrow(
      "httpApiAuthorizer.routes has no 'GET /other', which uses this authorizer",
    )
    // A route for any method keeps one result for all: it is not looked up by the method of the request.
    const any = { ...httpAuthorizerEvent({ headers: bearer(await pool.accessToken()) }), routeKey: 'ANY /orders/{id}' }
    await expect(authorizer(any)).rejects.toThrow("has no 'ANY /orders/{id}'")
  })

  it.each([tokenAuthorizerEvent('token'), restAuthorizerEvent(), { key1: 'value1' }, undefined, null, 'event'])(
    'fails for an event that is none of an HTTP API: %j',
    async (event) => {
      const { api } = await ordersApi()
      for (const response of ['simple', 'policy'] as const) {
        const authorizer = httpApiAuthorizer(api, { policy: {}, resultCache: 'off', response: response as 'policy' })
        await expect(authorizer(event as never)).rejects.toThrow('httpApiAuthorizer.event is none of an HTTP API')
      }
    },
  )

  it('asks a function what a request demands', async () => {
    const { pool, api } = await ordersApi()
    const policyFor = (event: APIGatewayRequestAuthorizerEventV2) =>
      event.pathParameters?.['id'] === '7' ? read : write
    const authorizer = httpApiAuthorizer(api, { policyFor, resultCache: 'off' })
    const headers = bearer(await pool.accessToken({ scopes: ['orders/read'] }))
    expect(await authorizer(httpAuthorizerEvent({ headers }))).toMatchObject({ isAuthorized: true })
    const other = httpAuthorizerEvent({ headers, pathParameters: { id: '8' } })
    expect(await authorizer(other)).toStrictEqual({ isAuthorized: false })
  })

  it('refuses what came without a client certificate, where every client must have one', async () => {
    const { pool, api, events } = await ordersApi()
    const authorizer = httpApiAuthorizer(api, { policy: {}, resultCache: 'off', mutualTls: true })
    const headers = bearer(await pool.accessToken())
    expect(await authorizer(httpAuthorizerEvent({ headers }))).toStrictEqual({ isAuthorized: false })
    expect(events).toStrictEqual([])
    const withCertificate = httpAuthorizerEvent({ headers, certificate: clientCert })
    expect(await authorizer(withCertificate)).toMatchObject({ isAuthorized: true })
  })

  it('tells less where all would not fit, and says so', async () => {
    const { pool, api } = await ordersApi()
    const authorizer = httpApiAuthorizer(api, { policy: {}, resultCache: 'off' })
    const groups = Array.from({ length: 250 }, (_, index) => `a group with a long name, the ${index}th`)
    const token = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'], groups })
    const result = await authorizer(httpAuthorizerEvent({ headers: bearer(token) }))
    expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThanOrEqual(8_192)
    expect(result.context).toMatchObject({ subject: 'u1', groups: [], scopes: ['orders/read'], omitted: ['groups'] })
  })
})

describe('an authorizer with policy documents', () => {
  it.each([
    ['2.0', httpAuthorizerEvent],
    ['1.0', httpAuthorizerEventV1],
  ] as const)('allows the request of payload format %s, and tells who is calling as text', async (_, eventOf) => {
    const { pool, api } = await ordersApi()
    const authorizer = httpApiAuthorizer(api, { routes, resultCache: 'off', response: 'policy' })
    const token = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'], groups: ['a', 'b c'] })
    const now = Math.floor(pool.clock.now() / 1_000) * 1_000
    expect(await authorizer(eventOf({ headers: bearer(token) }))).toStrictEqual({
      principalId: 'u1',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: [`${ARN}/GET/orders/7`] }],
      },
      context: {
        subject: 'u1',
        clientId: 'web',
        scopes: 'orders/read',
        groups: '["a","b c"]',
        issuer: pool.issuer,
        expiresAt: String(now + 3_600_000),
        evidenceSource: 'local-validation',
        evidenceAsOf: String(now),
        evidenceRelaxed: 'false',
      },
    })
    expect(await authorizer(eventOf({ method: 'DELETE', headers: bearer(token) }))).toStrictEqual({
      principalId: 'unauthorized',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Action: 'execute-api:Invoke', Effect: 'Deny', Resource: [`${ARN}/*`] }],
      },
    })
  })

  it.each(['arn:aws-cn:execute-api:cn-north-1', 'arn:aws-us-gov:execute-api:us-gov-west-1'])(
    'stays in its partition: %s',
    async (region) => {
      const { pool, api } = await ordersApi()
      const resultCache = { ttl: '5m', identitySources: [TOKEN] } as const
      const authorizer = httpApiAuthorizer(api, { routes, resultCache, response: 'policy' })
      const headers = bearer(await pool.accessToken({ scopes: ['orders/read', 'orders/write'] }))
      const event = httpAuthorizerEvent({ headers })
      const stage = `${region}:123456789012:${API_ID}/prod`
      const { policyDocument } = await authorizer({ ...event, routeArn: `${stage}/GET/orders/7` })
      expect(policyDocument.Statement[0]?.Resource).toStrictEqual([`${stage}/GET/orders/*`, `${stage}/DELETE/orders/*`])
    },
  )

  it('covers the route for any method in the place of a method without a route, in payload format 1.0', async () => {
    const { pool, api } = await ordersApi()
    const any = { 'ANY /orders/{id}': read, 'DELETE /orders/{id}': write, $default: write }
    const authorizer = httpApiAuthorizer(api, { routes: any, resultCache: 'off', response: 'policy' })
    const headers = bearer(await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] }))
    const principalOf = async (event: ReturnType<typeof httpAuthorizerEventV1>) => (await authorizer(event)).principalId
    expect(await principalOf(httpAuthorizerEventV1({ method: 'PATCH', headers }))).toBe('u1')
    expect(await principalOf(httpAuthorizerEventV1({ method: 'DELETE', headers }))).toBe('unauthorized')
    expect(await principalOf(httpAuthorizerEventV1({ route: '$default', headers }))).toBe('unauthorized')
  })

  it('keeps one route in a result whose key has the route', async () => {
    const { pool, api } = await ordersApi()
    const resultCache = { ttl: '5m', identitySources: [TOKEN, '$context.routeKey'] } as const
    const headers = bearer(await pool.accessToken({ scopes: ['orders/read'] }))
    const policyFor = ({ routeKey }: APIGatewayRequestAuthorizerEventV2) => (routeKey.startsWith('GET ') ? read : write)
    for (const policies of [{ routes }, { policyFor }]) {
      const options = { ...policies, resultCache, response: 'policy' } as HttpApiAuthorizerOptions & {
        response: 'policy'
      }
      const { policyDocument } = await httpApiAuthorizer(api, options)(httpAuthorizerEvent({ headers }))
      expect(policyDocument.Statement[0]?.Resource).toStrictEqual([`${ARN}/GET/orders/*`])
    }
  })

  it('grants nothing that had to wait for a slower decision and holds no more', async () => {
    const { pool, api } = await ordersApi()
    const resultCache = { ttl: '5m', identitySources: [TOKEN] } as const
    const slow = slowSchema(() => pool.clock.advance('4s'))
    const authorizer = httpApiAuthorizer(api, {
      routes: { 'GET /orders/{id}': read, 'GET /reports': { claims: slow } },
      resultCache,
      response: 'policy',
    })
    const authorize = async (expiresIn: Duration) => {
      const token = await pool.accessToken({ scopes: ['orders/read'], expiresIn })
      return await authorizer(httpAuthorizerEvent({ headers: bearer(token) }))
    }
    expect(allows((await authorize('6m')).policyDocument, `${ARN}/GET/orders/7`)).toBe(true)
    expect((await authorize('302s')).principalId).toBe('unauthorized')
  })

  it('fails where one decision keeps all others waiting, again and again', async () => {
    const { pool, api } = await ordersApi()
    let turn = 0
    const everSlower = () =>
      slowSchema(
        () => undefined,
        () => 150 * (turn += 1),
      )
    const authorizer = httpApiAuthorizer(api, {
      routes: { 'GET /a': { claims: everSlower() }, 'GET /b': { claims: everSlower() } },
      resultCache: { ttl: '5m', identitySources: [TOKEN] },
      response: 'policy',
    })
    const headers = bearer(await pool.accessToken())
    const event = httpAuthorizerEvent({ headers, path: '/a', route: '/a' })
    await expect(authorizer(event)).rejects.toMatchObject({ code: 'decided-too-late' })
  })

  it('fails for an ARN that is none, and for one with which a table does not fit', async () => {
    const { pool, api } = await ordersApi()
    const headers = bearer(await pool.accessToken())
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`GET /orders/${index}`, {}]))
    const resultCache = { ttl: '5m', identitySources: [TOKEN] } as const
    const authorizer = httpApiAuthorizer(api, { routes: many, resultCache, response: 'policy' })
    const event = httpAuthorizerEvent({ headers, path: '/orders/7', route: '/orders/7' })
    expect(await authorizer(event)).toHaveProperty('context')
    const routeArn = event.routeArn.replace('/prod/', `/${'stage'.repeat(25)}/`)
    await expect(authorizer({ ...event, routeArn })).rejects.toThrow('make a result of more than 8192 bytes')
    await expect(authorizer({ ...event, routeArn: 'orders' })).rejects.toThrow('names no request of API Gateway')
  })

  it.each(['off', { ttl: '5m', identitySources: [TOKEN, '$context.routeKey'] }] as const)(
    'tells a function that payload format 1.0 names no route, where results are kept: %j',
    async (resultCache) => {
      const { pool, api } = await ordersApi()
      const headers = bearer(await pool.accessToken({ scopes: ['orders/read'] }))
      const policyFor = ({ routeKey }: APIGatewayRequestAuthorizerEventV2) =>
        routeKey === 'DELETE /orders' ? write : read
      const options = { policyFor, resultCache, response: 'policy' } as unknown as HttpApiAuthorizerOptions & {
        response: 'policy'
      }
      const authorizer = httpApiAuthorizer(api, options)
      expect((await authorizer(httpAuthorizerEvent({ headers }))).principalId).not.toBe('unauthorized')
      await expect(authorizer(httpAuthorizerEventV1({ headers }))).rejects.toThrow(
        'httpApiAuthorizer.policyFor reads routeKey, which events of this payload format do not have',
      )
    },
  )

  it('refuses what came without a client certificate, where every client must have one', async () => {
    const { pool, api } = await ordersApi()
    const authorizer = httpApiAuthorizer(api, { policy: {}, resultCache: 'off', mutualTls: true, response: 'policy' })
    const headers = bearer(await pool.accessToken({ sub: 'u1' }))
    expect((await authorizer(httpAuthorizerEvent({ headers }))).principalId).toBe('unauthorized')
    const withCertificate = httpAuthorizerEventV1({ headers, certificate: clientCert })
    expect((await authorizer(withCertificate)).principalId).toBe('u1')
  })
})

describe('an authorizer', () => {
  it('is not made with what can never work, or not safely', async () => {
    const { api } = await ordersApi()
    const made = (options: object) => () => httpApiAuthorizer(api, options as never)
    const cached = { ttl: '5m', identitySources: [TOKEN] }
    const byRoute = { ttl: '5m', identitySources: [TOKEN, '$context.routeKey'] }
    const policy = {}
    expect(made({ policy })).toThrow('httpApiAuthorizer.resultCache is required')
    expect(made({ resultCache: 'off' })).toThrow('httpApiAuthorizer takes one of policy, routes and policyFor')
    expect(made({ policy, routes, resultCache: 'off' })).toThrow('takes one of policy, routes and policyFor')
    expect(made({ policy: undefined, resultCache: 'off' })).toThrow('policy is undefined')
    expect(made({ policy: null, resultCache: 'off' })).toThrow('policy takes a plain object')
    expect(made({ routes: { 'GET /a': null }, resultCache: 'off' })).toThrow(
      "httpApiAuthorizer.routes['GET /a'] must be a policy",
    )
    expect(made({ policy, resultCache: 'off', cache: 1 })).toThrow('httpApiAuthorizer.cache is not an option')
    expect(made({ policy, resultCache: 'off', response: 'iam' })).toThrow("response must be 'simple' or 'policy'")
    expect(made({ policy, resultCache: 'off', mutualTls: 1 })).toThrow('mutualTls must be true or false')
    expect(made({ policyFor: policy, resultCache: 'off' })).toThrow('policyFor must be a function')
    expect(made({ policyFor: () => policy, resultCache: cached })).toThrow(
      "policyFor needs resultCache: 'off', or the route",
    )
    expect(made({ policyFor: () => policy, resultCache: byRoute })).not.toThrow()
    expect(made({ routes, resultCache: cached })).toThrow("routes needs '$context.routeKey' among the identitySources")
    expect(made({ routes, resultCache: byRoute })).not.toThrow()
    expect(made({ routes, resultCache: cached, response: 'policy' })).not.toThrow()
    expect(made({ policy, resultCache: cached, mutualTls: true })).toThrow('mutualTls needs the domain name')
    const withDomain = { ttl: '5m', identitySources: [TOKEN, '$context.domainName'] }
    expect(made({ policy, resultCache: withDomain, mutualTls: true })).not.toThrow()
    expect(() => httpApiAuthorizer({} as never, { policy, resultCache: 'off' })).toThrow(
      'httpApiAuthorizer.api must be',
    )
  })

  it.each(['5m', '299s', '0s'] as const)(
    'is not made where a revoked token may be accepted for %s and results are kept for 5m',
    async (maxRevocationLag) => {
      const { api } = await ordersApi()
      const resultCache = { ttl: '5m', identitySources: [TOKEN] } as const
      const made = (policies: object) => () => httpApiAuthorizer(api, { ...policies, resultCache } as never)
      const policy = { maxRevocationLag }
      expect(made({ policy })).toThrow('policy.maxRevocationLag must be above 5m')
      const byRoute = { ttl: '5m', identitySources: [TOKEN, '$context.routeKey'] } as const
      expect(made({ routes: { 'GET /orders': policy }, resultCache: byRoute })).toThrow(
        "httpApiAuthorizer.routes['GET /orders'].maxRevocationLag must be above 5m",
      )
      expect(() => httpApiAuthorizer(api, { policy, resultCache: 'off' })).not.toThrow()
    },
  )

  it('shows a function whose results are kept the route alone', async () => {
    const { pool, api } = await ordersApi()
    const resultCache = { ttl: '5m', identitySources: [TOKEN, '$context.routeKey'] } as const
    const seen: string[] = []
    const byRoute = httpApiAuthorizer(api, { policyFor: ({ routeKey }) => (seen.push(routeKey), {}), resultCache })
    const event = httpAuthorizerEvent({ headers: bearer(await pool.accessToken()) })
    expect(await byRoute(event)).toMatchObject({ isAuthorized: true })
    expect(seen).toStrictEqual(['GET /orders/{id}'])
    const byPath = httpApiAuthorizer(api, { policyFor: ({ rawPath }) => (rawPath === '/' ? {} : read), resultCache })
    await expect(byPath(event)).rejects.toThrow('httpApiAuthorizer.policyFor reads rawPath')
  })

  it('with results that are kept demands a token that lasts, and evidence that is younger by that', async () => {
    const { pool, api, events } = await ordersApi()
    const resultCache = { ttl: '1m', identitySources: [TOKEN] } as const
    const authorizer = httpApiAuthorizer(api, { policy: { maxRevocationLag: '2m' }, resultCache })
    const isAuthorized = async (token: string) =>
      (await authorizer(httpAuthorizerEvent({ headers: bearer(token) }))).isAuthorized
    expect(await isAuthorized(await pool.accessToken({ expiresIn: '1m' }))).toBe(false)
    expect(events.at(-1)).toMatchObject({ type: 'request-refused', reason: 'token-ends-too-soon' })
    const token = await pool.accessToken()
    expect(await isAuthorized(token)).toBe(true)
    expect(events.at(-1)).toMatchObject({ evidence: { source: 'local-validation' } })
    pool.clock.advance('61s')
    expect(await isAuthorized(token)).toBe(true)
    expect(events.at(-1)).toMatchObject({ evidence: { source: 'live-call' } })
  })
})

/** A schema that takes its time, of the wall clock as well: what waits for it is told by that. */
function slowSchema(meanwhile: () => unknown, milliseconds = () => 150) {
  return z.looseObject({}).refine(async () => {
    await setTimeout(milliseconds())
    meanwhile()
    return true
  })
}
