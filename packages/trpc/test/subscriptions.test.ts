import { describe, expect, it, vi } from 'vitest'
import { authLink } from '../src/client.js'
import { clientOf, receive, sseLink, type TokenHolder, webSocket } from './support/clients.js'
import { ordersServer, type OrdersServer } from './support/orders-app.js'
import { httpTransports, overWebSocket } from './support/transports.js'

/** Each way to subscribe, with a token that may change. */
const ways = [
  ...httpTransports.map(
    ([name, start]) =>
      [
        `SSE with ${name}`,
        async (orders: OrdersServer, holder: TokenHolder) => ({
          link: sseLink(await start(orders), holder),
          reconnect: undefined,
        }),
      ] as const,
  ),
  [
    'WebSocket',
    async (orders: OrdersServer, holder: TokenHolder) => {
      const { client, link } = webSocket(await overWebSocket(orders), holder)
      return { link, reconnect: () => client.connection?.ws?.close() }
    },
  ] as const,
]

const reading = { sub: 'u1', scopes: ['orders/read'] }

describe.each(ways)('a subscription over %s', (name, connect) => {
  async function subscribed(
    procedure: 'changes' | 'liveChanges' | 'openChanges' | 'oldChanges' = 'changes',
    expiresIn: '1h' | '3s' = '1h',
  ) {
    const orders = await ordersServer()
    const holder: TokenHolder = { token: await orders.server.accessToken({ ...reading, expiresIn }) }
    const { link } = await connect(orders, holder)
    const stream = receive((handlers) =>
      (clientOf(link)[procedure] as ReturnType<typeof clientOf>['changes']).subscribe(undefined, handlers),
    )
    await stream.started
    await untilListening(orders)
    return { orders, holder, stream }
  }

  it('brings what happens for as long as the grant holds, and ends at once with the revocation', async () => {
    const { orders, stream } = await subscribed()
    orders.change(1)
    orders.change(2)
    await stream.count(2)
    await orders.revocationList.add(revokedUser(orders))
    const end = await stream.ended
    expect(end?.data).toMatchObject({
      code: 'UNAUTHORIZED',
      auth: {
        error: 'invalid_token',
        ended: 'access-withdrawn',
        challenge: expect.stringContaining('Bearer realm="orders"'),
      },
    })
    expect(stream.items).toMatchObject([{ data: { change: 1 } }, { data: { change: 2 } }])
  })

  it('ends when the token expires', async () => {
    const { stream } = await subscribed('changes', '3s')
    expect((await stream.ended)?.data).toMatchObject({
      code: 'UNAUTHORIZED',
      auth: { error: 'invalid_token', ended: 'token-expired' },
    })
  })

  it("on '0s' is asked about before each message, and ends with the first that is too late", async () => {
    const { orders, holder, stream } = await subscribed('liveChanges')
    orders.change(1)
    orders.change(2)
    await stream.count(2)
    expect(orders.server.introspection.hits).toBe(3)
    orders.server.clock.advance('1m')
    await orders.server.revoke(holder.token as string)
    orders.change(3)
    expect((await stream.ended)?.data?.auth).toMatchObject({ error: 'invalid_token', ended: 'access-withdrawn' })
    expect(stream.items).toHaveLength(2)
  })

  it('says when nobody can tell, and that the client may come back', async () => {
    const { orders, stream } = await subscribed('liveChanges')
    orders.server.introspection.fail({ status: 503, times: 1 })
    orders.change(1)
    const end = await Promise.race([stream.ended, stream.interrupted])
    expect(end?.data).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      auth: { ended: 'check-unavailable', retry_after: 1 },
    })
    expect(stream.items).toHaveLength(0)
    if (name === 'WebSocket') return
    await vi.waitFor(() => expect(orders.emitter.listenerCount('change')).toBe(0), 10_000)
    await untilListening(orders)
    orders.change(2)
    await stream.count(1)
    expect(stream.items).toMatchObject([{ id: '2' }])
  })

  it('is left by its source when the client leaves, and when it was ended', async () => {
    const { orders, stream } = await subscribed()
    orders.change(1)
    await stream.count(1)
    stream.unsubscribe()
    await vi.waitFor(() => expect(orders.emitter.listenerCount('change')).toBe(0), 10_000)
  })

  it('that returns an observable is watched, too', async () => {
    const { orders, stream } = await subscribed('oldChanges')
    orders.change(1)
    await stream.count(1)
    await orders.revocationList.add(revokedUser(orders))
    expect((await stream.ended)?.data?.auth?.ended).toBe('access-withdrawn')
    await vi.waitFor(() => expect(orders.emitter.listenerCount('change')).toBe(0), 10_000)
  })

  it('of an optional procedure is watched where there is somebody to watch', async () => {
    const { orders, stream } = await subscribed('openChanges')
    await orders.revocationList.add(revokedUser(orders))
    expect((await stream.ended)?.data?.auth).toMatchObject({ ended: 'access-withdrawn' })
  })

  it('is refused from the start without a token', async () => {
    const orders = await ordersServer()
    const { link } = await connect(orders, { token: undefined })
    const end = await receive((handlers) => clientOf(link).changes.subscribe(undefined, handlers)).ended
    expect(end?.data).toMatchObject({ code: 'UNAUTHORIZED', auth: { challenge: 'Bearer realm="orders"' } })
    expect(end?.data?.auth).not.toHaveProperty('ended')
  })

  it('is refused from the start without a scope', async () => {
    const orders = await ordersServer()
    const { link } = await connect(orders, { token: await orders.server.accessToken() })
    const end = await receive((handlers) => clientOf(link).changes.subscribe(undefined, handlers)).ended
    expect(end?.data).toMatchObject({ code: 'FORBIDDEN', auth: { error: 'insufficient_scope' } })
  })

  it('goes on with a fresh token after the last event that came', async () => {
    const orders = await ordersServer()
    const holder: TokenHolder = { token: await orders.server.accessToken(reading) }
    const { link, reconnect } = await connect(orders, holder)
    const refresh = async () => {
      orders.change(2)
      orders.server.clock.advance('2s')
      holder.token = await orders.server.accessToken(reading)
    }
    const client = clientOf(authLink({ refresh, reconnect }), link)
    const stream = receive((handlers) => client.changes.subscribe(undefined, handlers))
    await stream.started
    await untilListening(orders)
    orders.change(1)
    await stream.count(1)
    orders.server.clock.advance('2s')
    await orders.revocationList.add(revokedUser(orders))
    await stream.count(2)
    await untilListening(orders)
    orders.change(3)
    await stream.count(3)
    expect(stream.items).toMatchObject([{ id: '1' }, { id: '2' }, { id: '3' }])
  })
})

/** A procedure listens a moment after its stream has started. */
async function untilListening({ emitter }: OrdersServer): Promise<void> {
  await vi.waitFor(() => expect(emitter.listenerCount('change')).toBe(1), 10_000)
}

function revokedUser({ server }: OrdersServer) {
  return { kind: 'user', issuer: server.issuer, sub: 'u1', notBefore: server.clock.now() } as const
}
