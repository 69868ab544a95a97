import { fakeCognito } from '@tokenward/testkit'
import { describe, expect, it } from 'vitest'
import { cognitoAccessTokenProfile, cognitoIdTokenProfile } from '../../src/cognito/cognito-claims.js'
import type { CognitoUserPoolOptions } from '../../src/cognito/index.js'
import { readRegisteredClaims, type RegisteredClaims } from '../../src/tokens/registered-claims.js'
import { cognitoApi } from '../support/cognito-api.js'
import { withToken } from '../support/test-issuer.js'

describe.each([
  ['access', cognitoAccessTokenProfile({ clientIds: ['web'], audience: undefined })],
  ['id', cognitoIdTokenProfile({ clientIds: ['web'] })],
] as const)('a token for %s', (tokenUse, profile) => {
  const payload = { iss: 'i', sub: 's', exp: 9, iat: 1, client_id: 'web', aud: 'web', token_use: tokenUse }
  const claims = readRegisteredClaims(payload) as RegisteredClaims
  const refusal = (typ?: string) => profile.refusal({ header: { alg: 'RS256', kid: 'k', typ }, payload, claims })

  it('may say that it is a JWT, or nothing, as those of Cognito do', () => {
    expect([refusal(), refusal('JWT')]).toStrictEqual([undefined, undefined])
  })

  it.each(['logout+jwt', 'dpop+jwt', 'application/token-introspection+jwt', ''])('is refused as %j', (typ) => {
    expect(refusal(typ)).toBe('token-type-not-accepted')
  })
})

describe('an access token', () => {
  it('becomes a principal', async () => {
    const pool = await fakeCognito({ clients: ['web'], resourceServers: { orders: ['read'] } })
    const token = await pool.accessToken({ sub: 'u1', scopes: ['orders/read', 'openid'], groups: ['admin'] })
    expect(await cognitoApi(pool).verify(token)).toMatchObject({
      subject: 'u1',
      clientId: 'web',
      scopes: ['orders/read', 'openid'],
      groups: ['admin'],
      issuer: pool.issuer,
      claims: { token_use: 'access', username: 'u1' },
      evidence: { source: 'local-validation', relaxed: false },
    })
  })

  it('of a machine is granted: its subject is the client, and it has no user name', async () => {
    const pool = await fakeCognito({ clients: ['worker'], resourceServers: { orders: ['read', 'write'] } })
    const token = await pool.m2mToken({ scopes: ['orders/read'] })
    const outcome = await cognitoApi(pool).authorize(withToken(token), { scopes: ['orders/read'] })
    if (outcome.outcome !== 'granted') throw new Error(outcome.reason)
    const { subject, clientId, scopes, groups, claims } = outcome.principal
    expect({ subject, clientId, scopes, groups }).toStrictEqual({
      subject: 'worker',
      clientId: 'worker',
      scopes: ['orders/read'],
      groups: [],
    })
    expect(claims).not.toHaveProperty('username')
  })

  it('of any listed client is accepted, of another refused', async () => {
    const pool = await fakeCognito({ clients: ['web', 'mobile', 'partner'] })
    const api = cognitoApi(pool, { clientId: ['web', 'mobile'] })
    expect(await api.authorize(withToken(await pool.accessToken({ clientId: 'mobile' })))).toMatchObject({
      outcome: 'granted',
    })
    expect(await api.authorize(withToken(await pool.accessToken({ clientId: 'partner' })))).toMatchObject({
      reason: 'client-not-accepted',
    })
  })

  it('of any client is accepted where that was written out', async () => {
    const pool = await fakeCognito({ clients: ['web', 'partner'] })
    const api = cognitoApi(pool, { clientId: null })
    expect(await api.authorize(withToken(await pool.accessToken({ clientId: 'partner' })))).toMatchObject({
      outcome: 'granted',
    })
  })

  it('bound to a resource is refused unless that is this API', async () => {
    const pool = await fakeCognito()
    const bound = await pool.accessToken({ resource: 'https://orders.example.com' })
    const unbound = await pool.accessToken()
    const toItsClient = await pool.accessToken({ claims: { aud: pool.clientId } })
    const outcomes = async (audience: CognitoUserPoolOptions['audience']) => {
      const api = cognitoApi(pool, { audience })
      return Promise.all(
        [bound, unbound, toItsClient].map(async (token) => (await api.authorize(withToken(token))).outcome),
      )
    }
    expect(await outcomes(undefined)).toStrictEqual(['refused', 'granted', 'granted'])
    expect(await outcomes('https://orders.example.com')).toStrictEqual(['granted', 'refused', 'refused'])
    expect(await outcomes(['https://other.example.com', 'https://orders.example.com'])).toStrictEqual([
      'granted',
      'refused',
      'refused',
    ])
    expect(await outcomes('https://other.example.com')).toStrictEqual(['refused', 'refused', 'refused'])
    expect(await outcomes(null)).toStrictEqual(['granted', 'granted', 'granted'])
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['no token_use', { token_use: undefined }, 'token-use-not-accepted'],
    ['token_use refresh', { token_use: 'refresh' }, 'token-use-not-accepted'],
    ['token_use as a list', { token_use: ['access'] }, 'token-use-not-accepted'],
    ['no client_id', { client_id: undefined }, 'claims-malformed'],
    ['no iat', { iat: undefined }, 'claims-malformed'],
    ['groups as text', { 'cognito:groups': 'admin' }, 'claims-malformed'],
    ['groups with a number', { 'cognito:groups': ['admin', 7] }, 'claims-malformed'],
    ['scope as a number', { scope: 7 }, 'claims-malformed'],
    ['scope as an object', { scope: { a: 1 } }, 'claims-malformed'],
  ])('with %s is refused', async (_, claims, reason) => {
    const pool = await fakeCognito()
    expect(await cognitoApi(pool).authorize(withToken(await pool.accessToken({ claims })))).toMatchObject({
      status: 401,
      reason,
    })
    expect(pool.jwks.hits).toBe(0)
  })

  it('without groups has none, and without scopes none', async () => {
    const pool = await fakeCognito()
    expect(await cognitoApi(pool).verify(await pool.accessToken({ claims: { scope: undefined } }))).toMatchObject({
      groups: [],
      scopes: [],
    })
  })
})

