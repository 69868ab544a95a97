import { describe, expect, test as base } from 'vitest'
import type { FakeAuthorizationServer, FakeCognito } from '../../src/index.js'
import { authorizationServerFixture, cognitoFixture } from '../../src/vitest.js'

const test = base
  .extend('shared', { scope: 'file' }, cognitoFixture())
  .extend('pool', cognitoFixture({ clients: ['web'], resourceServers: { orders: ['read'] } }))
  .extend('server', authorizationServerFixture({ audience: 'https://orders.example' }))

describe('fixtures', () => {
  const seen: (FakeCognito | FakeAuthorizationServer)[] = []
  let shared: FakeCognito

  test('bring fakes with the options they were made with', async ({ pool, server, shared: ofFile }) => {
    seen.push(pool, server)
    shared = ofFile
    const served = await pool.serve()
    expect((await fetch(`${served.url}/${pool.userPoolId}/.well-known/jwks.json`)).status).toBe(200)
    expect(await pool.accessToken({ scopes: ['orders/read'] })).toBeTypeOf('string')
    // @ts-expect-error no such scope
    await expect(pool.accessToken({ scopes: ['orders/delete'] })).rejects.toThrow('orders/delete')
    expect((await server.opaqueToken()).length).toBeGreaterThan(20)
  })

  test('are closed after each test, but for those of the file', async ({ pool, shared: ofFile }) => {
    expect(seen).not.toContain(pool)
    for (const fake of seen) await expect(fake.accessToken()).rejects.toThrow('was closed; make a new one')
    expect(ofFile).toBe(shared)
    expect(await shared.accessToken()).toBeTypeOf('string')
  })
})

describe('side by side', () => {
  const ids = new Set<string>()

  describe.concurrent('tests', () => {
    test.for([1, 2, 3, 4])('have a pool of their own: test %i', async (_, { pool, server, expect: expectHere }) => {
      ids.add(pool.userPoolId)
      pool.jwks.fail()
      const statuses = [await pool.fetch(pool.jwks.url), await server.fetch(server.jwks.url)].map(
        ({ status }) => status,
      )
      expectHere([...statuses, pool.jwks.hits, server.jwks.hits]).toStrictEqual([503, 200, 1, 1])
    })
  })

  base('are four pools for four tests', () => {
    expect(ids.size).toBe(4)
  })
})

base('a fixture leaves the end of its scope to vitest', async () => {
  const cleanups: (() => Promise<void>)[] = []
  const fake = await cognitoFixture()({}, { onCleanup: (cleanup) => void cleanups.push(cleanup) })
  expect(cleanups).toHaveLength(1)
  expect(await fake.accessToken()).toBeTypeOf('string')
  await cleanups[0]?.()
  await expect(fake.accessToken()).rejects.toThrow('the pool was closed')
})
