const { fakeCognito } = require('@tokenward/testkit')
const { mswHandlers } = require('@tokenward/testkit/msw')
const { assertGranted, assertRefused, closeAfter } = require('@tokenward/testkit/node-test')
const { setupServer } = require('msw/node')
const { test } = require('node:test')

test('CommonJS has all doors', async (t) => {
  const pool = closeAfter(t, await fakeCognito())
  assertGranted(await pool.fetch(pool.jwks.url))
  const { url } = await pool.serve()
  assertRefused(await fetch(url + new URL(pool.userInfo.url).pathname), { status: 400 })
  const door = closeAfter(t, await pool.listen())
  assertGranted(await fetch(pool.jwks.url))
  await door.close()
})

test('CommonJS has handlers for an msw server of its own', async (t) => {
  const pool = closeAfter(t, await fakeCognito())
  const server = setupServer(...mswHandlers(pool))
  server.listen({ onUnhandledFrame: 'error' })
  t.after(() => server.close())
  assertGranted(await fetch(pool.jwks.url))
})