describe("tokenUse 'id'", () => {
  it('takes ID tokens of its clients and refuses access tokens', async () => {
    const pool = await fakeCognito({ clients: ['web', 'partner'] })
    const api = cognitoApi(pool, { tokenUse: 'id', clientId: 'web' })
    expect(await api.verify(await pool.idToken({ sub: 'u1', groups: ['admin'] }))).toMatchObject({
      subject: 'u1',
      clientId: 'web',
      groups: ['admin'],
      scopes: [],
    })
    expect(await api.authorize(withToken(await pool.idToken({ clientId: 'partner' })))).toMatchObject({
      reason: 'client-not-accepted',
    })
    expect(await api.authorize(withToken(await pool.accessToken()))).toMatchObject({ reason: 'token-use-not-accepted' })
  })

  it.each<[string, Record<string, unknown>]>([
    ['two audiences', { aud: ['web', 'x'] }],
    ['no audience', { aud: undefined }],
    ['no iat', { iat: undefined }],
    ['groups as text', { 'cognito:groups': 'admin' }],
  ])('refuses an ID token with %s', async (_, claims) => {
    const pool = await fakeCognito({ clients: ['web'] })
    const api = cognitoApi(pool, { tokenUse: 'id' })
    expect(await api.authorize(withToken(await pool.idToken({ claims })))).toMatchObject({ reason: 'claims-malformed' })
  })

  it('never has scopes, whatever a trigger wrote into the token', async () => {
    const pool = await fakeCognito()
    const api = cognitoApi(pool, { tokenUse: 'id' })
    expect((await api.verify(await pool.idToken({ claims: { scope: 'admin' } }))).scopes).toStrictEqual([])
  })
})
