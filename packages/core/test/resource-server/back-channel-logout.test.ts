import { fakeCognito } from '@tokenward/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  authorizationServer,
  createResourceServer,
  inMemoryRevocationList,
  type RevocationList,
} from '../../src/index.js'
import { cognitoApi } from '../support/cognito-api.js'
import { LOGOUT_EVENT } from '../support/logout-tokens.js'
import { json } from '../support/loopback-server.js'
import { signer } from '../support/signing.js'
import { serverFor, type TestIssuer, testIssuer, withToken } from '../support/test-issuer.js'

/** A server that acts on the logout tokens of an issuer, and requests that bring them. */
async function setUp({ list: changed = {} as Partial<RevocationList>, audience = 'orders-api' as string | null } = {}) {
  const issuer = await testIssuer()
  const { clock } = issuer
  const list = inMemoryRevocationList({ clock })
  const options = { backChannelLogout: { clientId: ['web', 'mobile'] }, audience }
  const { api, events } = serverFor(issuer, options, { revocationList: { ...list, ...changed } })
  const post = (token: string) => api.backChannelLogout(logoutRequest(token))
  return { issuer, clock, list, api, events, post, refusals: () => events.filter(({ type }) => type === REFUSED) }
}

const REFUSED = 'back-channel-logout-refused'

const logoutRequest = (token: string) => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams({ logout_token: token }).toString(),
})

/** A logout token of an issuer, good unless changed. It names the login and its user. */
function logoutToken(issuer: TestIssuer, changed: Record<string, unknown> = {}, header: Record<string, unknown> = {}) {
  const claims = { aud: 'web', client_id: undefined, jti: 'logout-1', sid: 'login-1', events: { [LOGOUT_EVENT]: {} } }
  return issuer.token({ ...claims, ...changed }, header)
}

describe('a back-channel logout', () => {
  it('ends the login it names: every request with a token of it is refused from then on', async () => {
    const { issuer, api, events, post } = await setUp()
    const [token, refreshed, other] = [
      issuer.token({ sid: 'login-1' }),
      issuer.token({ sid: 'login-1', jti: 'x' }),
      issuer.token({ sid: 'login-2' }),
    ]
    expect(await api.authorize(withToken(token))).toMatchObject({ outcome: 'granted' })
    expect(await post(logoutToken(issuer, {}, { typ: 'logout+jwt' }))).toStrictEqual({
      status: 200,
      headers: { 'Cache-Control': 'no-store' },
      body: '',
    })
    for (const ended of [token, refreshed]) {
      expect(await api.authorize(withToken(ended))).toMatchObject({ reason: 'token-revoked' })
    }
    expect(await api.authorize(withToken(other))).toMatchObject({ outcome: 'granted' })
    expect(events.find(({ type }) => type === 'revocation-listed')).toMatchObject({ kind: 'login' })
  })

  it('ends every login of the user where it names no login', async () => {
    const { issuer, api, post } = await setUp()
    await post(logoutToken(issuer, { sid: undefined, sub: 'alice' }))
    expect(await api.authorize(withToken(issuer.token({ sub: 'alice', sid: 'x' })))).toMatchObject({ status: 401 })
    expect(await api.authorize(withToken(issuer.token({ sub: 'bob' })))).toMatchObject({ outcome: 'granted' })
  })

  it('that comes again is done already', async () => {
    const { issuer, list, events, post } = await setUp()
    const token = logoutToken(issuer)
    await post(token)
    expect(await post(token)).toMatchObject({ status: 200 })
    expect(list.size).toBe(1)
    expect(events.filter(({ type }) => type === 'revocation-listed')).toHaveLength(1)
  })

  it('comes as a web Request, and the answer makes a Response', async () => {
    const { issuer, api } = await setUp()
    const { headers, body } = logoutRequest(logoutToken(issuer))
    const request = new Request('https://api.example.com/logout', { method: 'POST', headers, body })
    const answer = await api.backChannelLogout(request)
    const response = new Response(answer.body, answer)
    expect([response.status, response.headers.get('cache-control')]).toStrictEqual([200, 'no-store'])
  })
})

