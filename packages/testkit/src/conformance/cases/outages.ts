import assert from 'node:assert/strict'
import type { EndpointControl } from '../../endpoints/endpoint-control.js'
import { alone, type CaseDefinition } from '../conformance-case.js'
import { expectGranted, expectRefused, expectUnavailable, INVALID_TOKEN } from '../expectations.js'
import { issuedAgo, type World } from '../world.js'

type Disturb = (endpoint: EndpointControl) => void

/** The keys cannot be fetched when they are needed; those an app may have fetched at its start are of no use. */
function keysAway(what: string, disturb: Disturb): CaseDefinition {
  return alone(`while the key endpoint ${what}, a token is neither good nor bad: 503`, async (world) => {
    await world.rotateKeys()
    for (const { jwks } of [world.users, world.partners]) disturb(jwks)
    expectUnavailable(await world.send('orders', { token: await world.userToken() }))
    expectUnavailable(await world.send('orders', { token: await world.partners.accessToken() }))
  })
}

/** The authorization server cannot be asked, or gives no answer that may be used. */
function noAnswers(what: string, disturb: Disturb): CaseDefinition {
  return alone(`while the introspection endpoint ${what}, a token is neither good nor bad: 503`, async (world) => {
    const { send, partners } = world
    const tokens = [await partners.opaqueToken({ scopes: ['orders/read'] }), 'made-up']
    disturb(partners.introspection)
    for (const token of tokens) expectUnavailable(await send('orders', { token }))
    expectUnavailable(await send('live', { token: await partners.accessToken() }))
  })
}

/** Asks about a token, so that there is an answer to go on, and then cuts the issuer off a minute later. */
async function cutOffAfterAnAnswer(world: World, disturb: Disturb): Promise<string> {
  const token = await world.userToken({ claims: issuedAgo(world, 60) })
  expectGranted(await world.send('outage-proof', { token }), 'outage-proof')
  disturb(world.users.getUser)
  await world.advance('1m')
  return token
}

/** An outage must not look like a bad token: clients would sign their users out. Nor may it let anybody in. */
export const outages = {
  'keys-fail': keysAway('fails', (jwks) => jwks.fail()),
  'keys-drop': keysAway('cuts connections', (jwks) => jwks.drop()),
  'keys-garbled': keysAway('sends broken JSON', (jwks) => jwks.garbage()),
  'keys-forbidden': keysAway('answers 403', (jwks) => jwks.fail({ status: 403 })),
  'keys-known': alone('keys that are known serve on while their endpoint fails', async ({ send, userToken, users }) => {
    expectGranted(await send('orders', { token: await userToken() }), 'orders')
    users.jwks.fail()
    expectGranted(await send('orders', { token: await userToken() }), 'orders')
    expectRefused(await send('orders', { token: await users.forged.wrongKey() }), INVALID_TOKEN)
  }),
  'keys-are-back': alone('when the key endpoint is back, tokens are accepted again', async (world) => {
    const { send, userToken, users, advance } = world
    await world.rotateKeys()
    users.jwks.fail()
    expectUnavailable(await send('orders', { token: await userToken() }))
    users.jwks.recover()
    await advance('10s')
    expectGranted(await send('orders', { token: await userToken() }), 'orders')
  }),
  'introspection-fails': noAnswers('fails', (endpoint) => endpoint.fail({ status: 500 })),
  'introspection-drops': noAnswers('cuts connections', (endpoint) => endpoint.drop()),
  'introspection-throttles': noAnswers('answers 429', (endpoint) => endpoint.throttle()),
  'introspection-garbled': noAnswers('sends broken JSON', (endpoint) => endpoint.garbage()),
  'introspection-rejects-the-api': noAnswers('rejects the credentials of the API', (endpoint) =>
    endpoint.fail({ status: 401, error: 'invalid_client' }),
  ),
  'introspection-is-back': alone('when the introspection endpoint is back, it is asked again', async (world) => {
    const { send, partners, advance } = world
    const token = await partners.opaqueToken({ scopes: ['orders/read'] })
    partners.introspection.fail()
    expectUnavailable(await send('orders', { token }))
    partners.introspection.recover()
    await advance('10s')
    expectGranted(await send('orders', { token }), 'orders')
  }),
  'liveness-fails': alone('while Cognito cannot be asked, a route with a lag of 0s is unavailable', async (world) => {
    const { send, userToken, users } = world
    const token = await userToken()
    for (const disturb of [users.getUser.fail, users.getUser.throttle, users.getUser.drop]) {
      disturb()
      expectUnavailable(await send('live', { token }))
    }
  }),
  'outage-spares-other-routes': alone('what cannot be asked is not missed where nothing is asked', async (world) => {
    const { send, userToken, users, partners } = world
    users.getUser.fail()
    partners.introspection.fail()
    for (const token of [await userToken(), await partners.accessToken({ scopes: ['orders/read'] })]) {
      expectGranted(await send('orders', { token }), 'orders')
      expectGranted(await send('recent', { token }), 'recent')
    }
  }),
  'outage-does-not-relax': alone('without a bound for outages, an outage makes no old answer good', async (world) => {
    const token = await cutOffAfterAnAnswer(world, (getUser) => getUser.fail())
    expectUnavailable(await world.send('recent', { token }))
  }),
  'outage-bound': alone(
    'within the bound for outages an older answer will do, and the handler is told',
    async (world) => {
      const token = await cutOffAfterAnAnswer(world, (getUser) => getUser.fail())
      const { evidence } = expectGranted(await world.send('outage-proof', { token }), 'outage-proof')
      assert.equal(evidence?.relaxed, true)
      await world.advance('15m')
      expectUnavailable(await world.send('outage-proof', { token }))
    },
  ),
  'throttling-is-no-outage': alone(
    'an issuer that throttles is there: the bound for outages stays out',
    async (world) => {
      const token = await cutOffAfterAnAnswer(world, (getUser) => getUser.throttle())
      expectUnavailable(await world.send('outage-proof', { token }))
    },
  ),
  'revoked-stays-refused-in-an-outage': alone(
    'what is known to be revoked is refused in an outage, too',
    async (world) => {
      const { send, userToken, users } = world
      const token = await userToken({ claims: issuedAgo(world, 60) })
      await users.revoke(token)
      expectRefused(await send('live', { token }), INVALID_TOKEN)
      users.getUser.fail()
      users.jwks.fail()
      for (const route of ['live', 'outage-proof', 'recent', 'any'] as const) {
        expectRefused(await send(route, { token }), INVALID_TOKEN)
      }
    },
  ),
} satisfies Record<string, CaseDefinition>
