import assert from 'node:assert/strict'
import { alone, type CaseDefinition, shared } from '../conformance-case.js'
import { challengeIn, expectGranted, expectRefused, INVALID_TOKEN, NOT_ALLOWED } from '../expectations.js'
import { LIVENESS_SCOPE } from '../routes.js'
import { issuedAgo, type World } from '../world.js'

/** A token that is too old to prove anything by its age on a route with a bound of 30 seconds. */
function oldToken(world: World): Promise<string> {
  return world.userToken({ claims: issuedAgo(world, 60) })
}

/** How long a revoked token may still be accepted is said by each route. */
export const liveChecks = {
  'live-route-asks-each-time': shared('a route with a lag of 0s asks for every request', async (world) => {
    const { send, userToken, partners, callsAbout } = world
    const tokens = [await userToken(), await partners.accessToken(), await partners.opaqueToken()]
    for (const token of tokens) {
      for (let request = 1; request <= 2; request++) {
        const { evidence } = expectGranted(await send('live', { token }), 'live')
        assert.equal(evidence?.source, 'live-call')
        assert.equal(callsAbout(token), request)
      }
    }
  }),
  'live-route-sees-sign-out': shared('a route with a lag of 0s refuses from the sign-out on', async (world) => {
    const { send, userToken, users } = world
    const token = await userToken()
    expectGranted(await send('live', { token }), 'live')
    await users.revoke(token)
    expectRefused(await send('live', { token }), INVALID_TOKEN)
  }),
  'live-route-sees-revoked-jwt': shared(
    'a route with a lag of 0s refuses a JWT from its revocation on',
    async (world) => {
      const { send, partners } = world
      const token = await partners.accessToken()
      expectGranted(await send('live', { token }), 'live')
      await partners.revoke(token)
      expectRefused(await send('live', { token }), INVALID_TOKEN)
    },
  ),
  'live-route-sees-revoked-opaque-token': shared(
    'a route with a lag of 0s refuses an opaque token from its revocation on',
    async ({ send, partners }) => {
      const token = await partners.opaqueToken()
      expectGranted(await send('live', { token }), 'live')
      await partners.revoke(token)
      expectRefused(await send('live', { token }), INVALID_TOKEN)
    },
  ),
  'other-routes-ask-nobody': shared(
    'a route without a bound asks nobody about a JWT, and takes it until it expires',
    async ({ send, userToken, users, partners, callsAbout }) => {
      const [ofUser, ofPartner] = [await userToken(), await partners.accessToken({ scopes: ['orders/read'] })]
      await Promise.all([users.revoke(ofUser), partners.revoke(ofPartner)])
      for (const token of [ofUser, ofPartner]) {
        assert.equal(expectGranted(await send('orders', { token }), 'orders').evidence?.source, 'local-validation')
        assert.equal(callsAbout(token), 0)
      }
    },
  ),
  'young-token-is-evidence': shared('a token younger than the bound is let in, and nobody is asked', async (world) => {
    const token = await world.userToken()
    expectGranted(await world.send('recent', { token }), 'recent')
    assert.equal(world.callsAbout(token), 0)
  }),
  'old-token-is-asked-about': shared(
    'about a token older than the bound its issuer is asked, once for as long as the answer is young enough',
    async (world) => {
      const token = await oldToken(world)
      assert.equal(expectGranted(await world.send('recent', { token }), 'recent').evidence?.source, 'live-call')
      assert.equal(expectGranted(await world.send('recent', { token }), 'recent').evidence?.source, 'cached-answer')
      assert.equal(world.callsAbout(token), 1)
    },
  ),
  'bounded-route-sees-sign-out': shared('a token older than the bound that was revoked is refused', async (world) => {
    const token = await oldToken(world)
    await world.users.revoke(token)
    expectRefused(await world.send('recent', { token }), INVALID_TOKEN)
  }),
  'bound-ends': alone('a revoked token is accepted within the bound, and not beyond it', async (world) => {
    const token = await oldToken(world)
    expectGranted(await world.send('recent', { token }), 'recent')
    await world.users.revoke(token)
    await world.advance('20s')
    expectGranted(await world.send('recent', { token }), 'recent')
    await world.advance('15s')
    expectRefused(await world.send('recent', { token }), INVALID_TOKEN)
  }),
  'revoked-is-final': shared('what one route has learned to be revoked, every route refuses', async (world) => {
    const { send, users, partners } = world
    const ofUser = await oldToken(world)
    const ofPartner = await partners.accessToken({ scopes: ['orders/read'], claims: issuedAgo(world, 60) })
    const opaque = await partners.opaqueToken({ scopes: ['orders/read'], claims: issuedAgo(world, 60) })
    await Promise.all([users.revoke(ofUser), partners.revoke(ofPartner), partners.revoke(opaque)])
    for (const token of [ofUser, ofPartner, opaque]) {
      for (const route of ['live', 'any', 'orders', 'recent', 'outage-proof', 'optional'] as const) {
        expectRefused(await send(route, { token }), INVALID_TOKEN)
      }
    }
  }),
  'unobtainable-evidence': shared(
    'a token about which nobody can be asked is refused with 403 where asking is needed: no new one would do better',
    async ({ send, users }) => {
      for (const token of [await users.m2mToken(), await users.accessToken({ scopes: ['orders/read'] })]) {
        const response = await send('live', { token })
        expectRefused(response, NOT_ALLOWED)
        assert.equal(challengeIn(response).parameters['scope'], undefined)
      }
    },
  ),
  'expiry-between-requests': alone('a token that was accepted is refused once it has expired', async (world) => {
    const { send, users, partners, advance } = world
    const scopes = ['orders/read', LIVENESS_SCOPE]
    const expiresIn = '2m'
    const tokens = [
      await users.accessToken({ scopes, expiresIn }),
      await partners.accessToken({ scopes, expiresIn }),
      await partners.opaqueToken({ scopes, expiresIn }),
    ]
    for (const token of tokens) expectGranted(await send('orders', { token }), 'orders')
    await advance('5m')
    for (const token of tokens) expectRefused(await send('orders', { token }), INVALID_TOKEN)
  }),
} satisfies Record<string, CaseDefinition>
