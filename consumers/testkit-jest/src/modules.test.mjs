import { fakeCognito } from '@tokenward/testkit'
import { matchers } from '@tokenward/testkit/jest'

expect.extend(matchers)

test('Jest with ES modules has the matchers, and listen()', async () => {
  const pool = await fakeCognito()
  await pool.listen()
  expect(await fetch(pool.jwks.url)).toBeGranted()
  expect(await fetch(pool.userInfo.url, { headers: { authorization: 'Bearer x' } })).toBeRefused({ status: 401 })
  await pool.close()
})
