const { fakeCognito } = require('@tokenward/testkit')
const { closeAfter } = require('@tokenward/testkit/node-test')

test('plain CommonJS needs nothing', async () => {
  const hooks = []
  const pool = closeAfter({ after: (close) => hooks.push(close) }, await fakeCognito())
  const response = await pool.fetch(pool.userInfo.url)
  expect(response).toBeRefused({ status: 400 })
  expect(await pool.fetch(pool.jwks.url)).toBeGranted()
  await hooks[0]()
  await expect(pool.accessToken()).rejects.toThrow('the pool was closed')
})
