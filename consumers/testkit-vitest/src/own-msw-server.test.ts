import { fakeAuthorizationServer, fakeCognito } from '@tokenward/testkit'
import { mswHandlers } from '@tokenward/testkit/msw'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ordersApi } from './orders-api.js'

const pool = await fakeCognito({ resourceServers: { orders: ['read'] } })
const issuer = await fakeAuthorizationServer()
const prices = http.get('https://prices.example/', () => HttpResponse.json({ price: 1 }))
const server = setupServer(prices, ...mswHandlers(pool, issuer))

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterAll(async () => {
  server.close()
  await Promise.all([pool.close(), issuer.close()])
})

test('the fakes answer beside the handlers of the project', async () => {
  expect(await (await fetch('https://prices.example/')).json()).toEqual({ price: 1 })
  expect((await fetch(issuer.metadata.url)).ok).toBe(true)
  const authorization = `Bearer ${await pool.accessToken({ scopes: ['orders/read'] })}`
  expect(
    await ordersApi(pool.issuer)(new Request('https://api.example/', { headers: { authorization } })),
  ).toBeGranted()
  expect([pool.jwks.hits, issuer.metadata.hits]).toEqual([1, 1])
})
