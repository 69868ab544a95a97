import { expect, it, vi } from 'vitest'
import { fakeCognito } from '../../src/index.js'

vi.mock('msw', () => {
  throw new Error('Cannot find package msw')
})

it('listen() without msw says which doors need nothing', async () => {
  const pool = await fakeCognito()
  const message = 'listen() could not load msw. Add msw 2.12 or later as a dev dependency'
  await expect(pool.listen()).rejects.toThrow(message)
  await expect(pool.listen()).rejects.toThrow(message)
  expect((await pool.fetch(pool.jwks.url)).status).toBe(200)
  await using served = await pool.serve()
  expect((await fetch(served.url + new URL(pool.jwks.url).pathname)).status).toBe(200)
  await pool.close()
})
