import { fakeCognito } from '@tokenward/testkit'
import type { FakeCognito } from '@tokenward/testkit'
import { createServer, get, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import request from 'supertest'
import { ordersApi } from './orders-api'

describe('an API with aws-jwt-verify', () => {
  let pool: FakeCognito
  let api: RequestListener

  beforeEach(async () => {
    pool = await fakeCognito({ clients: ['web'], resourceServers: { orders: ['read', 'write'] } })
    const fetcher = { fetch: async (uri: string) => (await pool.fetch(uri)).arrayBuffer() }
    api = ordersApi({ userPoolId: pool.userPoolId, clientId: 'web', fetcher })
  })

  afterEach(() => pool.close())

  const ask = (token: string) => request(api).get('/orders').set('authorization', `Bearer ${token}`)

  it('lets in who has the scope', async () => {
    const answer = await ask(await pool.accessToken({ scopes: ['orders/read'] }))
    expect(answer).toBeGranted()
    expect(answer).not.toBeRefused()
    expect(pool.jwks.hits).toBe(1)
  })

  it('refuses everybody else, as supertest sees it', async () => {
    const anonymous = await request(api).get('/orders')
    expect(anonymous).toBeRefused({ status: 401, error: null })
    expect(anonymous).toChallenge({ scheme: 'Bearer', realm: 'orders' })
    expect(await ask(await pool.accessToken({ scopes: ['orders/write'] }))).toBeRefused({ status: 403 })
    await expect(ask(await pool.forged.wrongKey())).resolves.toBeRefused({ status: 401, error: 'invalid_token' })
  })

  it('does the same as node:http sees it', async () => {
    const server = createServer(api).listen(0, '127.0.0.1')
    const authorization = `Bearer ${await pool.forged.expired()}`
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const { port } = server.address() as AddressInfo
      get({ port, host: '127.0.0.1', agent: false, headers: { authorization } }, resolve).on('error', reject)
    })
    answer.resume()
    await new Promise((resolve) => server.close(resolve))
    expect(answer).toBeRefused({ status: 401, error: 'invalid_token' })
    expect(answer).toChallenge({ error: 'invalid_token' })
  })

  it('does not take an outage for a bad token', async () => {
    const token = await pool.accessToken({ scopes: ['orders/read'] })
    pool.jwks.drop()
    expect(await ask(token)).toBeUnavailable()
    expect(await ask(token)).not.toBeRefused()
  })

  it('may ask a real port in place of AWS', async () => {
    const { url } = await pool.serve()
    const fetcher = { fetch: async (uri: string) => (await fetch(url + new URL(uri).pathname)).arrayBuffer() }
    api = ordersApi({ userPoolId: pool.userPoolId, clientId: 'web', fetcher })
    expect(await ask(await pool.accessToken({ scopes: ['orders/read'] }))).toBeGranted()
    expect(pool.jwks.hits).toBe(1)
  })

  it('is told which doors are open where msw 3 cannot be loaded', async () => {
    await expect(pool.listen()).rejects.toThrow(
      'listen() could not load msw. Add msw 2.12 or later as a dev dependency; where it cannot be loaded, as in Jest with CommonJS, use pool.serve() or pool.fetch, which need nothing',
    )
  })

  it('has a matcher fail with what it saw', async () => {
    const answer = await ask(await pool.forged.wrongKey())
    expect(() => expect(answer).toBeGranted()).toThrow(
      'expected an answer that is granted\nreceived one that is refused',
    )
  })
})
