import inject from 'light-my-request'
import type { RequestListener } from 'node:http'
import { expect, test } from 'vitest'

const api: RequestListener = (request, response) => {
  const challenges = ['DPoP algs="ES256"', 'Bearer realm="orders"']
  if (request.headers.authorization === undefined) response.writeHead(401, { 'www-authenticate': challenges })
  response.end()
}

test('the matchers read what inject brings', async () => {
  const anonymous = await inject(api, { url: '/' })
  expect(anonymous).toBeRefused({ status: 401, error: null })
  expect(anonymous).toChallenge({ scheme: 'DPoP', algs: ['ES256'] })
  expect(anonymous).toChallenge({ scheme: 'Bearer', realm: 'orders' })
  expect(await inject(api, { url: '/', headers: { authorization: 'Bearer x' } })).toBeGranted()
})
