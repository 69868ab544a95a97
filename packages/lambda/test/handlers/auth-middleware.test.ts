import createMiddy from '@middy/core'
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import { authMiddleware, currentPrincipal } from '../../src/index.js'
import { clientCert, httpApiEvent } from '../support/events.js'
import { bearer, ordersApi } from '../support/orders-api.js'

const context = {} as Context

describe('with middy', () => {
  it('a handler is reached with a token that may, and knows the caller', async () => {
    const { pool, api } = await ordersApi()
    const answer = async (event: APIGatewayProxyEventV2) => ({
      statusCode: 200,
      body: currentPrincipal(event)?.subject,
    })
    const handler = createMiddy(answer).use(authMiddleware(api, { scopes: ['orders/read'] }))
    const call = (headers: Record<string, string>) => handler(httpApiEvent({ headers }), context)
    const token = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] })
    expect(await call(bearer(token))).toStrictEqual({ statusCode: 200, body: 'u1' })
    expect(await call({})).toMatchObject({ statusCode: 401, headers: { 'WWW-Authenticate': 'Bearer realm="api"' } })
    expect(await call(bearer(await pool.accessToken()))).toMatchObject({ statusCode: 403 })
  })

  it('middleware behind it does not run for a request that is turned away', async () => {
    const { api } = await ordersApi()
    const ran: string[] = []
    const handler = createMiddy<APIGatewayProxyEventV2>()
      .use(authMiddleware(api, {}))
      .use({ before: () => void ran.push('before'), after: () => void ran.push('after') })
      .handler(async (_event: APIGatewayProxyEventV2) => ran.push('handler'))
    expect(await handler(httpApiEvent(), context)).toMatchObject({ statusCode: 401 })
    expect(ran).toStrictEqual([])
  })

  it('a client certificate can be demanded, too', async () => {
    const { pool, api } = await ordersApi()
    const handler = createMiddy<APIGatewayProxyEventV2>()
      .use(authMiddleware(api, {}, { mutualTls: true }))
      .handler(async (_event: APIGatewayProxyEventV2) => 'reached')
    const headers = bearer(await pool.accessToken())
    expect(await handler(httpApiEvent({ headers }), context)).toMatchObject({ statusCode: 403 })
    expect(await handler(httpApiEvent({ headers, certificate: clientCert }), context)).toBe('reached')
  })

  it('is made with what can work', async () => {
    const { api } = await ordersApi()
    expect(() => authMiddleware(api, { scope: 'a' } as never)).toThrow('policy.scope is not an option')
    expect(() => authMiddleware({} as never, {})).toThrow('authMiddleware.api must be')
    expect(() => authMiddleware(api, {}, { tls: true } as never)).toThrow('authMiddleware.tls is not an option')
  })
})
