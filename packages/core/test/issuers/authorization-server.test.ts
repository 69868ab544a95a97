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
    ['a misspelt option', { audiance: 'orders-api' }, 'authorizationServer.audiance is not an option'],
    ['opaque tokens', { opaqueTokens: true }, 'authorizationServer.opaqueTokens is not available in this version'],
    ['introspection', { introspection: {} }, 'authorizationServer.introspection is not available in this version'],
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

describe('the accepted algorithms', () => {
  it('are RS256, ES256 and EdDSA by default', async () => {
    for (const [alg, outcome] of [
      ['RS256', 'granted'],
      ['ES256', 'granted'],
      ['EdDSA', 'granted'],
      ['PS256', 'refused'],
      ['ES384', 'refused'],
    ] as const) {
      const issuer = await testIssuer({ alg })
      expect(await serverFor(issuer).api.authorize(withToken(issuer.token())), alg).toMatchObject({ outcome })
    }
  })
})
