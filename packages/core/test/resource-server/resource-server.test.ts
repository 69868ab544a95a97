import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import {
  authorizationServer,
  combinePolicies,
  ConfigurationError,
  createResourceServer,
  definePolicy,
  type ResourceServer,
  type ResourceServerOptions,
  TokenRefusedError,
  TokenUncheckedError,
} from '../../src/index.js'
import { json } from '../support/loopback-server.js'
import type { ManualClock } from '../support/manual-clock.js'
import { signer } from '../support/signing.js'
import { serverFor, testIssuer, withToken } from '../support/test-issuer.js'

const anonymous = { method: 'GET', url: '/orders', headers: {} }

describe('the options of createResourceServer', () => {
  const issuer = authorizationServer({ issuer: 'https://auth.example.com', audience: 'orders-api' })

  it.each<[string, Record<string, unknown>, string]>([
    ['no issuers', { issuers: undefined }, 'createResourceServer.issuers must be a list of one or more issuers'],
    ['an empty list', { issuers: [] }, 'createResourceServer.issuers must be a list of one or more issuers'],
    ['an issuer outside a list', { issuers: issuer }, 'createResourceServer.issuers must be a list'],
    [
      'an issuer of another making',
      { issuers: [{ issuers: ['https://a.example'] }] },
      'createResourceServer.issuers[0] must be made by cognitoUserPool() or authorizationServer()',
    ],
    [
      'an issuer that is undefined',
      { issuers: [issuer, undefined] },
      'createResourceServer.issuers[1] must be made by',
    ],
    [
      'an issuer twice',
      { issuers: [issuer, issuer] },
      'createResourceServer.issuers[1] repeats https://auth.example.com',
    ],
    ['an empty realm', { realm: '' }, 'createResourceServer.realm must be printable ASCII text'],
    ['a realm with a line break', { realm: 'a\r\nb' }, 'createResourceServer.realm'],
    [
      'a token limit of nothing',
      { maxTokenBytes: 0 },
      'createResourceServer.maxTokenBytes must be a whole number of bytes from 1024 to 65536',
    ],
    ['a token limit without end', { maxTokenBytes: Infinity }, 'createResourceServer.maxTokenBytes'],
    ['a fetch that is none', { fetch: {} }, 'createResourceServer.fetch must be a function'],
    ['an observer that is none', { onEvent: {} }, 'createResourceServer.onEvent must be a function'],
    ['a clock that is none', { clock: {} }, 'createResourceServer.clock must have a now()'],
    [
      'a clock that answers with a Date',
      { clock: { now: () => new Date() } },
      'createResourceServer.clock must have a now()',
    ],
    [
      'a clock that answers with text',
      { clock: { now: () => '2026-01-01' } },
      'createResourceServer.clock must have a now()',
    ],
    ['a clock that answers with nothing', { clock: { now() {} } }, 'createResourceServer.clock must have a now()'],
    [
      'a clock that answers with NaN',
      { clock: { now: () => Number.NaN } },
      'createResourceServer.clock must have a now()',
    ],
    ['a monotonic clock that is none', { clock: { now: () => 0, monotonic: 5 } }, 'monotonic() may be left out'],
    [
      'a changed copy of an issuer',
      { issuers: [{ ...issuer, issuers: ['http://127.0.0.1'] }] },
      'createResourceServer.issuers[0] must be made by',
    ],
    ['a misspelt option', { issuer: [issuer] }, 'createResourceServer.issuer is not an option'],
    [
      'a revocation list',
      { revocationList: {} },
      'createResourceServer.revocationList is not available in this version',
    ],
    [
      'sender constraints',
      { senderConstraints: [] },
      'createResourceServer.senderConstraints is not available in this version',
    ],
    ['a decision point', { decisionPoint: {} }, 'createResourceServer.decisionPoint is not available in this version'],
  ])('are refused at once: %s', (_, changed, message) => {
    const make = () => createResourceServer({ issuers: [issuer], ...changed } as ResourceServerOptions)
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(message)
  })

  it('may be missing altogether, with a clear error', () => {
    expect(() => createResourceServer(undefined as never)).toThrow(
      'createResourceServer takes a plain object of options',
    )
  })
})

