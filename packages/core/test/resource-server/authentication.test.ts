import { randomBytes } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  ConfigurationError,
  createResourceServer,
  inMemoryRevocationList,
  type ResourceServerOptions,
  revocationEntryFor,
} from '../../src/index.js'
import { introspectedApi, introspectingIssuer, mustBeGranted } from '../support/introspected-api.js'
import { json } from '../support/loopback-server.js'
import { signer, type Signer } from '../support/signing.js'
import { anonymous, serverFor, testIssuer, withToken } from '../support/test-issuer.js'
import { countHashes, countVerifications } from '../support/verifications.js'

const random = (bytes: number) => randomBytes(bytes).toString('base64url')
const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')

describe('a token that is no JWT', () => {
  it('is shown to the one issuer that takes opaque tokens', async () => {
    const { server, api } = await introspectedApi()
    const token = await server.opaqueToken({ sub: 'u1' })
    expect(await api.authorize(withToken(token))).toMatchObject({
      outcome: 'granted',
      principal: { subject: 'u1', issuer: server.issuer, evidence: { source: 'live-call' } },
    })
  })

  it.each([
    ['of one part', 'abc'],
    ['of two parts', `${random(8)}.${random(8)}`],
    ['of three parts that are no JWS', `v4.public.${random(30)}`],
    ['of five parts, as an encrypted JWT has', [encoded({ alg: 'RSA-OAEP' }), 'k', 'i', 'c', 't'].join('.')],
    ['with every character that RFC 6750 §2.1 allows', 'az09-._~+/=='],
  ])('%s is asked about', async (_, token) => {
    const { server, api } = await introspectedApi()
    server.introspection.answerWith(token, { active: true, sub: 'u1', aud: 'https://api.example', exp: 9e9 })
    expect(await api.authorize(withToken(token))).toMatchObject({ principal: { subject: 'u1' } })
    expect(server.introspection.hits).toBe(1)
  })

  it('is refused without a call where no issuer takes opaque tokens', async () => {
    const { server, api } = await introspectedApi({ opaqueTokens: false })
    const token = await server.opaqueToken()
    expect(await api.authorize(withToken(token), { maxRevocationLag: '0s' })).toMatchObject({
      status: 401,
      reason: 'token-malformed',
    })
    expect(server.introspection.hits).toBe(0)
  })
})

describe('a text that nobody is asked about', () => {
  it.each([
    ['empty', ''],
    ['with a space', 'a b'],
    ['with a line break', 'abc\r\nx-injected: 1'],
    ['that ends with a line break', 'abc\n'],
    ['with a control character', 'a\u0000b'],
    ['with a character beyond ASCII', 'tokén'],
    ['with padding in its middle', 'ab=c'],
    ['of padding alone', '=='],
    ['longer than maxTokenBytes', 'a'.repeat(16_385)],
    ['like a JWT with a broken header', `${encoded({ alg: 'RS256' }).slice(0, -1)}!.e30.c2ln`],
    ['like a JWT with a broken payload', `${encoded({ alg: 'RS256' })}.%%%.c2ln`],
    ['like a JWT whose payload is no JSON', `${encoded({ alg: 'RS256' })}.${random(30)}.${random(256)}`],
    ['like a JWT whose signature is no base64url', `${encoded({ alg: 'RS256' })}.e30.a+/b`],
    ['like a JWT that repeats a member', `${Buffer.from('{"alg":"RS256","alg":"none"}').toString('base64url')}.e30.eA`],
    ['like a JWT without a signature', `${encoded({ alg: 'none' })}.${encoded({ sub: 'admin' })}.`],
    ['like a JWT with padding', `${encoded({ alg: 'RS256' })}.e30=.c2ln`],
  ])('is one %s', async (_, token) => {
    const { server, api } = await introspectedApi()
    await expect(api.verify(token, { maxRevocationLag: '0s' })).rejects.toMatchObject({ status: 401 })
    const outcome = await api.authorize({ ...anonymous, headers: { authorization: `Bearer ${token}` } })
    expect(outcome.outcome).toBe('refused')
    expect(server.introspection.hits + server.jwks.hits + server.metadata.hits).toBe(0)
  })

  it('is a JWT of an issuer that is not trusted, or that names none', async () => {
    const { server, api } = await introspectedApi()
    for (const iss of ['https://elsewhere.example', undefined, 7]) {
      const token = await server.accessToken({ claims: { iss } })
      server.introspection.answerWith(token, { active: true, iss: server.issuer })
      expect(await api.authorize(withToken(token), { maxRevocationLag: '0s' })).toMatchObject({
        status: 401,
        reason: 'issuer-not-trusted',
      })
    }
    expect(server.introspection.hits).toBe(0)
  })

  it('is a JWT whose own checks fail, whatever its issuer would say', async () => {
    const { server, api } = await introspectedApi()
    const good = await server.accessToken()
    const tokens = [
      `${good.slice(0, good.lastIndexOf('.'))}.${random(256)}`,
      await server.accessToken({ audience: 'https://another.example' }),
      await server.accessToken({ cnf: { jkt: 'x' } }),
      await server.accessToken({ claims: { nbf: 9e9 } }),
    ]
    for (const token of tokens) {
      server.introspection.answerWith(token, { active: true })
      expect(await api.authorize(withToken(token), { maxRevocationLag: '0s' })).toMatchObject({ status: 401 })
    }
    expect(server.introspection.hits).toBe(0)
  })

  it('is a JWT that breaks a rule of the route', async () => {
    const { server, api } = await introspectedApi()
    const policy = { scopes: ['orders/write'], maxRevocationLag: '0s' } as const
    expect(await api.authorize(withToken(await server.accessToken()), policy)).toMatchObject({ status: 403 })
    // A call would have come by then that was made before this one.
    await api.authorize(withToken(await server.accessToken()), { maxRevocationLag: '0s' })
    expect(server.introspection.hits).toBe(1)
  })
})

