import type { APIGatewayProxyEventV2, Context } from 'aws-lambda'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import type { AwsHttpEvent } from '@tokenward/core/aws'
import type { AccessTokenClaims, Principal } from '@tokenward/core'
import { currentPrincipal, withAuth } from '../../src/index.js'
import {
  clientCert,
  functionUrlEvent,
  httpApiEvent,
  httpApiEventV1,
  loadBalancerEvent,
  type RequestSample,
  restEvent,
} from '../support/events.js'
import { bearer, ordersApi } from '../support/orders-api.js'

const context = { awsRequestId: 'request' } as Context

/** Every kind of event a function gets for an HTTP request. */
const kinds: readonly (readonly [string, (sample?: RequestSample) => AwsHttpEvent])[] = [
  ['an HTTP API, payload format 2.0', httpApiEvent],
  ['an HTTP API, payload format 1.0', httpApiEventV1],
  ['a REST API', restEvent],
  ['a function URL', functionUrlEvent],
  ['a load balancer', loadBalancerEvent],
  ['a load balancer that sends lists', (sample) => loadBalancerEvent(sample, 'lists')],
]

async function readingHandler() {
  const { pool, api, events } = await ordersApi()
  const handler = withAuth(
    api,
    { scopes: ['orders/read'] },
    async (_event: AwsHttpEvent, _: Context, { principal }) => ({
      statusCode: 200,
      body: principal.subject,
    }),
  )
  return { pool, api, events, handler }
}

describe.each(kinds)('a handler behind %s', (_, eventOf) => {
  it('is reached with a token that may', async () => {
    const { pool, handler } = await readingHandler()
    const token = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] })
    expect(await handler(eventOf({ headers: bearer(token) }), context)).toStrictEqual({ statusCode: 200, body: 'u1' })
  })

  it('is not reached without one, and the answer is a challenge', async () => {
    const { handler } = await readingHandler()
    expect(await handler(eventOf(), context)).toMatchSnapshot()
  })

  it('is not reached with one that may not, nor with one that is wrong', async () => {
    const { pool, handler } = await readingHandler()
    const other = await pool.accessToken({ scopes: ['orders/write'] })
    const forged = await pool.forged.wrongKey({ scopes: ['orders/read'] })
    const idToken = await pool.idToken({ sub: 'u1' })
    for (const [token, statusCode, error] of [
      [other, 403, 'insufficient_scope'],
      [forged, 401, 'invalid_token'],
      [idToken, 401, 'invalid_token'],
    ] as const) {
      const answer = await handler(eventOf({ headers: bearer(token) }), context)
      expect(answer).toMatchObject({ statusCode })
      expect(JSON.parse(answer.body)).toMatchObject({ error })
      expect(JSON.stringify(answer)).toContain(`error=\\"${error}\\"`)
    }
  })

  it('is not reached while the token cannot be checked', async () => {
    const { pool, handler } = await readingHandler()
    pool.jwks.fail({ status: 503 })
    const token = await pool.accessToken({ scopes: ['orders/read'] })
    const answer = await handler(eventOf({ headers: bearer(token) }), context)
    expect(answer).toMatchObject({ statusCode: 503 })
    expect(JSON.stringify(answer)).toContain('Retry-After')
  })

  it('is not reached with two tokens, joined by a comma', async () => {
    const { pool, handler } = await readingHandler()
    const token = await pool.accessToken({ scopes: ['orders/read'] })
    const headers = { authorization: `Bearer ${token},Bearer ${token}` }
    expect(await handler(eventOf({ headers }), context)).toMatchObject({ statusCode: 400 })
  })

  it('is not reached by ten kilobytes of header, or a path of many alphabets', async () => {
    const { pool, handler } = await readingHandler()
    const long = { authorization: `Bearer ${'a'.repeat(10_240)}` }
    expect(await handler(eventOf({ headers: long }), context)).toMatchObject({ statusCode: 401 })
    const token = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] })
    const path = '/orders/żółć-日本語-🎛'
    expect(await handler(eventOf({ path }), context)).toMatchObject({ statusCode: 401 })
    expect(await handler(eventOf({ path, headers: bearer(token) }), context)).toMatchObject({ statusCode: 200 })
  })
})