describe('a grant', () => {
  it('tells who is calling and why the token counts as not revoked', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const token = issuer.token({ scope: 'a b', groups: ['g'], tenant: 't1' })
    issuer.clock.advance(60_000)
    const outcome = await api.authorize(withToken(token))
    if (outcome.outcome !== 'granted') throw new Error(outcome.reason)
    const now = issuer.clock.now()
    const issuedAt = Math.floor((now - 60_000) / 1_000) * 1_000
    expect(outcome.principal).toStrictEqual({
      subject: 'subject',
      clientId: 'client',
      scopes: ['a', 'b'],
      groups: ['g'],
      issuer: issuer.options.issuer,
      expiresAt: issuedAt + 600_000,
      claims: expect.objectContaining({ tenant: 't1' }),
      evidence: { source: 'local-validation', asOf: issuedAt - 5_000, lagMs: now - issuedAt + 5_000, relaxed: false },
    })
  })

  it('cannot be changed, and survives JSON', async () => {
    const issuer = await testIssuer()
    const principal = await serverFor(issuer).api.verify(issuer.token({ scope: 'a', nested: { list: [1] } }))
    const { claims, scopes, groups, evidence } = principal
    for (const part of [
      principal,
      claims,
      scopes,
      groups,
      evidence,
      claims['nested'],
      (claims['nested'] as { list: unknown }).list,
    ]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
    expect(JSON.parse(JSON.stringify(principal))).toStrictEqual(principal)
  })

  it('is given to a web Request as to a plain record', async () => {
    const issuer = await testIssuer()
    const request = new Request('https://api.example.com/orders', {
      headers: { authorization: `Bearer ${issuer.token()}` },
    })
    expect(await serverFor(issuer).api.authorize(request)).toMatchObject({ outcome: 'granted' })
  })

  it('takes nothing from a polluted prototype', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const prototype = Object.prototype as unknown as Record<string, unknown>
    onTestFinished(() => {
      for (const name of ['exp', 'scope', 'groups', 'sub']) delete prototype[name]
    })
    Object.assign(prototype, { exp: 9e9, scope: 'admin', groups: ['admin'], sub: 'root' })
    expect(await api.authorize(withToken(issuer.token({ exp: undefined })))).toMatchObject({
      reason: 'claims-malformed',
    })
    expect(await api.verify(issuer.token())).toMatchObject({ scopes: [], groups: [], subject: 'subject' })
  })
})

describe('a refusal', () => {
  it('is the whole answer, and names its reason to the operator alone', async () => {
    const issuer = await testIssuer()
    const outcome = await serverFor(issuer).api.authorize(withToken(issuer.token({ aud: 'other-api' })))
    expect(outcome).toStrictEqual({
      outcome: 'refused',
      status: 401,
      headers: {
        'WWW-Authenticate':
          'Bearer realm="api", error="invalid_token", error_description="The access token is invalid"',
        'Cache-Control': 'no-store',
      },
      body: { error: 'invalid_token', error_description: 'The access token is invalid' },
      reason: 'audience-not-accepted',
    })
    const { headers, body } = outcome as unknown as { headers: object; body: object }
    expect(JSON.stringify([headers, body])).not.toContain('audience')
  })

  it('without credentials has a challenge without an error code', async () => {
    const { api } = serverFor(await testIssuer(), {}, { realm: 'orders' })
    expect(await api.authorize(anonymous)).toStrictEqual({
      outcome: 'refused',
      status: 401,
      headers: { 'WWW-Authenticate': 'Bearer realm="orders"', 'Cache-Control': 'no-store' },
      body: { error_description: 'This request needs an access token' },
      reason: 'no-credentials',
    })
  })

  it('of a malformed request has status 400', async () => {
    const issuer = await testIssuer()
    const outcome = await serverFor(issuer).api.authorize(withToken(issuer.token(), { url: '/orders?access_token=x' }))
    expect(outcome).toMatchObject({ status: 400, body: { error: 'invalid_request' }, reason: 'several-credentials' })
    expect((outcome as { headers: Record<string, string> }).headers['WWW-Authenticate']).toContain(
      'error="invalid_request"',
    )
  })

  it('hides what the token said', async () => {
    const issuer = await testIssuer()
    const { api, events } = serverFor(issuer)
    const secrets = { sub: 'secret-subject', jti: 'secret-jti', client_id: 'secret-client', scope: 'secret-scope' }
    const tokens = [
      issuer.token({ ...secrets, aud: 'secret-audience' }),
      issuer.token({ ...secrets, iss: 'https://secret-issuer.example' }),
      issuer.token(secrets, { kid: 'secret-kid' }),
      issuer.token(secrets, { alg: 'secret-alg' }),
      issuer.token({ ...secrets, exp: 1 }),
    ]
    for (const token of tokens) {
      const outcome = await api.authorize(withToken(token))
      expect(outcome.outcome).toBe('refused')
      const error: unknown = await api.verify(token).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(TokenRefusedError)
      const told = JSON.stringify([outcome, events, error, String(error), (error as Error).stack])
      for (const hidden of ['secret', ...token.split('.')]) expect(told).not.toContain(hidden)
    }
  })
})