describe('a back-channel logout that is refused', () => {
  it.each<[string, (issuer: TestIssuer) => string]>([
    ['audience-not-accepted', (issuer) => logoutToken(issuer, { aud: 'another-client' })],
    ['token-expired', (issuer) => logoutToken(issuer, { exp: 1 })],
    ['token-too-old', (issuer) => logoutToken(issuer, { iat: Math.floor(issuer.clock.now() / 1_000) - 660 })],
    ['nonce-present', (issuer) => logoutToken(issuer, { nonce: 'n' })],
    ['claims-malformed', (issuer) => logoutToken(issuer, { sid: undefined, sub: undefined })],
    ['no-logout-event', (issuer) => issuer.token({ aud: 'web' })],
    ['token-type-not-accepted', (issuer) => logoutToken(issuer, {}, { typ: 'at+jwt' })],
    ['algorithm-not-allowed', (issuer) => logoutToken(issuer, {}, { alg: 'none' })],
    ['unknown-key', (issuer) => logoutToken(issuer, {}, { kid: 'other' })],
    ['signature-invalid', (issuer) => `${logoutToken(issuer).slice(0, -8)}AAAAAAAA`],
    ['token-malformed', () => 'made-up'],
    ['token-too-large', () => `${'x'.repeat(17_000)}`],
  ])('changes nothing, and says to the operator alone why: %s', async (reason, made) => {
    const { issuer, list, post, refusals } = await setUp()
    expect(await post(made(issuer))).toStrictEqual({
      status: 400,
      headers: { 'Cache-Control': 'no-store', 'Content-Type': 'application/json' },
      body: '{"error":"invalid_request","error_description":"The logout token is not accepted"}',
    })
    const isUnread = reason === 'token-malformed' || reason === 'token-too-large'
    const named = isUnread ? undefined : issuer.options.issuer
    expect(refusals()).toStrictEqual([{ type: REFUSED, at: issuer.clock.now(), issuer: named, reason }])
    expect(list.size).toBe(0)
  })

  it('because of its form is told what to send', async () => {
    const { issuer, api, refusals } = await setUp()
    const request = { ...logoutRequest(logoutToken(issuer)), method: 'GET' }
    expect(await api.backChannelLogout(request)).toMatchObject({
      status: 400,
      body: '{"error":"invalid_request","error_description":"Send one logout_token in a form, by POST"}',
    })
    expect(refusals()).toMatchObject([{ reason: 'request-malformed', issuer: undefined }])
  })

  it('is of an issuer that is not configured, or not for logouts', async () => {
    const [issuer, silent] = [await testIssuer(), await testIssuer()]
    const events: unknown[] = []
    const api = createResourceServer({
      issuers: [
        authorizationServer({ ...issuer.options, backChannelLogout: { clientId: 'web' } } as never),
        authorizationServer(silent.options),
      ],
      revocationList: inMemoryRevocationList(),
      onEvent: (event) => events.push(event),
    })
    onTestFinished(() => api.close())
    expect(await api.backChannelLogout(logoutRequest(logoutToken(silent)))).toMatchObject({ status: 400 })
    expect(await api.backChannelLogout(logoutRequest(logoutToken(await testIssuer())))).toMatchObject({ status: 400 })
    expect(events).toMatchObject([
      { reason: 'logout-not-expected', issuer: silent.options.issuer },
      { reason: 'issuer-not-trusted', issuer: undefined },
    ])
  })

  it('hides what the token said', async () => {
    const { issuer, events, post } = await setUp()
    const token = logoutToken(issuer, { aud: 'secret-client', sub: 'secret-user', sid: 'secret-login', jti: 'secret' })
    const told = JSON.stringify([await post(token), events])
    for (const hidden of ['secret', ...token.split('.')]) expect(told).not.toContain(hidden)
  })
})

