import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { authLink } from '../src/client.js'
import { clientOf, failureOf, type TokenHolder, webSocket } from './support/clients.js'
import { ordersServer } from './support/orders-app.js'
import { overWebSocket } from './support/transports.js'

/** Sends messages as they are, and gives the answers. */
async function exchange(url: string, headers: Record<string, string>, messages: readonly unknown[], answers: number) {
  const socket = new WebSocket(url, { headers })
  const received: unknown[] = []
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('open', () => {
      for (const message of messages) socket.send(JSON.stringify(message))
    })
    socket.on('message', (data: Buffer) => {
      received.push(JSON.parse(data.toString()))
      if (received.length === answers) resolve()
    })
  })
  socket.close()
  return received
}

const call = (id: number, path: string) => ({ id, method: 'query', params: { path } })

describe('a WebSocket', () => {
  it('takes the token from its first message, for every call on it', async () => {
    const orders = await ordersServer()
    const holder: TokenHolder = { token: await orders.server.accessToken({ sub: 'u1', scopes: ['orders/read'] }) }
    const client = clientOf(webSocket(await overWebSocket(orders), holder).link)
    expect(await client.me.query()).toStrictEqual({ me: 'u1', db: 2 })
    expect(await client.orders.list.query()).toHaveLength(2)
    expect((await failureOf(client.orders.remove.mutate())).data).toMatchObject({
      code: 'FORBIDDEN',
      auth: { error: 'insufficient_scope', challenge: expect.stringContaining('scope="orders/write orders/read"') },
    })
  })

  it('takes the token from the header of its request, where a client can send one', async () => {
    const orders = await ordersServer()
    const authorization = `Bearer ${await orders.server.accessToken({ sub: 'u1' })}`
    const [answer] = await exchange(await overWebSocket(orders), { authorization }, [call(1, 'me')], 1)
    expect(answer).toMatchObject({ result: { data: { me: 'u1' } } })
  })

  it('that sends a token twice is refused', async () => {
    const orders = await ordersServer()
    const authorization = `Bearer ${await orders.server.accessToken()}`
    const messages = [{ method: 'connectionParams', data: { authorization } }, call(1, 'me')]
    const [answer] = await exchange(`${await overWebSocket(orders)}?connectionParams=1`, { authorization }, messages, 1)
    expect(answer).toMatchObject({ error: { data: { code: 'BAD_REQUEST', auth: { error: 'invalid_request' } } } })
  })

  it("takes no token from its first message with 'nowhere'", async () => {
    const orders = await ordersServer({ tokenInConnectionParams: 'nowhere' })
    const holder: TokenHolder = { token: await orders.server.accessToken() }
    const client = clientOf(webSocket(await overWebSocket(orders), holder).link)
    expect((await failureOf(client.me.query())).data).toMatchObject({ auth: { challenge: 'Bearer realm="orders"' } })
    expect(await client.hello.query()).toBe('hello stranger')
  })

  it('is decided anew with each call: by the time, by what was revoked, by a call of its own', async () => {
    const orders = await ordersServer()
    const token = await orders.server.accessToken({ sub: 'u1', scopes: ['orders/read'] })
    const client = clientOf(webSocket(await overWebSocket(orders), { token }).link)
    expect(await client.orders.close.query()).toBe('live-call')
    expect(await client.orders.close.query()).toBe('live-call')
    expect(orders.server.introspection.hits).toBe(2)
    orders.server.clock.advance('1m')
    await orders.server.revoke(token)
    expect(await client.orders.list.query()).toHaveLength(2)
    expect((await failureOf(client.orders.close.query())).data?.auth?.error).toBe('invalid_token')
    expect((await failureOf(client.orders.list.query())).data?.auth?.error).toBe('invalid_token')
  })

  it('works again after a refresh, which connects anew', async () => {
    const orders = await ordersServer()
    const holder: TokenHolder = { token: await orders.server.accessToken({ sub: 'u1' }) }
    const { client: socket, link } = webSocket(await overWebSocket(orders), holder)
    const refresh = async () => (holder.token = await orders.server.accessToken({ sub: 'u1' }))
    const client = clientOf(authLink({ refresh, reconnect: () => socket.connection?.ws?.close() }), link)
    expect(await client.me.query()).toMatchObject({ me: 'u1' })
    orders.server.clock.advance('2h')
    expect(await Promise.all([client.me.query(), client.me.query()])).toMatchObject([{ me: 'u1' }, { me: 'u1' }])
  })
})