describe('scopes and groups', () => {
  const demands = async (policy: Parameters<typeof definePolicy>[0], claims: Record<string, unknown>) => {
    const issuer = await testIssuer()
    const outcome = await serverFor(issuer).api.authorize(withToken(issuer.token(claims)), policy)
    return outcome.outcome === 'granted' ? 'granted' : outcome.reason
  }

  it.each([
    [{ scopes: ['a', 'b'] }, { scope: 'b c a' }, 'granted'],
    [{ scopes: ['a', 'b'] }, { scope: 'a' }, 'scope-missing'],
    [{ scopes: ['a'] }, {}, 'scope-missing'],
    [{ scopes: ['a'] }, { scope: 'A' }, 'scope-missing'],
    [{ scopes: ['a'] }, { scope: 'ab' }, 'scope-missing'],
    [{ anyScope: ['a', 'b'] }, { scope: 'b' }, 'granted'],
    [{ anyScope: ['a', 'b'] }, { scope: 'c' }, 'scope-missing'],
    [{ scopes: ['a'], anyScope: ['b', 'c'] }, { scope: 'a c' }, 'granted'],
    [{ scopes: ['a'], anyScope: ['b', 'c'] }, { scope: 'b c' }, 'scope-missing'],
    [{ scopes: ['a'], anyScope: ['b', 'c'] }, { scope: 'a' }, 'scope-missing'],
    [{ groups: ['x', 'y'] }, { groups: ['y'] }, 'granted'],
    [{ groups: ['x', 'y'] }, { groups: ['z'] }, 'group-missing'],
    [{ groups: ['x'] }, {}, 'group-missing'],
    [{ scopes: ['a'], groups: ['x'] }, { scope: 'a' }, 'group-missing'],
    [{ scopes: ['a'], groups: ['x'] }, { groups: ['x'] }, 'scope-missing'],
    [{}, {}, 'granted'],
  ] as const)('%j of %j: %s', async (policy, claims, expected) => {
    expect(await demands(policy, claims)).toBe(expected)
  })

  it('are told in the challenge when a scope is missing: all the route demands', async () => {
    const issuer = await testIssuer()
    const outcome = await serverFor(issuer).api.authorize(withToken(issuer.token({ scope: 'a' })), {
      scopes: ['a', 'b'],
      anyScope: ['c'],
    })
    expect(outcome).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } })
    expect((outcome as { headers: Record<string, string> }).headers['WWW-Authenticate']).toMatch(/scope="a b c"$/)
  })

  it('of a wrong group answer 403 without a scope', async () => {
    const issuer = await testIssuer()
    const outcome = await serverFor(issuer).api.authorize(withToken(issuer.token()), { groups: ['x'] })
    expect(outcome).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } })
    expect(JSON.stringify(outcome)).not.toContain('scope=')
  })

  it('are checked on every request, not once for a token', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const request = withToken(issuer.token({ scope: 'a' }))
    const outcomes = []
    for (const scope of ['a', 'b', 'a', 'b']) outcomes.push((await api.authorize(request, { scopes: [scope] })).outcome)
    expect(outcomes).toStrictEqual(['granted', 'refused', 'granted', 'refused'])
  })
})

