import { describe, expect, it } from 'vitest'
import { bearer } from './support/clients.js'
import { ordersServer } from './support/orders-app.js'
import { overStandalone } from './support/transports.js'

async function setUp() {
  const orders = await ordersServer()
  const url = await overStandalone(orders)
  const token = await orders.server.accessToken()
  /** Sends a batch of queries, or one of them without a batch. */
  const send = (paths: readonly string[], { headers = bearer({ token }), batch = true } = {}) =>
    fetch(`${url}/${paths.join(',')}${batch ? '?batch=1' : ''}`, { headers })
  return { ...orders, url, send }
}

const told = ({ status, headers }: Response) => [status, headers.get('www-authenticate'), headers.get('cache-control')]

describe('a response', () => {
  it('has the status and the challenge where all calls were refused in the same words', async () => {
    const { send } = await setUp()
    const challenge = expect.stringContaining('scope="orders/read"')
    expect(told(await send(['orders.list', 'orders.report']))).toStrictEqual([403, challenge, 'no-store'])
    expect(told(await send(['me', 'orders.list'], { headers: {} }))).toStrictEqual([
      401,
      'Bearer realm="orders"',
      'no-store',
    ])
    expect(told(await send(['orders.list'], { batch: false }))).toStrictEqual([403, challenge, 'no-store'])
  })

  it('has Retry-After where no token could be checked', async () => {
    const { send, server } = await setUp()
    server.introspection.fail({ status: 500 })
    const response = await send(['orders.close', 'orders.close'])
    expect(told(response)).toStrictEqual([503, null, 'no-store'])
    expect(response.headers.get('retry-after')).toBe('1')
  })

  it('has no challenge where some calls were let in, refused in other words or failed otherwise, and is not cached', async () => {
    const { send, server } = await setUp()
    expect(told(await send(['me', 'orders.list']))).toStrictEqual([207, null, 'no-store'])
    expect(told(await send(['health', 'me'], { headers: {} }))).toStrictEqual([207, null, 'no-store'])
    const reader = bearer({ token: await server.accessToken({ scopes: ['orders/read'] }) })
    expect(told(await send(['orders.report', 'orders.fail'], { headers: reader }))).toStrictEqual([
      207,
      null,
      'no-store',
    ])
    // Both 403, for want of a scope and of a group.
    expect(told(await send(['orders.list', 'orders.staff']))).toStrictEqual([403, null, 'no-store'])
  })

  it('without a refusal is left alone', async () => {
    const { send } = await setUp()
    expect(told(await send(['me', 'health']))).toStrictEqual([200, null, null])
    expect(told(await send(['nowhere'], { batch: false }))).toStrictEqual([404, null, null])
  })

  it('that is streamed begins before anything is known, with 200', async () => {
    const { url } = await setUp()
    const response = await fetch(`${url}/me?batch=1`, { headers: { 'trpc-accept': 'application/jsonl' } })
    expect(told(response)).toStrictEqual([200, null, null])
    expect(await response.text()).toContain('"challenge":"Bearer realm=\\"orders\\""')
  })
})
