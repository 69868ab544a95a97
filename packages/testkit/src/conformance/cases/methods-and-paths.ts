import assert from 'node:assert/strict'
import { type CaseDefinition, shared } from '../conformance-case.js'
import { challengeIn, expectGranted, expectNotHandled, expectRefused, NO_CREDENTIALS } from '../expectations.js'

/** Another spelling of a guarded path: not found, sent elsewhere or refused, but never handled without a token. */
function path(title: string, ...paths: readonly [string, ...string[]]): CaseDefinition {
  return shared(title, async ({ send }) => {
    for (const spelling of paths) expectNotHandled(await send('orders', { path: spelling }))
  })
}

/** A check that only some spellings of a request meet is none. */
export const methodsAndPaths = {
  'post-guarded': shared('POST is guarded, and let through with a token', async (world) => {
    const [headers, body] = [[['content-type', 'application/json']] as const, '{"amount":1}']
    expectRefused(await world.send('new-order', { headers, body }), NO_CREDENTIALS)
    const token = await world.users.accessToken({ scopes: ['orders/read', 'orders/write'] })
    expectGranted(await world.send('new-order', { token, headers, body }), 'new-order')
  }),
  'head-without-token': shared('HEAD is guarded like GET', async ({ send }) => {
    const response = await send('orders', { method: 'HEAD' })
    assert.equal(response.status, 401)
    challengeIn(response)
  }),
  'head-missing-scope': shared('HEAD needs the scope that GET needs', async ({ send, users }) => {
    const response = await send('orders', { method: 'HEAD', token: await users.accessToken() })
    assert.equal(response.status, 403)
    assert.equal(challengeIn(response).parameters['scope'], 'orders/read')
  }),
  'head-with-token': shared(
    'HEAD is let through with a token, and answers without a body',
    async ({ send, userToken }) => {
      const response = await send('orders', { method: 'HEAD', token: await userToken() })
      assert.equal(response.status, 200)
      assert.equal(response.body, '')
    },
  ),
  'options-runs-no-handler': shared('OPTIONS runs no handler of another method', async ({ send }) => {
    expectNotHandled(await send('orders', { method: 'OPTIONS' }))
    expectNotHandled(await send('new-order', { method: 'OPTIONS' }))
  }),
  'other-methods-run-no-handler': shared('no other method leads to the handler without a token', async ({ send }) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) expectNotHandled(await send('orders', { method }))
    for (const method of ['GET', 'PUT']) expectNotHandled(await send('new-order', { method }))
  }),
  'path-percent-encoded': path('percent-encoding in the path does not lead around the check', '/%6frders', '/order%73'),
  'path-slashes': path('more slashes do not lead around the check', '//orders', '/orders/', '/orders//', '///orders/'),
  'path-dot-segments': path(
    'dots in the path do not lead around the check',
    '/./orders',
    '/open/../orders',
    '/open/%2e%2e/orders',
  ),
  'path-other-case': path('another case does not lead around the check', '/ORDERS', '/Orders'),
  'path-with-suffix': path(
    'what is put behind the path does not lead around the check',
    '/orders.json',
    '/orders;a=b',
    '/orders%00',
    '/orders%20',
    '/orders%2f',
    '/orders?/open',
    '/orders?path=/open',
  ),
  'query-of-odd-encoding': shared('a query that decodes to nothing sensible is no reason to fail', async (world) => {
    const token = await world.userToken()
    for (const query of ['?a=%zz&b=%', '?%ff=%fe', '?a=%00', '?=&&', '?access_toke%=1']) {
      expectGranted(await world.send('orders', { path: `/orders${query}`, token }), 'orders')
    }
    expectRefused(await world.send('orders', { path: '/orders?a=%zz&b=%' }), NO_CREDENTIALS)
  }),
} satisfies Record<string, CaseDefinition>