describe('a policy', () => {
  it('that turns out to be undefined, or to be a promise, asks for nothing and is therefore refused', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const request = withToken(issuer.token())
    const presented = await api.present(request)
    await expect(api.authorize(request, undefined)).rejects.toThrow('policy is undefined; leave the argument out')
    await expect(presented.authorize(undefined)).rejects.toThrow('policy is undefined')
    await expect(api.verify(issuer.token(), undefined)).rejects.toThrow('policy is undefined')
    expect(() => api.explain(undefined)).toThrow('policy is undefined')
    await expect(api.authorize(request, Promise.resolve({ scopes: ['a'] }) as never)).rejects.toThrow(
      'policy takes a plain object',
    )
  })

  it('that combines others is met when all of them are', async () => {
    const issuer = await testIssuer()
    const { api, events } = serverFor(issuer)
    const both = combinePolicies(
      api.policy({ groups: ['a', 'b'], scopes: ['x'] }),
      api.policy({ groups: ['c'], anyScope: ['y', 'z'] }),
    )
    const decide = async (groups: string[], scope: string) =>
      (await api.authorize(withToken(issuer.token({ groups, scope })), both)).outcome
    expect(await decide(['b', 'c'], 'x z')).toBe('granted')
    expect(await decide(['a', 'b'], 'x z')).toBe('refused')
    expect(await decide(['c'], 'x z')).toBe('refused')
    expect(await decide(['b', 'c'], 'x')).toBe('refused')
    expect(await decide(['b', 'c'], 'z')).toBe('refused')
    expect(events.filter(({ type }) => type.startsWith('request-'))).toHaveLength(5)
  })

  it('that combines issuers without one in common is refused', async () => {
    const [a, b] = [await testIssuer(), await testIssuer()]
    const { api } = serverFor([a, b])
    const none = combinePolicies(
      api.policy({ issuers: [a.options.issuer] }),
      api.policy({ issuers: [b.options.issuer] }),
    )
    await expect(api.authorize(anonymous, none)).rejects.toThrow('policy.issuers leaves no issuer')
  })
})

describe('a claims schema', () => {
  const tenant = z.object({ tenant: z.string().transform((text) => text.toUpperCase()) })

  it('decides, and its output becomes the claims', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const { claims } = await api.verify(issuer.token({ tenant: 'acme' }), { claims: tenant })
    expect(claims satisfies { tenant: string }).toStrictEqual({ tenant: 'ACME' })
    expect(await api.authorize(withToken(issuer.token({ tenant: 7 })), { claims: tenant })).toMatchObject({
      status: 403,
      reason: 'claims-not-accepted',
      body: { error: 'insufficient_scope' },
    })
  })

  it('may take its time', async () => {
    const issuer = await testIssuer()
    const slow = z.object({ tenant: z.string().refine(async (text) => text === 'acme') })
    const { api } = serverFor(issuer)
    expect(await api.authorize(withToken(issuer.token({ tenant: 'acme' })), { claims: slow })).toMatchObject({
      outcome: 'granted',
    })
    expect(await api.authorize(withToken(issuer.token({ tenant: 'other' })), { claims: slow })).toMatchObject({
      outcome: 'refused',
    })
  })

  it('that throws or rejects has accepted nothing', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const shapeless = [false, 0, '', null, undefined, {}, [], { success: false }, { issues: undefined }]
    for (const fail of [
      ...shapeless.map((result) => () => result),
      () => {
        throw new Error('boom')
      },
      () => Promise.reject(new Error('boom')),
    ]) {
      const schema = { '~standard': { version: 1 as const, vendor: 'test', validate: fail as () => never } }
      expect(await api.authorize(withToken(issuer.token()), { claims: schema })).toMatchObject({
        status: 403,
        reason: 'claims-schema-failed',
      })
    }
  })

  it('is not asked about a token that is refused anyway', async () => {
    const issuer = await testIssuer()
    let asked = 0
    const schema = z.object({}).refine(() => (asked += 1) > 0)
    await serverFor(issuer).api.authorize(withToken(issuer.token({ exp: 1 })), { claims: schema })
    await serverFor(issuer).api.authorize(withToken(issuer.token()), { claims: schema, scopes: ['a'] })
    expect(asked).toBe(0)
  })
})

