import { describe, expect, it } from 'vitest'
import { ordersServer } from './support/orders-app.js'
import { httpTransports } from './support/transports.js'

const bearer = (token: string | undefined) => (token === undefined ? {} : { authorization: `Bearer ${token}` })

describe.each(httpTransports)('over %s', (_, start) => {
  async function setUp() {
    const orders = await ordersServer()
    const url = await start(orders)
    const get = (path: string, headers: Record<string, string> = {}) => fetch(`${url}/${path}`, { headers })
    return { ...orders, url, get }
  }

  it('lets a token in by the policy of the procedure', async () => {
    const { server, get } = await setUp()
    const token = await server.accessToken({ sub: 'u1', scopes: ['orders/read'] })
    const listed = await get('orders.list', bearer(token))
    expect([listed.status, await listed.json()]).toMatchObject([
      200,
      { result: { data: ['espresso cups', 'coffee beans'] } },
    ])
    expect(await (await get('me', bearer(token))).json()).toStrictEqual({ result: { data: { me: 'u1', db: 2 } } })
    expect((await get('health')).status).toBe(200)
  })

  it('answers 401 without a token, 403 without a scope and 400 to two tokens, with a challenge', async () => {
    const { server, get, url } = await setUp()
    const anonymous = await get('orders.list')
    expect(anonymous.status).toBe(401)
    expect(anonymous.headers.get('www-authenticate')).toBe('Bearer realm="orders"')
    expect(anonymous.headers.get('cache-control')).toBe('no-store')
    const token = await server.accessToken()
    const refused = await get('orders.list', bearer(token))
    expect(refused.status).toBe(403)
    expect(refused.headers.get('www-authenticate')).toBe(
      'Bearer realm="orders", error="insufficient_scope", error_description="The access token lacks a required scope", scope="orders/read"',
    )
    const both = await get(`orders.list?access_token=${token}`, bearer(token))
    expect([both.status, both.headers.get('www-authenticate')]).toStrictEqual([
      400,
      expect.stringContaining('error="invalid_request"'),
    ])
    expect((await fetch(`${url}/orders.list`, { method: 'HEAD' })).status).not.toBe(200)
  })

  it('answers 503 with Retry-After when the token cannot be checked', async () => {
    const { server, get } = await setUp()
    server.introspection.fail({ status: 500 })
    const response = await get('orders.close', bearer(await server.accessToken()))
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(response.headers.get('www-authenticate')).toBeNull()
    expect(await response.json()).toMatchObject({
      error: { data: { code: 'SERVICE_UNAVAILABLE', auth: { retry_after: 1 } } },
    })
  })
})
