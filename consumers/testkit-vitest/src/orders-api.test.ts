import { cognitoFixture } from '@tokenward/testkit/vitest'
import { describe, expect as baseExpect, test as base } from 'vitest'
import { ordersApi } from './orders-api.js'

const before = globalThis.fetch

const test = base
  .extend('pool', cognitoFixture({ clients: ['web'], resourceServers: { orders: ['read', 'write'] } }))
  .extend('ask', async ({ pool }) => {
    await pool.listen()
    const api = ordersApi(pool.issuer)
    return (token?: string) =>
      api(
        new Request(
          'https://api.example/orders',
          token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
        ),
      )
  })

describe.concurrent('the API, each test with a pool of its own', () => {
  test('lets in who has the scope', async ({ pool, ask, expect }) => {
    expect(await ask(await pool.accessToken({ scopes: ['orders/read'] }))).toBeGranted()
    expect(pool.jwks.hits).toBe(1)
  })

  test('asks who brings nothing for a token', async ({ ask, expect }) => {
    const answer = await ask()
    expect(answer).toBeRefused({ status: 401, error: null })
    expect(answer).toChallenge({ scheme: 'Bearer', realm: 'orders' })
    expect(answer).not.toBeGranted()
  })

  test('says what is missing', async ({ pool, ask, expect }) => {
    const answer = await ask(await pool.accessToken({ scopes: ['orders/write'] }))
    expect(answer).toBeRefused({ status: 403, error: 'insufficient_scope' })
    expect(answer).toChallenge({ scope: ['orders/read'] })
  })

  test.for(['wrongKey', 'expired', 'algNone', 'unknownKid'] as const)(
    'refuses %s',
    async (kind, { pool, ask, expect }) => {
      const forged = await pool.forged[kind]({ scopes: ['orders/read'] })
      expect(await ask(forged)).toBeRefused({ status: 401, error: 'invalid_token' })
    },
  )

  test('does not take an outage for a bad token', async ({ pool, ask, expect }) => {
    const token = await pool.accessToken({ scopes: ['orders/read'] })
    pool.jwks.drop({ times: 1 })
    const during = await ask(token)
    expect(during).toBeUnavailable()
    expect(during).not.toBeRefused()
    expect(await ask(token)).toBeGranted()
  })
})

base('after them msw is gone', () => {
  baseExpect(globalThis.fetch).toBe(before)
})
