import assert from 'node:assert/strict'
import { type CaseDefinition, shared } from '../conformance-case.js'
import { decodeJws } from '../../jws/compact-jws.js'
import { expectAnonymous, expectGranted, expectNotHandled } from '../expectations.js'

/** What handlers are told of the caller. */
export const principals = {
  'principal-identity': shared('a handler gets subject, client and issuer of the token', async ({ send, users }) => {
    const token = await users.accessToken({ sub: 'u-1', clientId: 'mobile', scopes: ['orders/read'] })
    const { subject, clientId, issuer } = expectGranted(await send('orders', { token }), 'orders')
    assert.deepEqual({ subject, clientId, issuer }, { subject: 'u-1', clientId: 'mobile', issuer: users.issuer })
  }),
  'principal-scopes-and-groups': shared('a handler gets scopes and groups as lists', async ({ send, users }) => {
    const scopes = ['orders/write', 'orders/read', 'openid']
    const token = await users.accessToken({ scopes, groups: ['staff', 'sales team'] })
    const principal = expectGranted(await send('any', { token }), 'any')
    assert.deepEqual([principal.scopes, principal.groups], [scopes, ['staff', 'sales team']])
  }),
  'principal-claims': shared('a handler gets all claims and the end of the token', async ({ send, users }) => {
    const own = { 'custom:tenant': 'acme', 'custom:roles': ['a', 'b'], 'custom:name': '\u00e9\u4e16\u754c' }
    const token = await users.accessToken({ claims: own })
    const { claims, expiresAt } = expectGranted(await send('any', { token }), 'any')
    const { payload } = decodeJws(token)
    assert.deepEqual(claims, payload)
    assert.equal(expiresAt, Number(payload['exp']) * 1_000)
  }),
  'principal-evidence': shared(
    'a handler gets the evidence that the token is not revoked, and as of when',
    async ({ send, userToken, app }) => {
      const token = await userToken()
      const ofLocal = expectGranted(await send('orders', { token }), 'orders').evidence
      assert.deepEqual([ofLocal?.source, ofLocal?.relaxed], ['local-validation', false])
      const before = app.clock.now()
      const ofLive = expectGranted(await send('live', { token }), 'live').evidence
      assert.deepEqual([ofLive?.source, ofLive?.relaxed], ['live-call', false])
      for (const evidence of [ofLocal, ofLive]) {
        assert.ok((evidence?.asOf ?? NaN) <= app.clock.now())
        assert.ok((evidence?.lagMs ?? NaN) >= 0)
      }
      assert.ok((ofLive?.asOf ?? NaN) >= before, 'as of a call sent for the request')
    },
  ),
  'principal-of-a-machine': shared('a machine is its client, and in no group', async ({ send, users }) => {
    const token = await users.m2mToken({ scopes: ['orders/read'], clientId: 'mobile' })
    const { subject, clientId, scopes, groups } = expectGranted(await send('orders', { token }), 'orders')
    assert.deepEqual([subject, clientId, scopes, groups], ['mobile', 'mobile', ['orders/read'], []])
  }),
  'principal-of-opaque-token': shared('an opaque token has a principal like any other', async ({ send, partners }) => {
    const request = { sub: 'p-1', clientId: 'partner', scopes: ['orders/read'], claims: { groups: ['staff'] } }
    const token = await partners.opaqueToken(request)
    const { subject, clientId, scopes, groups, issuer } = expectGranted(await send('orders', { token }), 'orders')
    assert.deepEqual([subject, clientId, scopes, groups], ['p-1', 'partner', ['orders/read'], ['staff']])
    assert.equal(issuer, partners.issuer)
  }),
  'public-route': shared('a public route looks at no token', async ({ send, userToken, users }) => {
    const tokens = [await userToken(), await users.forged.wrongKey(), 'not-a-token']
    expectAnonymous(await send('open'), 'open')
    for (const token of tokens) expectAnonymous(await send('open', { token }), 'open')
  }),
  'error-of-a-handler': shared('an error of a handler is no refusal', async ({ send, userToken }) => {
    const token = await userToken()
    // An app in this process may leave the error to whoever called it.
    const response = await send('broken', { token }).catch(() => undefined)
    if (response === undefined) return
    expectNotHandled(response)
    assert.equal(response.status, 500)
    assert.equal(response.headers.get('www-authenticate'), null)
  }),
} satisfies Record<string, CaseDefinition>
