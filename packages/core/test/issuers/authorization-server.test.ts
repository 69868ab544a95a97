import { describe, expect, it } from 'vitest'
import { authorizationServer, type AuthorizationServerOptions, ConfigurationError } from '../../src/index.js'
import { json } from '../support/loopback-server.js'
import { signer } from '../support/signing.js'
import { serverFor, testIssuer, withToken } from '../support/test-issuer.js'

const valid: AuthorizationServerOptions = { issuer: 'https://auth.example.com', audience: 'orders-api' }

describe('the options of authorizationServer', () => {
  it('may be as few as issuer and audience', () => {
    expect(authorizationServer(valid).issuers).toStrictEqual(['https://auth.example.com'])
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['no issuer', { issuer: undefined }, 'authorizationServer.issuer must be an absolute https URL'],
    ['an http issuer', { issuer: 'http://auth.example.com' }, 'authorizationServer.issuer must be an https URL'],
    [
      'an http issuer, loopback allowed',
      { issuer: 'http://auth.example.com', allowInsecureLoopback: true },
      'loopback only',
    ],
    [
      'an issuer with a query',
      { issuer: 'https://auth.example.com?a' },
      'authorizationServer.issuer must not have a query',
    ],
    ['no audience', { audience: undefined }, 'authorizationServer.audience must be'],
    ['an empty audience', { audience: '' }, 'authorizationServer.audience must be'],
    ['an empty list of audiences', { audience: [] }, 'authorizationServer.audience must be'],
    ['an unknown profile', { profile: 'loose' }, "authorizationServer.profile must be 'rfc9068' or 'generic'"],
    ['no algorithm', { algorithms: [] }, 'authorizationServer.algorithms must be a list of one or more of RS256'],
    ['algorithm none', { algorithms: ['none'] }, 'authorizationServer.algorithms must be'],
    ['an HMAC algorithm', { algorithms: ['HS256'] }, 'authorizationServer.algorithms must be'],
    ['a list of holes', { algorithms: Object.assign([], { length: 1 }) }, 'authorizationServer.algorithms must be'],
    ['an algorithm that is no list', { algorithms: 'RS256' }, 'authorizationServer.algorithms must be'],
    [
      'an http key set address',
      { jwks: 'http://auth.example.com/keys' },
      'authorizationServer.jwks must be an https URL',
    ],
    ['a key set without keys', { jwks: { keys: [] } }, 'authorizationServer.jwks must be a JSON Web Key Set'],
    ['a key set with a weak key', { jwks: { keys: [signer('RS256', { modulusLength: 1024 }).jwk] } }, 'keys[0]'],
    ['jwks null', { jwks: null }, 'authorizationServer.jwks must be'],
    [
      'a clock tolerance of an hour',
      { clockTolerance: '1h' },
      'authorizationServer.clockTolerance must be a duration from 0ms to 1m',
    ],
    ['a negative clock tolerance', { clockTolerance: -1 }, 'authorizationServer.clockTolerance must be'],
    ['a timeout of nothing', { timeout: 0 }, 'authorizationServer.timeout must be a duration from 100ms to 30s'],
    ['a refresh age of nothing', { refreshAfter: '0s' }, 'authorizationServer.refreshAfter must be'],
    [
      'a maximum age below the refresh age',
      { refreshAfter: '1h', maxAge: '30m' },
      'authorizationServer.maxAge must not be below refreshAfter, which is 1h',
    ],
    ['a token age of nothing', { maxTokenAge: 0 }, 'authorizationServer.maxTokenAge must be'],
    [
      'loopback as text',
      { allowInsecureLoopback: 'true' },
      'authorizationServer.allowInsecureLoopback must be true or false',
    ],
    ['a misspelt option', { audiance: 'orders-api' }, 'authorizationServer.audiance is not an option'],
    ['opaque tokens', { opaqueTokens: true }, 'authorizationServer.opaqueTokens is not available in this version'],
    ['introspection', { introspection: {} }, 'authorizationServer.introspection is not available in this version'],
    [
      'a declared token lifetime',
      { maxTokenLifetime: '1h' },
      'authorizationServer.maxTokenLifetime is not available in this version',
    ],
  ])('are refused at once: %s', (_, changed, message) => {
    const make = () => authorizationServer({ ...valid, ...changed } as AuthorizationServerOptions)
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(message)
  })

  it('name the option in the error', () => {
    expect.assertions(1)
    try {
      authorizationServer({ ...valid, clockTolerance: '1h' })
    } catch (error) {
      expect((error as ConfigurationError).option).toBe('authorizationServer.clockTolerance')
    }
  })

  it('never repeat a value that was given', () => {
    const make = () => authorizationServer({ ...valid, issuer: 'http://user:hunter2@auth.example.com' })
    expect(make).toThrow(/^(?!.*hunter2).*$/)
  })
})

