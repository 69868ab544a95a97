import { createResourceServer } from '@tokenward/core'
import { cognitoUserPool } from '@tokenward/core/cognito'
import { fakeCognito } from '@tokenward/testkit'
import {
  assertChallenge,
  assertGranted,
  assertRefused,
  assertUnavailable,
  closeAfter,
} from '@tokenward/testkit/node-test'
import assert from 'node:assert/strict'
import { after, suite, test, type TestContext } from 'node:test'

async function ordersApi(t: TestContext) {
  const pool = closeAfter(t, await fakeCognito({ clients: ['web'], resourceServers: { orders: ['read', 'write'] } }))
  const issuer = cognitoUserPool({ userPoolId: pool.userPoolId, clientId: 'web' })
  const api = createResourceServer({ issuers: [issuer], fetch: pool.fetch })
  const ask = (token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    return api.authorize(new Request('https://api.example/orders', { headers }), { scopes: ['orders/read'] })
  }
  return { pool, api, ask }
}

suite('decisions', { concurrency: true }, () => {
  test('to grant', async (t) => {
    const { pool, ask } = await ordersApi(t)
    const decision = await ask(await pool.accessToken({ scopes: ['orders/read', 'orders/write'] }))
    assertGranted(decision, { scopes: ['orders/read'] })
    assert.throws(() => assertRefused(decision), /received one that is granted, scopes orders\/read orders\/write/)
  })

  test('to refuse', async (t) => {
    const { pool, api, ask } = await ordersApi(t)
    const anonymous = await ask()
    assertRefused(anonymous, { status: 401, error: null })
    assertChallenge(anonymous, { scheme: 'Bearer', realm: 'api', error: null })
    assertRefused(await ask(await pool.forged.expired()), { error: 'invalid_token', reason: 'token-expired' })
    const narrow = await ask(await pool.accessToken({ scopes: ['orders/write'] }))
    assertRefused(narrow, { status: 403, error: 'insufficient_scope', reason: 'scope-missing' })
    assertChallenge(narrow, { scope: ['orders/read'] })
    const error: unknown = await api.verify(await pool.forged.wrongKey()).catch((thrown: unknown) => thrown)
    assertRefused(error, { status: 401, error: 'invalid_token', reason: 'signature-invalid' })
    assertChallenge(error, { scheme: 'Bearer' })
  })

  test('that nobody can take', async (t) => {
    const { pool, api, ask } = await ordersApi(t)
    pool.jwks.fail()
    const token = await pool.accessToken({ scopes: ['orders/read'] })
    const decision = await ask(token)
    assertUnavailable(decision)
    assert.throws(
      () => assertRefused(decision),
      /is refused\nreceived one that is unavailable, status 503, reason jwks-/,
    )
    assertUnavailable(await api.verify(token).catch((thrown: unknown) => thrown))
  })
})

suite('doors', () => {
  const pools: Awaited<ReturnType<typeof fakeCognito>>[] = []

  test('close with the test', async (t) => {
    const pool = closeAfter(t, await fakeCognito())
    pools.push(pool)
    await pool.listen()
    assert.equal((await fetch(pool.jwks.url)).status, 200)
    const { url } = await pool.serve()
    assertRefused(await fetch(url + new URL(pool.userInfo.url).pathname), { status: 400 })
  })

  test('are closed before the next', async () => {
    for (const pool of pools) await assert.rejects(pool.accessToken(), /the pool was closed/)
    assert.equal(pools.length, 1)
  })

  test('close with a block', async () => {
    using pool = await fakeCognito()
    using door = await pool.serve()
    assert.equal((await fetch(door.url)).status, 404)
  })

  suite('of a suite', async () => {
    const pool = closeAfter({ after }, await fakeCognito())
    test('stay open until it ends', async () => {
      assert.equal((await pool.fetch(pool.jwks.url)).status, 200)
    })
  })
})
