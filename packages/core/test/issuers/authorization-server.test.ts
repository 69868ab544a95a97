import { describe, expect, it, onTestFinished } from 'vitest'
import { createHttpClient } from '#http-client'
import { authorizationServer, type AuthorizationServerOptions, ConfigurationError } from '../../src/index.js'
import type { OpaqueTokenIssuerOptions } from '../../src/issuers/authorization-server.js'
import { definitionOf } from '../../src/issuers/trusted-issuer.js'
import type { TokenFacts } from '../../src/tokens/token-facts.js'
import { clientSecretBasic } from '../../src/transport/client-authentication.js'
import { readInstant } from '../../src/transport/clock.js'
import { json, pathsAskedFor } from '../support/loopback-server.js'
import { issue, signer } from '../support/signing.js'
import { serverFor, testIssuer, withToken } from '../support/test-issuer.js'

const valid = { issuer: 'https://auth.example.com', audience: 'orders-api' } satisfies AuthorizationServerOptions
const introspection = { clientAuthentication: clientSecretBasic('api', 'secret') }

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
    ['opaque tokens alone', { opaqueTokens: true }, 'authorizationServer.opaqueTokens needs introspection'],
    ['opaque tokens perhaps', { opaqueTokens: 'yes', introspection }, 'authorizationServer.opaqueTokens must be true'],
    [
      'introspection as nobody',
      { introspection: {} },
      'authorizationServer.introspection.clientAuthentication must be',
    ],
    ['introspection null', { introspection: null }, 'authorizationServer.introspection takes a plain object'],
    [
      'an http endpoint',
      { introspection: { ...introspection, endpoint: 'http://127.0.0.1/introspect' } },
      'authorizationServer.introspection.endpoint must be an https URL',
    ],
    [
      'an age of what does not exist',
      { introspection, maxAgeWithoutExp: '60s' },
      'authorizationServer.maxAgeWithoutExp is for opaque tokens',
    ],
    [
      'a long age without exp',
      { introspection, opaqueTokens: true, maxAgeWithoutExp: '6m' },
      'authorizationServer.maxAgeWithoutExp must be a duration from 1s to 5m',
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

  it('in the configuration is what it was when it was checked, whatever becomes of the object', async () => {
    const issuer = await testIssuer()
    const other = signer('RS256', { kid: issuer.key.kid })
    const jwks = { keys: [{ ...issuer.key.jwk }] }
    const { api } = serverFor(issuer, { jwks: jwks as never })
    const swapped = issuer.token({}, {}, other)
    Object.assign(jwks.keys[0] as object, other.jwk)
    expect(await api.authorize(withToken(swapped))).toMatchObject({ status: 401, reason: 'signature-invalid' })
    jwks.keys = [other.jwk]
    expect(await api.authorize(withToken(swapped))).toMatchObject({ status: 401, reason: 'signature-invalid' })
    expect(await api.authorize(withToken(issuer.token()))).toMatchObject({ outcome: 'granted' })
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

describe('introspection', () => {
  const OAUTH = '/.well-known/oauth-authorization-server'

  /** The live check of an issuer whose metadata, keys and introspection endpoint are one server. */
  async function setUp(changed: Partial<OpaqueTokenIssuerOptions> = {}) {
    const issuer = await testIssuer({ alg: 'ES256' })
    const own = issuer.jwks.url
    const current = { answer: { active: true } as Record<string, unknown> }
    issuer.jwks.answer = (request, response) => {
      const documents: Record<string, object> = {
        [OAUTH]: { issuer: own, jwks_uri: `${own}/keys`, introspection_endpoint: `${own}/introspect` },
        '/keys': { keys: [issuer.key.jwk] },
        '/introspect': current.answer,
      }
      json(documents[request.url ?? ''], 200)(request, response)
    }
    const definition = definitionOf(
      authorizationServer({
        ...issuer.options,
        issuer: own,
        jwks: undefined,
        opaqueTokens: true,
        introspection,
        ...changed,
      }),
      'test',
    )
    const http = createHttpClient()
    onTestFinished(() => http.close())
    const context = { http, clock: issuer.clock, emit() {} }
    const check = definition.connectLive?.(context)
    const ask = (facts?: TokenFacts) =>
      check?.ask({ token: 't', facts, credible: true, sentAt: readInstant(issuer.clock) })
    return { issuer, definition, context, current, check, ask, asked: () => pathsAskedFor(issuer.jwks) }
  }

  it('is looked up when first needed, in metadata that the keys share', async () => {
    const { issuer, definition, context, asked, ask } = await setUp()
    expect(asked()).toStrictEqual([])
    await ask()
    await ask()
    expect(asked()).toStrictEqual([OAUTH, '/introspect', '/introspect'])
    await definition.connect(issuer.jwks.url, context).keys.load()
    expect(asked().slice(3)).toStrictEqual(['/keys'])
  })

  it('is asked where it is told', async () => {
    const { issuer } = await setUp()
    const endpoint = `${issuer.jwks.url}/introspect`
    const { ask, asked } = await setUp({ introspection: { ...introspection, endpoint } })
    await ask()
    expect(asked()).toStrictEqual([])
    expect(pathsAskedFor(issuer.jwks)).toStrictEqual(['/introspect'])
  })

  it('makes the facts of an opaque token, by the generic profile', async () => {
    const { current, ask } = await setUp({ profile: 'rfc9068', maxAgeWithoutExp: '10s' })
    current.answer = { active: true, sub: 'u1', aud: 'orders-api' }
    expect(await ask()).toMatchObject({ facts: { subject: 'u1' } })
    current.answer = { active: true, sub: 'u1', aud: 'pay-api' }
    expect(await ask()).toStrictEqual({ active: true, facts: 'audience-not-accepted' })
  })

  it.each([
    [undefined, 60_000],
    ['10s', 10_000],
  ] as const)('lets an answer without exp serve for maxAgeWithoutExp, %s', async (maxAgeWithoutExp, age) => {
    const { issuer, current, ask } = await setUp({ maxAgeWithoutExp, clockTolerance: 0 })
    current.answer = { active: true, sub: 'u1', aud: 'orders-api' }
    expect(await ask()).toMatchObject({ facts: { expiresAt: issuer.clock.now() + age } })
  })

  it('takes answers that the keys of the issuer have signed', async () => {
    const { issuer, ask } = await setUp({ introspection: { ...introspection, signedResponses: true } })
    const own = issuer.jwks.url
    const before = issuer.jwks.answer
    issuer.jwks.answer = (request, response) => {
      if (request.url !== '/introspect') return before(request, response)
      const iat = Math.floor(issuer.clock.now() / 1_000)
      const token_introspection = { active: true, sub: 'u1', aud: 'orders-api' }
      const payload = { iss: own, aud: 'api', iat, token_introspection }
      const answer = issue(issuer.key, { header: { typ: 'token-introspection+jwt' }, payload })
      response.writeHead(200, { 'content-type': 'application/token-introspection+jwt' }).end(answer)
    }
    expect(await ask()).toMatchObject({ facts: { subject: 'u1' } })
  })

  it('is nothing that a resource server waits for unless it was asked for', () => {
    const { connectLive, opaqueTokens, evidence } = definitionOf(authorizationServer(valid), 'test')
    expect({ connectLive, opaqueTokens, evidence }).toMatchObject({
      connectLive: undefined,
      opaqueTokens: false,
      evidence: { inactiveMemory: 0 },
    })
  })

  it('is for JWTs alone unless opaque tokens are named', async () => {
    const { definition, check } = await setUp({ opaqueTokens: false })
    expect(definition).toMatchObject({ opaqueTokens: false, evidence: { inactiveMemory: 10_000 } })
    expect(check?.reaches(undefined)).toBe(false)
    expect((await setUp()).check?.reaches(undefined)).toBe(true)
  })

  it('remembers an inactive answer for as long as is said', async () => {
    const { definition } = await setUp({ introspection: { ...introspection, inactiveAnswerMaxAge: '0s' } })
    expect(definition.evidence.inactiveMemory).toBe(0)
  })
})
