import { expect, it, vi } from 'vitest'
import { fakeCognito } from '../../src/index.js'

vi.mock('msw', () => {
  throw new Error('Cannot find package msw')
})

it('listen() without msw says which doors need nothing', async () => {
  const pool = await fakeCognito()
  const message = 'listen() needs msw 2.12 or later; add it as a dev dependency, or use pool.fetch or pool.serve()'
  await expect(pool.listen()).rejects.toThrow(message)
  await expect(pool.listen()).rejects.toThrow(message)
  expect((await pool.fetch(`${pool.issuer}/.well-known/jwks.json`)).status).toBe(200)
})
