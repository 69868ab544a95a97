import { expect, it } from 'vitest'
import { fakeCognito } from '../../src/index.js'
import { closeAfter } from '../../src/node-test.js'

it('closes what it was given when the test is over, and gives it back at once', async () => {
  const hooks: (() => Promise<void>)[] = []
  const test = { after: (close: () => Promise<void>) => void hooks.push(close) }
  const made = await fakeCognito({ resourceServers: { orders: ['read'] } })
  const pool = closeAfter(test, made)
  expect(pool).toBe(made)
  const served = closeAfter(test, await pool.serve())
  expect(await pool.accessToken({ scopes: ['orders/read'] })).toBeTypeOf('string')
  expect((await fetch(served.url)).status).toBe(404)
  await hooks[1]?.()
  await expect(fetch(served.url)).rejects.toThrow('fetch failed')
  await hooks[0]?.()
  await expect(pool.accessToken()).rejects.toThrow('the pool was closed')
})