describe('several issuers', () => {
  it('are told apart by iss, and a route may name whom it takes', async () => {
    const [a, b] = [await testIssuer(), await testIssuer()]
    const { api } = serverFor([a, b])
    const onlyA = api.policy({ issuers: [a.options.issuer] })
    expect(await api.authorize(withToken(a.token()), onlyA)).toMatchObject({ outcome: 'granted' })
    expect(await api.authorize(withToken(b.token()), onlyA)).toMatchObject({
      status: 403,
      reason: 'issuer-not-accepted',
    })
    expect(await api.authorize(withToken(b.token()))).toMatchObject({ outcome: 'granted' })
  })

  it('must be configured to be named', async () => {
    const { api } = serverFor(await testIssuer())
    const elsewhere = { issuers: ['https://elsewhere.example'] }
    expect(() => api.policy(elsewhere)).toThrow(
      'policy.issuers names https://elsewhere.example, which is none of the configured ones: ',
    )
    await expect(api.authorize(anonymous, definePolicy(elsewhere))).rejects.toThrow(ConfigurationError)
  })

  it('are ready when each has its keys', async () => {
    const [a, b] = [await testIssuer(), await testIssuer()]
    const { api } = serverFor([a, b])
    await api.ready()
    expect([a, b].map(({ jwks }) => jwks.requests.length)).toStrictEqual([1, 1])
    b.jwks.answer = json({}, 500)
    const { api: another } = serverFor([a, b])
    await expect(another.ready()).rejects.toMatchObject({
      name: 'UpstreamError',
      code: 'unexpected-status',
      httpStatus: 500,
    })
    expect(await another.authorize(withToken(a.token()))).toMatchObject({ outcome: 'granted' })
  })
})

describe('present', () => {
  it('parses and verifies once for any number of policies', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const presented = await api.present(withToken(issuer.token({ scope: 'a' })))
    expect(presented.credentials).toBe('present')
    expect(await presented.authorize()).toMatchObject({ outcome: 'granted' })
    expect(await presented.authorize({ scopes: ['a'] })).toMatchObject({ outcome: 'granted' })
    expect(await presented.authorize({ scopes: ['b'] })).toMatchObject({ status: 403 })
  })

  it('says whether there were credentials, which is not whether they were good', async () => {
    const { api } = serverFor(await testIssuer())
    expect((await api.present(anonymous)).credentials).toBe('none')
    expect((await api.present({ ...anonymous, headers: { authorization: 'Basic x' } })).credentials).toBe('none')
    expect((await api.present({ ...anonymous, headers: { authorization: 'Bearer x' } })).credentials).toBe('present')
    expect((await api.present({ ...anonymous, headers: { authorization: 'Bearer' } })).credentials).toBe('present')
  })

  it('refuses a token that expires between presenting and deciding', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const presented = await api.present(withToken(issuer.token()))
    issuer.clock.advance(606_000)
    expect(await presented.authorize()).toMatchObject({ status: 401, reason: 'token-expired' })
  })

  it('refuses a token that expires while its key is fetched', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const token = issuer.token()
    issuer.jwks.answer = (request, response) => {
      issuer.clock.advance(606_000)
      json({ keys: [issuer.key.jwk] })(request, response)
    }
    expect(await api.authorize(withToken(token))).toMatchObject({ reason: 'token-expired' })
  })
})

describe('verify', () => {
  it('throws a typed error with the challenge', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    await expect(api.verify(issuer.token({ scope: 'a' }), { scopes: ['b'] })).rejects.toMatchObject({
      name: 'TokenRefusedError',
      code: 'scope-missing',
      status: 403,
      error: 'insufficient_scope',
      challenge: expect.stringContaining('scope="b"'),
    })
  })

  it('throws another typed error when the token cannot be checked', async () => {
    const issuer = await testIssuer()
    issuer.jwks.answer = json({}, 503)
    const error: unknown = await serverFor(issuer)
      .api.verify(issuer.token())
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TokenUncheckedError)
    expect(error).toMatchObject({ code: 'jwks-unreachable', status: 503, retryAfter: 1 })
  })

  it.each([undefined, null, 7, {}, ['a.b.c'], ''])('refuses %j in place of a token', async (token) => {
    const { api } = serverFor(await testIssuer())
    await expect(api.verify(token as string)).rejects.toMatchObject({ code: 'token-malformed', status: 401 })
  })
})

