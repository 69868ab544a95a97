import { alone, type CaseDefinition, shared } from '../conformance-case.js'
import { expectGranted, expectNotGranted, expectRefused, INVALID_TOKEN, NOT_ALLOWED } from '../expectations.js'

/** Two issuers side by side, JWTs and opaque tokens. */
export const issuers = {
  'tokens-of-both-issuers': shared('a route takes tokens of both issuers', async ({ send, userToken, partners }) => {
    expectGranted(await send('orders', { token: await userToken() }), 'orders')
    expectGranted(await send('orders', { token: await partners.accessToken({ scopes: ['orders/read'] }) }), 'orders')
  }),
  'route-of-one-issuer': shared('a route of one issuer takes its tokens', async ({ send, userToken, partners }) => {
    expectGranted(await send('users', { token: await userToken() }), 'users')
    expectGranted(await send('partners', { token: await partners.accessToken() }), 'partners')
    expectGranted(await send('partners', { token: await partners.opaqueToken() }), 'partners')
  }),
  'route-of-other-issuer': shared(
    'a route of one issuer refuses good tokens of the other with 403',
    async ({ send, userToken, partners }) => {
      expectRefused(await send('partners', { token: await userToken() }), NOT_ALLOWED)
      expectRefused(await send('users', { token: await partners.accessToken() }), NOT_ALLOWED)
    },
  ),
  'audience-of-another': shared('a token for another API is refused', async ({ send, partners }) => {
    for (const audience of ['https://other.example', ['https://other.example'], 'https://api.example.evil']) {
      const scopes = ['orders/read']
      expectRefused(await send('orders', { token: await partners.accessToken({ audience, scopes }) }), INVALID_TOKEN)
      expectRefused(await send('orders', { token: await partners.opaqueToken({ audience, scopes }) }), INVALID_TOKEN)
    }
  }),
  'keys-stay-with-their-issuer': alone('a key of one issuer signs for no other', async ({ send, users, partners }) => {
    const { issuer: iss } = users
    const claims = { iss, token_use: 'access', client_id: 'web', scope: 'orders/read' }
    expectRefused(await send('orders', { token: await partners.accessToken({ claims }) }), INVALID_TOKEN)
  }),
  'issuer-unknown': shared('a token of an issuer that was not configured is refused', async ({ send, partners }) => {
    for (const iss of [
      'https://evil.example',
      `${partners.issuer}/`,
      partners.issuer.toUpperCase(),
      [partners.issuer],
    ]) {
      const token = await partners.accessToken({ scopes: ['orders/read'], claims: { iss } })
      expectRefused(await send('orders', { token }), INVALID_TOKEN)
    }
  }),
  'opaque-token': shared('an opaque token is let in by what its issuer says of it', async ({ send, partners }) => {
    const token = await partners.opaqueToken({ scopes: ['orders/read'] })
    expectGranted(await send('orders', { token }), 'orders')
  }),
  'opaque-token-unknown': shared('an opaque token its issuer does not know is refused', async ({ send, partners }) => {
    const token = await partners.opaqueToken({ scopes: ['orders/read'] })
    expectRefused(await send('orders', { token: `${token}x` }), INVALID_TOKEN)
  }),
  'opaque-token-scopes': shared(
    'the scopes of an opaque token are checked on every request, also when its issuer was asked before',
    async ({ send, partners }) => {
      const token = await partners.opaqueToken({ scopes: ['orders/write'] })
      expectRefused(await send('orders', { token }), NOT_ALLOWED)
      expectGranted(await send('reports', { token }), 'reports')
      expectRefused(await send('orders', { token }), NOT_ALLOWED)
    },
  ),
  'active-is-true-alone': shared('an issuer that does not answer "active": true has not vouched', async (world) => {
    for (const active of ['true', 1, null, undefined, [true]]) {
      const token = await world.partners.opaqueToken({ scopes: ['orders/read'] })
      world.partners.introspection.answerWith(token, { active })
      expectNotGranted(await world.send('orders', { token }))
    }
  }),
  'answer-contradicts-token': shared(
    'an answer that speaks of somebody else than the token does lets nobody in',
    async ({ send, partners }) => {
      const token = await partners.accessToken({ sub: 'u1' })
      partners.introspection.answerWith(token, { sub: 'u2' })
      expectRefused(await send('live', { token }), INVALID_TOKEN)
    },
  ),
} satisfies Record<string, CaseDefinition>