describe('a back-channel logout that cannot be carried out now', () => {
  const unavailable = {
    status: 503,
    headers: { 'Cache-Control': 'no-store', 'Content-Type': 'application/json', 'Retry-After': '1' },
    body: '{"error_description":"The logout cannot be carried out now; try again"}',
  }

  it('for lack of keys may come again', async () => {
    const { issuer, post, refusals } = await setUp()
    issuer.jwks.answer = json({}, 503)
    expect(await post(logoutToken(issuer))).toStrictEqual(unavailable)
    expect(refusals()).toMatchObject([{ reason: 'jwks-unreachable', issuer: issuer.options.issuer }])
  })

  it('because the list cannot take it may come again, and is acted on then', async () => {
    let isDown = true
    const issuer = await testIssuer()
    const list = inMemoryRevocationList({ clock: issuer.clock })
    const add: RevocationList['add'] = (entries) =>
      isDown ? Promise.reject(new Error('secret: ECONNREFUSED')) : list.add(entries)
    const { api, events } = serverFor(
      issuer,
      { backChannelLogout: { clientId: 'web' } },
      { revocationList: { ...list, add } },
    )
    const request = logoutRequest(logoutToken(issuer))
    expect(await api.backChannelLogout(request)).toStrictEqual(unavailable)
    expect(events.find(({ type }) => type === REFUSED)).toMatchObject({ reason: 'list-failed' })
    isDown = false
    expect(await api.backChannelLogout(request)).toMatchObject({ status: 200 })
    expect(list.size).toBe(1)
  })

  it('because the server is closed may go to another', async () => {
    const { issuer, api, post } = await setUp()
    await api.close()
    expect(await post(logoutToken(issuer))).toStrictEqual(unavailable)
  })
})

describe('a logout token and an access token', () => {
  it.each([undefined, 'JWT', 'logout+jwt'])('do not pass for each other, with typ %j', async (typ) => {
    const { issuer, api, list, post } = await setUp({ audience: null })
    const logout = logoutToken(issuer, { scope: 'a', client_id: 'web' }, { typ })
    expect(await api.authorize(withToken(logout))).toMatchObject({ outcome: 'refused', status: 401 })
    const access = issuer.token({ aud: 'web', jti: 'x', sid: 'login-1' }, typ === 'logout+jwt' ? {} : { typ })
    expect(await api.authorize(withToken(access))).toMatchObject({ outcome: 'granted' })
    expect(await post(access)).toMatchObject({ status: 400 })
    expect(list.size).toBe(0)
    expect(await post(logout)).toMatchObject({ status: 200 })
  })

  it('of a user pool are no logout tokens, whatever they say', async () => {
    const pool = await fakeCognito({ clients: ['web'] })
    onTestFinished(() => pool.close())
    const api = cognitoApi(pool, {}, { revocationList: inMemoryRevocationList() })
    await expect(api.backChannelLogout(logoutRequest(await pool.accessToken()))).rejects.toThrow(
      'backChannelLogout needs an issuer with the option backChannelLogout',
    )
  })
})

describe('the configuration', () => {
  it('needs a revocation list', async () => {
    const { options } = await testIssuer()
    const issuer = authorizationServer({ ...options, backChannelLogout: { clientId: 'web' } } as never)
    expect(() => createResourceServer({ issuers: [issuer] })).toThrow(
      'createResourceServer.revocationList is needed where an issuer has backChannelLogout',
    )
  })

  it('needs an issuer whose logout tokens are expected', async () => {
    const { api } = serverFor(await testIssuer(), {}, { revocationList: inMemoryRevocationList() })
    await expect(api.backChannelLogout(logoutRequest('x'))).rejects.toMatchObject({ code: 'configuration-invalid' })
  })

  it('shares no key between issuers', async () => {
    const [issuer, other] = [await testIssuer(), await testIssuer({ key: signer() })]
    const list = inMemoryRevocationList({ clock: issuer.clock })
    const { api } = serverFor([issuer, other], { backChannelLogout: { clientId: 'web' } }, { revocationList: list })
    const forged = logoutToken(other, { iss: issuer.options.issuer })
    expect(await api.backChannelLogout(logoutRequest(forged))).toMatchObject({ status: 400 })
    expect(list.size).toBe(0)
  })
})
