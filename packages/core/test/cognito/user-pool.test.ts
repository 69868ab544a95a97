import { fakeCognito } from '@tokenward/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { cognitoUserPool, type CognitoUserPoolOptions } from '../../src/cognito/index.js'
import { ConfigurationError, createResourceServer, type ResourceServerOptions } from '../../src/index.js'
import { withToken } from '../support/test-issuer.js'

type Pool = Awaited<ReturnType<typeof fakeCognito>>

function apiFor(
  pool: Pool,
  changed: Partial<CognitoUserPoolOptions> = {},
  options: Partial<ResourceServerOptions> = {},
) {
  const { userPoolId, clientId, clock, fetch } = pool
  const issuer = cognitoUserPool({ userPoolId, clientId, ...changed })
  const api = createResourceServer({ issuers: [issuer], clock, fetch, ...options })
  onTestFinished(() => api.close())
  return api
}

describe('the options of cognitoUserPool', () => {
  const valid: CognitoUserPoolOptions = { userPoolId: 'eu-west-1_AbCdEf123', clientId: 'web' }

  it.each<[string, Record<string, unknown>, string]>([
    [
      'a pool id that is none',
      { userPoolId: 'x' },
      "cognitoUserPool.userPoolId must be a user pool id such as 'eu-west-1_AbCdEf123'",
    ],
    ['no pool id', { userPoolId: undefined }, 'cognitoUserPool.userPoolId'],
    ['a pool id with a path', { userPoolId: 'eu-west-1_abc/../x' }, 'cognitoUserPool.userPoolId'],
    ['a pool id with a host', { userPoolId: 'eu-west-1.evil.example_abc' }, 'cognitoUserPool.userPoolId'],
    [
      'no client',
      { clientId: undefined },
      'cognitoUserPool.clientId must be an app client id or a list of them (null accepts every client of the pool)',
    ],
    ['an empty client', { clientId: '' }, 'cognitoUserPool.clientId'],
    ['an empty list of clients', { clientId: [] }, 'cognitoUserPool.clientId'],
    ['a client that is undefined', { clientId: ['web', undefined] }, 'cognitoUserPool.clientId'],
    ['an unknown token use', { tokenUse: 'refresh' }, "cognitoUserPool.tokenUse must be 'access' or 'id'"],
    ['token use null', { tokenUse: null }, 'cognitoUserPool.tokenUse'],
    ['an empty audience', { audience: [] }, 'cognitoUserPool.audience'],
    [
      'an audience for ID tokens',
      { audience: 'x', tokenUse: 'id' },
      'cognitoUserPool.audience applies to access tokens',
    ],
    ['an http endpoint', { endpoint: 'http://localhost:9229' }, 'cognitoUserPool.endpoint must be an https URL'],
    ['no issuers', { issuers: [] }, 'cognitoUserPool.issuers must be a list'],
    [
      'an issuer of another pool',
      { issuers: ['https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other'] },
      'must each end with /<userPoolId>',
    ],
    [
      'an http issuer',
      { issuers: ['http://a.example/eu-west-1_AbCdEf123'] },
      'cognitoUserPool.issuers must be an https URL',
    ],
    [
      'a clock tolerance of an hour',
      { clockTolerance: '1h' },
      'cognitoUserPool.clockTolerance must be a duration from 0ms to 1m',
    ],
    ['a misspelt option', { clientID: 'web' }, 'cognitoUserPool.clientID is not an option'],
    ['liveness', { liveness: {} }, 'cognitoUserPool.liveness is not available in this version'],
    ['a domain', { domain: 'auth.example.com' }, 'cognitoUserPool.domain is not available in this version'],
  ])('are refused at once: %s', (_, changed, message) => {
    const make = () => cognitoUserPool({ ...valid, ...changed } as CognitoUserPoolOptions)
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(message)
  })
})

