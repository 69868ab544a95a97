import assert from 'node:assert/strict'
import { type CaseDefinition, shared } from '../conformance-case.js'
import { challengeIn, expectGranted, expectRefused, NO_CREDENTIALS, NOT_ALLOWED } from '../expectations.js'

/** What routes demand of a good token. */
export const policies = {
  'any-valid-token': shared('a route without demands takes any valid token, and none without', async (world) => {
    expectGranted(await world.send('any', { token: await world.users.accessToken() }), 'any')
    expectGranted(await world.send('any', { token: await world.users.m2mToken() }), 'any')
    expectRefused(await world.send('any'), NO_CREDENTIALS)
  }),
  'scope-present': shared('a token with the scope is let in', async ({ send, users }) => {
    const token = await users.accessToken({ scopes: ['openid', 'orders/read'] })
    expectGranted(await send('orders', { token }), 'orders')
  }),
  'scope-missing': shared('a token without the scope is refused with 403', async ({ send, users }) => {
    const token = await users.accessToken({ scopes: ['orders/write'], groups: ['orders/read'] })
    expectRefused(await send('orders', { token }), NOT_ALLOWED)
  }),
  'scope-to-the-letter': shared('a scope is met by itself alone, not by its like', async ({ send, users }) => {
    for (const scope of [
      'orders/readers',
      'orders',
      'ORDERS/READ',
      'my/orders/read',
      'orders/read,orders/write',
      '*',
    ]) {
      expectRefused(await send('orders', { token: await users.accessToken({ claims: { scope } }) }), NOT_ALLOWED)
    }
  }),
  'all-scopes-needed': shared('a route with two scopes needs both', async ({ send, users }) => {
    for (const scope of ['orders/read', 'orders/write']) {
      expectRefused(await send('new-order', { token: await users.accessToken({ scopes: [scope] }) }), NOT_ALLOWED)
    }
    const token = await users.accessToken({ scopes: ['orders/write', 'orders/read'] })
    expectGranted(await send('new-order', { token }), 'new-order')
  }),
  'all-missing-scopes-told': shared('a client is told all scopes of the route at once', async ({ send, users }) => {
    for (const scopes of [['openid'], ['orders/read']]) {
      const response = await send('new-order', { token: await users.accessToken({ scopes }) })
      assert.equal(challengeIn(response).parameters['scope'], 'orders/read orders/write')
    }
  }),
  'any-scope-suffices': shared('of a choice of scopes one is enough', async ({ send, users }) => {
    for (const scope of ['orders/read', 'orders/write']) {
      expectGranted(await send('reports', { token: await users.accessToken({ scopes: [scope] }) }), 'reports')
    }
  }),
  'any-scope-missing': shared(
    'of a choice of scopes one is needed, and the client is told all',
    async ({ send, users }) => {
      const response = await send('reports', { token: await users.accessToken() })
      expectRefused(response, NOT_ALLOWED)
      assert.equal(challengeIn(response).parameters['scope'], 'orders/read orders/write')
    },
  ),
  'group-present': shared('of a choice of groups one is enough', async ({ send, users }) => {
    for (const groups of [['staff'], ['others', 'managers']]) {
      expectGranted(await send('staff', { token: await users.accessToken({ groups }) }), 'staff')
    }
  }),
  'group-missing': shared('a token without any of the groups is refused with 403', async ({ send, users }) => {
    for (const groups of [[], ['others'], ['Staff'], ['staff,managers']]) {
      const scopes = ['orders/read']
      expectRefused(await send('staff', { token: await users.accessToken({ groups, scopes }) }), NOT_ALLOWED)
    }
  }),
  'scope-and-group': shared('a route with scopes and groups needs both', async ({ send, users }) => {
    const [scopes, groups] = [['orders/read'], ['staff']]
    const tokenOf = users.accessToken
    expectGranted(await send('staff-orders', { token: await tokenOf({ scopes, groups }) }), 'staff-orders')
    expectRefused(await send('staff-orders', { token: await tokenOf({ scopes }) }), NOT_ALLOWED)
    expectRefused(await send('staff-orders', { token: await tokenOf({ groups }) }), NOT_ALLOWED)
  }),
  'groups-are-no-scopes': shared(
    'a group does not stand for a scope, nor a scope for a group',
    async ({ send, users }) => {
      const grouped = await users.accessToken({ groups: ['orders/read', 'orders/write'] })
      expectRefused(await send('reports', { token: grouped }), NOT_ALLOWED)
      const scoped = await users.accessToken({ claims: { scope: 'staff managers' } })
      expectRefused(await send('staff', { token: scoped }), NOT_ALLOWED)
    },
  ),
  'grant-of-one-route': shared('what one route granted, another may refuse', async ({ send, users }) => {
    const token = await users.accessToken()
    expectGranted(await send('any', { token }), 'any')
    expectRefused(await send('orders', { token }), NOT_ALLOWED)
    expectRefused(await send('staff', { token }), NOT_ALLOWED)
    expectGranted(await send('any', { token }), 'any')
  }),
} satisfies Record<string, CaseDefinition>