describe('an outage of the key endpoint', () => {
  it('is unavailable and never a 401', async () => {
    const issuer = await testIssuer()
    await issuer.jwks.close()
    expect(await serverFor(issuer).api.authorize(withToken(issuer.token()))).toStrictEqual({
      outcome: 'unavailable',
      status: 503,
      headers: { 'Retry-After': '1', 'Cache-Control': 'no-store' },
      body: { error_description: 'The access token cannot be checked right now; try again' },
      reason: 'jwks-unreachable',
    })
  })

  it('refuses nobody whose key is at hand', async () => {
    const issuer = await testIssuer()
    const { api, events } = serverFor(issuer, { refreshAfter: '1m' })
    await api.authorize(withToken(issuer.token()))
    issuer.jwks.answer = json('<html>', 200, { 'content-type': 'text/html' })
    issuer.clock.advance(61_000)
    expect(await api.authorize(withToken(issuer.token()))).toMatchObject({ outcome: 'granted' })
    await expect
      .poll(() => events.find(({ type }) => type === 'jwks-refresh-failed'))
      .toMatchObject({ reason: 'unexpected-content-type', httpStatus: 200 })
    expect(await api.authorize(withToken(issuer.token()))).toMatchObject({ outcome: 'granted' })
  })

  it('does not hold a request longer than the timeout', async () => {
    const issuer = await testIssuer()
    issuer.jwks.answer = () => {}
    const { api } = serverFor(issuer, { timeout: '100ms' })
    expect(await api.authorize(withToken(issuer.token()))).toMatchObject({ reason: 'jwks-unreachable' })
  })

  it('still refuses what needs no key', async () => {
    const issuer = await testIssuer()
    issuer.jwks.answer = json({}, 503)
    expect(await serverFor(issuer).api.authorize(withToken(issuer.token({ exp: 1 })))).toMatchObject({ status: 401 })
  })
})

describe('a withdrawn key', () => {
  it('is refused after the next refresh', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { refreshAfter: '1m' })
    await api.ready()
    issuer.jwks.answer = json({ keys: [signer().jwk] })
    issuer.clock.advance(61_000)
    await api.ready()
    expect(await api.authorize(withToken(issuer.token()))).toMatchObject({ status: 401, reason: 'unknown-key' })
  })
})

describe('events', () => {
  it('tell what was decided, for which route, and why', async () => {
    const issuer = await testIssuer()
    const { api, events } = serverFor(issuer)
    const policy = api.policy({ name: 'orders.list', scopes: ['a'] })
    await api.ready()
    await api.authorize(withToken(issuer.token({ scope: 'a' })), policy)
    await api.authorize(withToken(issuer.token()), policy)
    await api.authorize(anonymous, policy)
    await api.close()
    await api.authorize(withToken(issuer.token()), policy)
    const at = issuer.clock.now()
    const route = 'orders.list'
    expect(events).toStrictEqual([
      { type: 'jwks-refreshed', at, issuer: issuer.options.issuer, keys: 1 },
      {
        type: 'request-granted',
        at,
        route,
        issuer: issuer.options.issuer,
        clientId: 'client',
        evidence: expect.objectContaining({ source: 'local-validation' }),
      },
      {
        type: 'request-refused',
        at,
        route,
        issuer: issuer.options.issuer,
        clientId: 'client',
        status: 403,
        error: 'insufficient_scope',
        reason: 'scope-missing',
      },
      {
        type: 'request-refused',
        at,
        route,
        issuer: undefined,
        clientId: undefined,
        status: 401,
        error: undefined,
        reason: 'no-credentials',
      },
      { type: 'request-unavailable', at, route, issuer: undefined, reason: 'resource-server-closed' },
    ])
  })

  it('name the issuer of refused and unavailable tokens, but never one that is not configured', async () => {
    const issuer = await testIssuer()
    const { api, events } = serverFor(issuer)
    const issuersTold = () => events.filter(({ type }) => type.startsWith('request-')).map((event) => event.issuer)
    await api.authorize(withToken(issuer.token({ exp: 1 })))
    await api.authorize(withToken(issuer.token({ iss: 'https://elsewhere.example' })))
    issuer.jwks.answer = json('{}', 500)
    await api.authorize(withToken(issuer.token()))
    expect(issuersTold()).toStrictEqual([issuer.options.issuer, undefined, issuer.options.issuer])
    expect(events.at(-1)).toMatchObject({ type: 'request-unavailable', reason: 'jwks-unreachable' })
  })

  it('change nothing when their observer throws', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(
      issuer,
      {},
      {
        onEvent: () => {
          throw new Error('from the observer')
        },
      },
    )
    expect(await api.authorize(withToken(issuer.token()))).toMatchObject({ outcome: 'granted' })
  })
})