describe('opaque tokens of several issuers', () => {
  async function twoIssuers() {
    const [a, b] = [await introspectingIssuer(), await introspectingIssuer()]
    const api = createResourceServer({ issuers: [a.issuer, b.issuer], clock: a.server.clock })
    onTestFinished(() => api.close())
    return { a: a.server, b: b.server, api }
  }

  it('need a route that names one of them, and the error names both', async () => {
    const { a, b, api } = await twoIssuers()
    const both = `${a.issuer} or ${b.issuer}`
    expect(() => api.policy({ scopes: ['x'] })).toThrow(ConfigurationError)
    expect(() => api.policy({ issuers: [a.issuer, b.issuer] })).toThrow(both)
    await expect(api.authorize(anonymous)).rejects.toThrow(both)
    expect(() => api.explain()).toThrow(both)
  })

  it('go to the issuer that the route names, and to no other', async () => {
    const { a, b, api } = await twoIssuers()
    const token = await b.opaqueToken({ sub: 'u1' })
    expect(await api.authorize(withToken(token), { issuers: [b.issuer] })).toMatchObject({ outcome: 'granted' })
    expect([a.introspection.hits, b.introspection.hits]).toStrictEqual([0, 1])
    expect(await api.authorize(withToken(token), { issuers: [a.issuer] })).toMatchObject({ reason: 'token-revoked' })
    expect([a.introspection.hits, b.introspection.hits]).toStrictEqual([1, 1])
    // What one issuer said of a text is nothing the other has said.
    expect(await api.authorize(withToken(token), { issuers: [b.issuer] })).toMatchObject({ outcome: 'granted' })
  })

  it('are refused on a route for an issuer of JWTs alone, and nobody is asked', async () => {
    const [a, b] = [await introspectingIssuer(), await introspectingIssuer({ opaqueTokens: false })]
    const api = createResourceServer({ issuers: [a.issuer, b.issuer], clock: a.server.clock })
    onTestFinished(() => api.close())
    const token = await a.server.opaqueToken()
    expect(await api.authorize(withToken(token), { issuers: [b.server.issuer] })).toMatchObject({
      status: 403,
      reason: 'issuer-not-accepted',
    })
    expect(mustBeGranted(await api.authorize(withToken(token))).principal.issuer).toBe(a.server.issuer)
    expect([a.server.introspection.hits, b.server.introspection.hits]).toStrictEqual([1, 0])
  })
})