describe('the issuers of a pool', () => {
  it.each([
    ['eu-west-1_Ab1', 'cognito-idp.eu-west-1.amazonaws.com'],
    ['us-gov-west-1_Ab1', 'cognito-idp.us-gov-west-1.amazonaws.com'],
    ['cn-north-1_Ab1', 'cognito-idp.cn-north-1.amazonaws.com.cn'],
    ['eusc-de-east-1_Ab1', 'cognito-idp.eusc-de-east-1.amazonaws.eu'],
    ['ap-southeast-2_Ab1', 'cognito-idp.ap-southeast-2.amazonaws.com'],
    ['xx-fake-1_Ab1', 'cognito-idp.xx-fake-1.amazonaws.com'],
  ])('of %s are both formats of its partition', (userPoolId, host) => {
    expect(cognitoUserPool({ userPoolId, clientId: 'web' }).issuers).toStrictEqual([
      `https://${host}/${userPoolId}`,
      `https://issuer-${host}/${userPoolId}`,
    ])
  })

  it('may be named, for a replica', () => {
    const issuers = ['https://cognito-idp.eu-central-1.amazonaws.com/eu-west-1_Ab1'] as const
    expect(cognitoUserPool({ userPoolId: 'eu-west-1_Ab1', clientId: 'web', issuers }).issuers).toStrictEqual(issuers)
  })

  it.each(['ORIGINAL', 'UPDATED'] as const)('serve a pool of type %s without being told', async (issuerType) => {
    const pool = await fakeCognito({ issuerType })
    const api = apiFor(pool)
    expect(await api.authorize(withToken(await pool.accessToken()))).toMatchObject({ outcome: 'granted' })
    await expect(api.ready()).resolves.toBeUndefined()
  })
})