describe('a claims schema that takes its time', () => {
  const during = async (what: (clock: ManualClock, api: ResourceServer) => unknown) => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const slow = z.object({ tenant: z.string() }).refine(async () => {
      await what(issuer.clock, api)
      return true
    })
    const token = issuer.token({ tenant: 'acme', exp: Math.floor(issuer.clock.now() / 1000) + 60 })
    return api.authorize(withToken(token), { claims: slow })
  }

  it('cannot let a token in that expired meanwhile', async () => {
    expect(await during(() => {})).toMatchObject({ outcome: 'granted' })
    expect(await during((clock) => clock.advance(120_000))).toMatchObject({ reason: 'token-expired' })
  })

  it('cannot let a token in after close', async () => {
    expect(await during((_, api) => api.close())).toMatchObject({ reason: 'resource-server-closed' })
  })
})

describe('close', () => {
  it('makes later requests unavailable, those already presented included', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const presented = await api.present(withToken(issuer.token()))
    await api.close()
    expect(await presented.authorize()).toMatchObject({ outcome: 'unavailable', reason: 'resource-server-closed' })
    expect(await api.authorize(withToken(issuer.token()))).toMatchObject({
      outcome: 'unavailable',
      reason: 'resource-server-closed',
    })
    expect(await api.authorize(anonymous)).toMatchObject({ status: 401 })
  })
})

it('a clock that breaks later lets nobody in', async () => {
  const issuer = await testIssuer()
  let broken = false
  const clock = { now: () => (broken ? Number.NaN : issuer.clock.now()) }
  const { api } = serverFor(issuer, { jwks: { keys: [issuer.key.jwk as never] } }, { clock })
  const request = withToken(issuer.token())
  expect(await api.authorize(request)).toMatchObject({ outcome: 'granted' })
  broken = true
  expect(await api.authorize(request)).toMatchObject({ outcome: 'refused', reason: 'token-expired' })
})

describe('explain', () => {
  it('says which issuers a route takes and what each costs', async () => {
    const [a, b] = [await testIssuer(), await testIssuer()]
    const { api } = serverFor([a, b])
    const row = ({ options }: typeof a) => ({
      issuers: [options.issuer],
      sources: ['local-validation'],
      duringOutage: 'unaffected',
    })
    expect(api.explain()).toStrictEqual({
      route: undefined,
      maxRevocationLag: 'token-lifetime',
      issuers: [row(a), row(b)],
    })
    expect(api.explain({ name: 'r', issuers: [b.options.issuer] })).toStrictEqual({
      route: 'r',
      maxRevocationLag: 'token-lifetime',
      issuers: [row(b)],
    })
  })
})

describe('the fetch option', () => {
  it('makes every call', async () => {
    const issuer = await testIssuer()
    const urls: string[] = []
    const { api } = serverFor(
      issuer,
      {},
      {
        fetch: async (url) => {
          urls.push(url)
          return Response.json({ keys: [issuer.key.jwk] })
        },
      },
    )
    expect(await api.authorize(withToken(issuer.token()))).toMatchObject({ outcome: 'granted' })
    expect(urls).toStrictEqual([issuer.jwks.url])
    expect(issuer.jwks.requests).toHaveLength(0)
  })
})

describe('the token limit', () => {
  it('may be moved', async () => {
    const issuer = await testIssuer()
    const token = issuer.token({ filler: 'x'.repeat(2_000) })
    expect(await serverFor(issuer, {}, { maxTokenBytes: 1_024 }).api.authorize(withToken(token))).toMatchObject({
      reason: 'token-too-large',
    })
    expect(await serverFor(issuer).api.authorize(withToken(token))).toMatchObject({ outcome: 'granted' })
    expect(
      await serverFor(issuer).api.authorize(withToken(issuer.token({ filler: 'x'.repeat(16_384) }))),
    ).toMatchObject({ reason: 'token-too-large' })
  })
})
