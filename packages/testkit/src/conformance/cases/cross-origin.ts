import assert from 'node:assert/strict'
import { alone, type CaseDefinition, shared } from '../conformance-case.js'
import { expectGranted, expectNotHandled, expectRefused, expectUnavailable, NO_CREDENTIALS } from '../expectations.js'
import { ORIGIN } from '../routes.js'
import type { WireResponse } from '../wire-request.js'

const FROM_ORIGIN = [['origin', ORIGIN]] as const

/** What the browser must be told on every answer, so that the client may read it (Fetch Standard §3.2). */
function expectReadable({ headers }: WireResponse, ...names: readonly string[]): void {
  assert.equal(headers.get('access-control-allow-origin'), ORIGIN)
  const exposed = listed(headers.get('access-control-expose-headers'))
  for (const name of names) assert.ok(exposed.includes(name), `${name} is exposed`)
}

function listed(header: string | null): readonly string[] {
  return (header ?? '').split(',').map((name) => name.trim().toLowerCase())
}

/** CORS is the app's; the adapter must not stand in its way. */
export const crossOrigin = {
  'cors-preflight': shared(
    'a preflight, which carries no credentials, is answered by the CORS of the app and not with a challenge',
    async ({ send }) => {
      for (const [route, method] of [
        ['orders', 'GET'],
        ['new-order', 'POST'],
      ] as const) {
        const headers = [
          ...FROM_ORIGIN,
          ['access-control-request-method', method],
          ['access-control-request-headers', 'authorization'],
        ] as const
        const response = await send(route, { method: 'OPTIONS', headers })
        expectNotHandled(response)
        assert.ok([200, 204].includes(response.status), `status ${response.status}`)
        assert.equal(response.headers.get('www-authenticate'), null)
        assert.equal(response.headers.get('access-control-allow-origin'), ORIGIN)
        assert.ok(listed(response.headers.get('access-control-allow-headers')).includes('authorization'))
      }
    },
  ),
  'cors-refusal': shared('a client in a browser can read the challenge of a refusal', async ({ send, users }) => {
    const anonymous = await send('orders', { headers: FROM_ORIGIN })
    expectRefused(anonymous, NO_CREDENTIALS)
    expectReadable(anonymous, 'www-authenticate')
    const refused = await send('orders', { headers: FROM_ORIGIN, token: await users.accessToken() })
    assert.equal(refused.status, 403)
    expectReadable(refused, 'www-authenticate')
  }),
  'cors-unavailability': alone(
    'a client in a browser can read when to try again',
    async ({ send, users, userToken, rotateKeys }) => {
      await rotateKeys()
      users.jwks.fail()
      const response = await send('orders', { headers: FROM_ORIGIN, token: await userToken() })
      expectUnavailable(response)
      expectReadable(response, 'retry-after')
    },
  ),
  'cors-grant': shared('a client in a browser can read the answer of a handler', async ({ send, userToken }) => {
    const response = await send('orders', { headers: FROM_ORIGIN, token: await userToken() })
    expectGranted(response, 'orders')
    expectReadable(response)
  }),
} satisfies Record<string, CaseDefinition>