describe('an access token', () => {
  it('becomes a principal', async () => {
    const pool = await fakeCognito({ clients: ['web'], resourceServers: { orders: ['read'] } })
    const token = await pool.accessToken({ sub: 'u1', scopes: ['orders/read', 'openid'], groups: ['admin'] })
    expect(await apiFor(pool).verify(token)).toMatchObject({
      subject: 'u1',
      clientId: 'web',
      scopes: ['orders/read', 'openid'],
      groups: ['admin'],
      issuer: pool.issuer,
      claims: { token_use: 'access', username: 'u1' },
      evidence: { source: 'local-validation', relaxed: false },
    })
  })

  it('of any listed client is accepted, of another refused', async () => {
    const pool = await fakeCognito({ clients: ['web', 'mobile', 'partner'] })
    const api = apiFor(pool, { clientId: ['web', 'mobile'] })
    expect(await api.authorize(withToken(await pool.accessToken({ clientId: 'mobile' })))).toMatchObject({
      outcome: 'granted',
    })
    expect(await api.authorize(withToken(await pool.accessToken({ clientId: 'partner' })))).toMatchObject({
      reason: 'client-not-accepted',
    })
  })

  it('of any client is accepted where that was written out', async () => {
    const pool = await fakeCognito({ clients: ['web', 'partner'] })
    const api = apiFor(pool, { clientId: null })
    expect(await api.authorize(withToken(await pool.accessToken({ clientId: 'partner' })))).toMatchObject({
      outcome: 'granted',
    })
  })

  it('bound to a resource is refused unless that is this API', async () => {
    const pool = await fakeCognito()
    const bound = await pool.accessToken({ resource: 'https://orders.example.com' })
    const unbound = await pool.accessToken()
    const toItsClient = await pool.accessToken({ resource: pool.clientId })
    const outcomes = async (audience: CognitoUserPoolOptions['audience']) => {
      const api = apiFor(pool, { audience })
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
    expect(await apiFor(pool).authorize(withToken(await pool.accessToken({ claims })))).toMatchObject({
      status: 401,
      reason,
    })
    expect(pool.jwks.hits).toBe(0)
  })

  it('without groups has none, and without scopes none', async () => {
    const pool = await fakeCognito()
    expect(await apiFor(pool).verify(await pool.accessToken({ claims: { scope: undefined } }))).toMatchObject({
      groups: [],
      scopes: [],
    })
  })
})

describe('every forged token', () => {
  const reasons = {
    wrongKey: 'signature-invalid',
    unknownKid: 'unknown-key',
    tampered: 'signature-invalid',
    algNone: 'algorithm-not-allowed',
    hs256WithPublicKey: 'algorithm-not-allowed',
    expired: 'token-expired',
    notYetValid: 'token-not-yet-valid',
    issuedInTheFuture: 'issued-in-the-future',
    withoutExpiry: 'claims-malformed',
    idToken: 'id-token-presented',
    otherPool: 'issuer-not-trusted',
    otherClient: 'client-not-accepted',
    critical: 'critical-header',
    senderConstrained: 'sender-constraint-unchecked',
  } as const

  it('of the testkit is named here', async () => {
    expect(Object.keys((await fakeCognito()).forged).toSorted()).toStrictEqual(Object.keys(reasons).toSorted())
  })

  it.each(Object.entries(reasons))('%s is refused: %s', async (kind, reason) => {
    const pool = await fakeCognito()
    const token = await pool.forged[kind as keyof typeof reasons]()
    expect(await apiFor(pool).authorize(withToken(token))).toMatchObject({ outcome: 'refused', status: 401, reason })
  })
})

describe('another pool', () => {
  it('is refused although its token names this pool', async () => {
    const [pool, other] = [await fakeCognito(), await fakeCognito()]
    const stolen = await other.accessToken({ claims: { iss: pool.issuer } })
    expect(await apiFor(pool).authorize(withToken(stolen))).toMatchObject({ outcome: 'refused', reason: 'unknown-key' })
  })

  it('may be configured beside the first', async () => {
    const [a, b] = [await fakeCognito({ clients: ['web'] }), await fakeCognito({ clients: ['web'] })]
    const api = createResourceServer({
      issuers: [
        cognitoUserPool({ userPoolId: a.userPoolId, clientId: 'web' }),
        cognitoUserPool({ userPoolId: b.userPoolId, clientId: 'web' }),
      ],
      fetch: (url, init) => (url.includes(a.userPoolId) ? a : b).fetch(url, init as never),
    })
    expect((await api.verify(await a.accessToken())).issuer).toBe(a.issuer)
    expect((await api.verify(await b.accessToken())).issuer).toBe(b.issuer)
  })

  it('cannot be the same pool twice', () => {
    const pool = cognitoUserPool({ userPoolId: 'eu-west-1_Ab1', clientId: 'web' })
    expect(() => createResourceServer({ issuers: [pool, pool] })).toThrow(
      'createResourceServer.issuers[1] repeats https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1',
    )
  })
})

describe("tokenUse 'id'", () => {
  it('takes ID tokens of its clients and refuses access tokens', async () => {
    const pool = await fakeCognito({ clients: ['web', 'partner'] })
    const api = apiFor(pool, { tokenUse: 'id', clientId: 'web' })
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
    const api = apiFor(pool, { tokenUse: 'id' })
    expect(await api.authorize(withToken(await pool.idToken({ claims })))).toMatchObject({ reason: 'claims-malformed' })
  })

  it('never has scopes, whatever a trigger wrote into the token', async () => {
    const pool = await fakeCognito()
    const api = apiFor(pool, { tokenUse: 'id' })
    expect((await api.verify(await pool.idToken({ claims: { scope: 'admin' } }))).scopes).toStrictEqual([])
  })

  it('is refused on routes with scopes, when they are made', async () => {
    const pool = await fakeCognito()
    const api = apiFor(pool, { tokenUse: 'id' })
    expect(() => api.policy({ scopes: ['orders/read'] })).toThrow('policy.scopes can never be met')
    expect(() => api.policy({ anyScope: ['orders/read'] })).toThrow('policy.anyScope can never be met')
    expect(() => api.policy({ groups: ['admin'] })).not.toThrow()
  })

  it('beside access tokens of another pool is refused on such a route when it comes', async () => {
    const [access, id] = [await fakeCognito(), await fakeCognito()]
    const api = createResourceServer({
      issuers: [
        cognitoUserPool({ userPoolId: access.userPoolId, clientId: access.clientId }),
        cognitoUserPool({ userPoolId: id.userPoolId, clientId: id.clientId, tokenUse: 'id' }),
      ],
      fetch: (url, init) => (url.includes(id.userPoolId) ? id : access).fetch(url, init as never),
    })
    const token = await id.idToken({ claims: { scope: 'openid' } })
    expect(await api.authorize(withToken(token), { scopes: ['openid'] })).toMatchObject({
      status: 403,
      reason: 'scope-missing',
    })
  })
})

describe('the endpoint option', () => {
  it('moves the keys to another host and leaves the issuer alone', async () => {
    const pool = await fakeCognito()
    const served = await pool.serve()
    onTestFinished(() => served.close())
    const api = apiFor(pool, { endpoint: `${served.url}/`, allowInsecureLoopback: true }, { fetch: undefined })
    expect(await api.verify(await pool.accessToken())).toMatchObject({ issuer: pool.issuer })
    expect(pool.jwks.hits).toBe(1)
  })
})