describe('the generic profile', () => {
  it.each([undefined, 'JWT', 'at+jwt', 'application/at+jwt'])('takes typ %j', async (typ) => {
    const issuer = await testIssuer()
    expect(await serverFor(issuer).api.authorize(withToken(issuer.token({}, { typ })))).toMatchObject({
      outcome: 'granted',
    })
  })

  it.each([
    ['at_hash', { at_hash: 'x' }],
    ['c_hash', { c_hash: 'x' }],
    ['token_use', { token_use: 'id' }],
  ])('takes a token with %s for an ID token', async (_, claims) => {
    const issuer = await testIssuer()
    expect(await serverFor(issuer).api.authorize(withToken(issuer.token(claims)))).toMatchObject({
      reason: 'id-token-presented',
    })
  })

  it('needs its audience among those of the token', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { audience: ['orders-api', 'https://orders.example.com'] })
    for (const aud of ['orders-api', 'https://orders.example.com', ['x', 'orders-api']]) {
      expect(await api.authorize(withToken(issuer.token({ aud })))).toMatchObject({ outcome: 'granted' })
    }
    for (const aud of ['orders', 'orders-api ', [], ['x'], undefined]) {
      expect(await api.authorize(withToken(issuer.token({ aud })))).toMatchObject({ reason: 'audience-not-accepted' })
    }
  })

  it('takes any audience where that was written out', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { audience: null })
    for (const aud of ['other-api', undefined]) {
      expect(await api.authorize(withToken(issuer.token({ aud })))).toMatchObject({ outcome: 'granted' })
    }
  })

  it.each([
    ['scope as text', { scope: 'a b' }, ['a', 'b']],
    ['scope as a list', { scope: ['a', 'b'] }, ['a', 'b']],
    ['scp', { scp: ['a', 'b'] }, ['a', 'b']],
    ['scope before scp', { scope: 'a', scp: 'b' }, ['a']],
    ['none', {}, []],
  ])('reads scopes: %s', async (_, claims, scopes) => {
    const issuer = await testIssuer()
    expect(await serverFor(issuer).api.verify(issuer.token(claims))).toMatchObject({ scopes })
  })

  it('takes a scope claim of the wrong type for a malformed one, though scp be there', async () => {
    const issuer = await testIssuer()
    await expect(serverFor(issuer).api.verify(issuer.token({ scope: null, scp: ['a'] }))).rejects.toMatchObject({
      code: 'claims-malformed',
    })
  })

  it('reads the client from client_id, then azp', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    expect(await api.verify(issuer.token({ azp: 'party' }))).toMatchObject({ clientId: 'client' })
    expect(await api.verify(issuer.token({ client_id: undefined, azp: 'party' }))).toMatchObject({ clientId: 'party' })
    expect(await api.verify(issuer.token({ client_id: undefined }))).toMatchObject({ clientId: undefined })
    await expect(api.verify(issuer.token({ azp: ['party'] }))).rejects.toMatchObject({ code: 'claims-malformed' })
  })

  it('reads groups', async () => {
    const issuer = await testIssuer()
    expect(await serverFor(issuer).api.verify(issuer.token({ groups: ['admin'] }))).toMatchObject({ groups: ['admin'] })
  })
})

describe('the RFC 9068 profile', () => {
  const at = { typ: 'at+jwt' }
  const complete = { jti: 'j' }

  it('takes a token that keeps to it', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { profile: 'rfc9068' })
    for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt']) {
      expect(await api.authorize(withToken(issuer.token(complete, { typ })))).toMatchObject({ outcome: 'granted' })
    }
  })

  it.each([undefined, 'JWT', 'jwt', 'dpop+jwt'])('refuses typ %j', async (typ) => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { profile: 'rfc9068' })
    expect(await api.authorize(withToken(issuer.token(complete, { typ })))).toMatchObject({
      reason: 'token-type-not-accepted',
    })
  })

  it.each(['iat', 'jti', 'client_id', 'sub', 'exp'])('refuses a token without %s', async (name) => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { profile: 'rfc9068' })
    const token = issuer.token({ ...complete, [name]: undefined }, at)
    expect(await api.authorize(withToken(token))).toMatchObject({ reason: 'claims-malformed' })
  })

  it('refuses another audience', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { profile: 'rfc9068' })
    expect(await api.authorize(withToken(issuer.token({ ...complete, aud: 'other-api' }, at)))).toMatchObject({
      reason: 'audience-not-accepted',
    })
  })

  it('requires an audience, also where any is accepted', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { profile: 'rfc9068', audience: null })
    for (const aud of [undefined, []]) {
      expect(await api.authorize(withToken(issuer.token({ ...complete, aud }, at)))).toMatchObject({
        reason: 'claims-malformed',
      })
    }
  })

  it('does not read scp', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { profile: 'rfc9068' })
    expect(await api.verify(issuer.token({ ...complete, scp: ['a'] }, at))).toMatchObject({ scopes: [] })
  })
})

describe('the key set', () => {
  it('may be discovered from the issuer itself', async () => {
    const issuer = await testIssuer()
    const own = issuer.jwks.url
    issuer.jwks.answer = (request, response) =>
      request.url === '/.well-known/oauth-authorization-server'
        ? json({ issuer: own, jwks_uri: `${own}/keys` })(request, response)
        : json({ keys: [issuer.key.jwk] })(request, response)
    const { api } = serverFor(issuer, { issuer: own, jwks: undefined })
    expect(await api.authorize(withToken(issuer.token({ iss: own })))).toMatchObject({ outcome: 'granted' })
  })

  it('may stand in the configuration; then nothing is fetched', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { jwks: { keys: [issuer.key.jwk as never] } })
    expect(await api.authorize(withToken(issuer.token()))).toMatchObject({ outcome: 'granted' })
    expect(await api.authorize(withToken(issuer.token({}, {}, signer())))).toMatchObject({ reason: 'unknown-key' })
    expect(issuer.jwks.requests).toHaveLength(0)
  })
})

it('clock tolerance decides how long after exp a token serves', async () => {
  const issuer = await testIssuer()
  for (const [clockTolerance, late, outcome] of [
    ['0s', 0, 'refused'],
    ['5s', 4, 'granted'],
    ['5s', 5, 'refused'],
    ['60s', 59, 'granted'],
  ] as const) {
    const exp = Math.floor(issuer.clock.now() / 1_000) - late
    const token = issuer.token({ exp, iat: exp - 60 })
    issuer.clock.stepWall(-(issuer.clock.now() % 1_000))
    expect(await serverFor(issuer, { clockTolerance }).api.authorize(withToken(token))).toMatchObject({ outcome })
  }
})