describe('a JWT without its signature', () => {
  it('opens nothing, although the JWT was let in before', async () => {
    const { server, api } = await introspectedApi({}, { revocationList: inMemoryRevocationList() })
    const token = await server.accessToken({ scopes: ['a', 'b'] })
    // An answer that narrows is kept with facts of its own.
    server.introspection.answerWith(token, { scope: 'a' })
    expect(await api.authorize(withToken(token), { maxRevocationLag: '0s' })).toMatchObject({ outcome: 'granted' })
    const bare = token.slice(0, token.lastIndexOf('.'))
    for (const maxRevocationLag of ['token-lifetime', '10m', '0s'] as const) {
      expect(await api.authorize(withToken(bare), { maxRevocationLag })).toMatchObject({ status: 401 })
    }
  })

  it('ends nothing that holds of the JWT', async () => {
    const { server, api } = await introspectedApi()
    const token = await server.accessToken()
    await api.authorize(withToken(token), { maxRevocationLag: '0s' })
    server.clock.advance('1m')
    await api.authorize(withToken(token.slice(0, token.lastIndexOf('.'))), { maxRevocationLag: '0s' })
    expect(await api.authorize(withToken(token))).toMatchObject({ outcome: 'granted' })
  })
})

describe('a token that comes again', () => {
  it('is verified twice, and from then on known', async () => {
    const issuer = await testIssuer({ alg: 'ES256' })
    const { api } = serverFor(issuer)
    const verifications = countVerifications()
    const token = issuer.token()
    for (let i = 0; i < 10; i++) expect(await api.authorize(withToken(token))).toMatchObject({ outcome: 'granted' })
    expect(verifications.count).toBe(2)
    expect(await api.verify(token)).toStrictEqual(await serverFor(issuer).api.verify(token))
    expect(await api.authorize(withToken(issuer.token({ jti: 'another' })))).toMatchObject({ outcome: 'granted' })
    expect(verifications.count).toBe(4)
  })

  it('is verified each time where the memory is off', async () => {
    const issuer = await testIssuer({ alg: 'ES256' })
    const { api } = serverFor(issuer, {}, { maxVerifiedTokens: 0 })
    const verifications = countVerifications()
    const token = issuer.token()
    for (let i = 0; i < 5; i++) await api.verify(token)
    expect(verifications.count).toBe(5)
  })

  /** A server that knows the token. */
  async function known(changed: Record<string, unknown> = {}, options: Partial<ResourceServerOptions> = {}) {
    const issuer = await testIssuer({ alg: 'ES256' })
    const { api, events } = serverFor(issuer, { refreshAfter: '10m', maxAge: '1h' }, options)
    const token = issuer.token({ scope: 'orders/read', exp: 9e9, ...changed })
    for (let i = 0; i < 3; i++) await api.verify(token)
    const decide = (policy = {}) => api.authorize(withToken(token), policy)
    return { issuer, api, events, token, decide }
  }

  it('is measured against the policy of each route', async () => {
    const { decide } = await known()
    expect(await decide({ scopes: ['orders/read'] })).toMatchObject({ outcome: 'granted' })
    expect(await decide({ scopes: ['orders/write'] })).toMatchObject({ status: 403, reason: 'scope-missing' })
    expect(await decide({ maxRevocationLag: '0s' })).toMatchObject({ status: 403, reason: 'evidence-unobtainable' })
  })

  it('is no longer accepted once it expires, or grows too old, or a clock steps back to before it was issued', async () => {
    const { issuer, decide } = await known({ exp: Math.floor(Date.now() / 1_000) + 60 })
    issuer.clock.advance(64_000)
    expect(await decide()).toMatchObject({ outcome: 'granted' })
    issuer.clock.advance(2_000)
    expect(await decide()).toMatchObject({ status: 401, reason: 'token-expired' })
    const another = await known()
    another.issuer.clock.stepWall(-10_000)
    expect(await another.decide()).toMatchObject({ status: 401, reason: 'issued-in-the-future' })
  })

  it('is dead as soon as its key is missing from a good refresh', async () => {
    const { issuer, events, decide } = await known()
    issuer.jwks.answer = json({ keys: [signer('ES256').jwk] })
    issuer.clock.advance(600_001)
    expect(await decide()).toMatchObject({ outcome: 'granted' })
    await expect.poll(() => events.filter(({ type }) => type === 'jwks-refreshed')).toHaveLength(2)
    expect(await decide()).toMatchObject({ status: 401, reason: 'unknown-key' })
    // The first, the refresh, and one to make sure: the memory looks nothing up.
    expect(issuer.jwks.requests).toHaveLength(3)
  })

  it('is dead as soon as its name stands for another key', async () => {
    const { issuer, events, decide } = await known()
    issuer.jwks.answer = json({ keys: [signer('ES256', { kid: issuer.key.kid }).jwk] })
    issuer.clock.advance(600_001)
    await decide()
    await expect.poll(() => events.filter(({ type }) => type === 'jwks-refreshed')).toHaveLength(2)
    expect(await decide()).toMatchObject({ status: 401, reason: 'signature-invalid' })
  })

  it('is unavailable, and no 401, once its keys are too old to be used', async () => {
    const { issuer, decide } = await known()
    issuer.jwks.answer = json({}, 503)
    issuer.clock.advance(3_600_001)
    expect(await decide()).toMatchObject({ status: 503, reason: 'jwks-unreachable' })
  })

  it('is refused once it is on the revocation list', async () => {
    const revocationList = inMemoryRevocationList()
    const { api, token, decide } = await known({ jti: 'j1' }, { revocationList })
    await revocationList.add(revocationEntryFor(await api.verify(token), 'token'))
    expect(await decide()).toMatchObject({ status: 401, reason: 'token-revoked' })
  })

  it('is hashed once to be known again, also where it has to be looked up among inactive ones', async () => {
    const { server, api } = await introspectedApi()
    const [token, revoked] = [await server.accessToken(), await server.accessToken()]
    await server.revoke(revoked)
    server.clock.advance('1m')
    expect(await api.authorize(withToken(revoked), { maxRevocationLag: '0s' })).toMatchObject({
      reason: 'token-revoked',
    })
    for (let i = 0; i < 3; i++) await api.verify(token)
    const hashes = countHashes()
    for (let i = 0; i < 5; i++) await api.verify(token)
    expect(hashes.count).toBe(5)
    await server.revoke(token)
    expect(await api.authorize(withToken(token), { maxRevocationLag: '0s' })).toMatchObject({ reason: 'token-revoked' })
    expect(await api.authorize(withToken(token))).toMatchObject({ reason: 'token-revoked' })
  })

  it('is forgotten by close()', async () => {
    const { api, decide } = await known()
    await api.close()
    expect(await decide()).toMatchObject({ status: 503, reason: 'resource-server-closed' })
  })

  it('tells nothing of one that only ends alike', async () => {
    const { token, api } = await known()
    const [header, payload, signature] = token.split('.') as [string, string, string]
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const forged = `${header}.${encoded({ ...claims, sub: 'admin' })}.${signature}`
    expect(await api.authorize(withToken(forged))).toMatchObject({ status: 401, reason: 'signature-invalid' })
    expect((await api.verify(token)).subject).toBe('subject')
  })

  it('hands out claims that nobody can change', async () => {
    const { api, token } = await known({ groups: ['staff'] })
    const principal = await api.verify(token)
    expect(() => ((principal.claims as { sub: string }).sub = 'admin')).toThrow(TypeError)
    expect(() => (principal.groups as string[]).push('admin')).toThrow(TypeError)
    expect(() => (principal.claims['groups'] as string[]).push('admin')).toThrow(TypeError)
    expect(await api.verify(token)).toMatchObject({ subject: 'subject', groups: ['staff'] })
  })
})

it('lets others have their turn between the keys that share a name', async () => {
  const named = Array.from({ length: 3 }, () => signer('ES256', { kid: 'the same' }))
  const issuer = await testIssuer({ key: named[2] as Signer })
  issuer.jwks.answer = json({ keys: named.map(({ jwk }) => jwk) })
  const { api } = serverFor(issuer)
  await api.ready()
  let turns = 0
  let done = false
  const others = () => {
    turns += 1
    if (!done) setImmediate(others)
  }
  setImmediate(others)
  expect(await api.authorize(withToken(issuer.token()))).toMatchObject({ outcome: 'granted' })
  done = true
  expect(turns).toBeGreaterThan(1)
})