describe('a handler', () => {
  it('is not reached with two Authorization headers of which single values show one', async () => {
    const { pool, handler } = await readingHandler()
    const token = await pool.accessToken({ scopes: ['orders/read'] })
    const event = restEvent({ headers: { Authorization: `Bearer ${token}` } })
    const multiValueHeaders = { ...event.multiValueHeaders, Authorization: ['Bearer other', `Bearer ${token}`] }
    expect(await handler({ ...event, multiValueHeaders }, context)).toMatchObject({ statusCode: 400 })
  })

  it('gets the event, the context and who is calling, with claims of the type its schema says', async () => {
    const { pool, api } = await ordersApi()
    const ofTenant = api.policy({ claims: z.object({ 'custom:tenant': z.string() }) })
    const handler = withAuth(api, ofTenant, (event: APIGatewayProxyEventV2, given: Context, auth) => {
      expectTypeOf(auth.principal).toEqualTypeOf<Principal<{ 'custom:tenant': string }>>()
      return { event, given, tenant: auth.principal.claims['custom:tenant'], granted: auth.granted }
    })
    const token = await pool.accessToken({ claims: { 'custom:tenant': 't1' } })
    const event = httpApiEvent({ headers: bearer(token) })
    const answer = await handler(event, context)
    expect(answer).toMatchObject({ event, given: context, tenant: 't1', granted: { outcome: 'granted' } })
    expect(answer).toHaveProperty('event', event)
    const plain = withAuth(api, {}, (_event: APIGatewayProxyEventV2, _context: Context, auth) => {
      expectTypeOf(auth.principal).toEqualTypeOf<Principal<AccessTokenClaims>>()
      return auth.principal.subject
    })
    expectTypeOf(plain).parameters.toEqualTypeOf<[APIGatewayProxyEventV2, Context]>()
    // Of a third parameter, the runtime of Lambda concludes that a callback is wanted.
    expect(plain).toHaveLength(2)
  })

  it('throws what it throws', async () => {
    const { pool, api } = await ordersApi()
    const handler = withAuth(api, {}, (_event: AwsHttpEvent, _context: Context): string => {
      throw new Error('of the handler')
    })
    const token = await pool.accessToken()
    await expect(handler(httpApiEvent({ headers: bearer(token) }), context)).rejects.toThrow('of the handler')
  })

  it('hands the parameters of the path to the functions of a policy', async () => {
    const asked: unknown[] = []
    const decisionPoint = { decide: async ({ resource }: { resource: unknown }) => (asked.push(resource), 'permit') }
    const { pool, api } = await ordersApi({}, { decisionPoint: decisionPoint as never })
    const policy = {
      action: 'read',
      resource: ({ params }: { params: Record<string, unknown> }) => ({ type: 'Order', id: String(params['id']) }),
    }
    const handler = withAuth(api, policy as never, (_event: AwsHttpEvent, _context: Context) => 'reached')
    const headers = bearer(await pool.accessToken())
    for (const event of [httpApiEvent({ headers }), restEvent({ headers }), loadBalancerEvent({ headers })]) {
      await handler(event, context)
    }
    expect(asked).toMatchObject([{ id: '7' }, { id: '7' }, { id: 'undefined' }])
  })

  it('is not reached without a client certificate where every client must have one', async () => {
    const { pool, api, events } = await ordersApi()
    const handler = withAuth(api, {}, (_event: AwsHttpEvent, _context: Context) => 'reached', { mutualTls: true })
    const headers = bearer(await pool.accessToken())
    expect(await handler(httpApiEvent({ headers }), context)).toMatchSnapshot()
    expect(await handler(restEvent({ headers }), context)).toMatchObject({ statusCode: 403 })
    expect(events).toStrictEqual([])
    expect(await handler(httpApiEvent({ headers, certificate: clientCert }), context)).toBe('reached')
    expect(await handler(restEvent({ headers, certificate: clientCert }), context)).toBe('reached')
  })

  it('is not made with what can never work', async () => {
    const { api } = await ordersApi()
    const handler = () => 'reached'
    const made =
      (...given: unknown[]) =>
      () =>
        (withAuth as (...all: unknown[]) => unknown)(...given)
    expect(made(api, { scopes: [] }, handler)).toThrow('policy.scopes')
    expect(made(api, undefined, handler)).toThrow('policy is undefined')
    expect(made(api, { issuers: ['https://other.example'] }, handler)).toThrow('policy.issuers')
    expect(made(api, {})).toThrow('withAuth.handler must be a function')
    expect(made({}, {}, handler)).toThrow('withAuth.api must be what createResourceServer() makes')
    expect(made(api, {}, handler, { mtls: true })).toThrow('withAuth.mtls is not an option')
    expect(made(api, {}, handler, { mutualTls: 'yes' })).toThrow('withAuth.mutualTls must be true or false')
    expect(made(api, {}, handler, null)).toThrow('withAuth takes a plain object')
  })
})

describe('currentPrincipal', () => {
  it('tells code behind the handler who is calling, by the event', async () => {
    const { pool, api } = await ordersApi()
    const deep = (event: AwsHttpEvent) => currentPrincipal(event)?.subject
    const handler = withAuth(api, {}, (event: AwsHttpEvent, _context: Context) => deep(event))
    const headers = bearer(await pool.accessToken({ sub: 'u1' }))
    expect(await handler(httpApiEvent({ headers }), context)).toBe('u1')
  })

  it('knows nobody by an event of its own making, or a copy', async () => {
    const { pool, api } = await ordersApi()
    const handler = withAuth(api, {}, (event: AwsHttpEvent, _context: Context) => event)
    const event = httpApiEvent({ headers: bearer(await pool.accessToken()) })
    await handler(event, context)
    expect(currentPrincipal(event)).toBeDefined()
    expect(currentPrincipal({ ...event })).toBeUndefined()
    expect(currentPrincipal(httpApiEvent())).toBeUndefined()
    expect(() => currentPrincipal(undefined as never)).toThrow('event must be the event of the request')
  })
})
