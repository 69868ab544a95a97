import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { type ResourceServer, TokenRefusedError, TokenUncheckedError } from '../../src/index.js'
import { json } from '../support/loopback-server.js'
import type { ManualClock } from '../support/manual-clock.js'
import { anonymous, serverFor, testIssuer, withToken } from '../support/test-issuer.js'

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
  it.each([undefined, null, 'Bearer x', {}, { headers: null, url: '/' }, { headers: {} }])(
    'needs a request, not %j',
    async (request) => {
      const { api } = serverFor(await testIssuer())
      for (const attempt of [api.authorize(request as never), api.present(request as never)]) {
        await expect(attempt).rejects.toThrow('request must be a web Request, or a record with method, url and headers')
      }
    },
  )

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

  it('says that a token expired rather than that it lacks a scope: a new one may have it', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const presented = await api.present(withToken(issuer.token()))
    issuer.clock.advance(606_000)
    expect(await presented.authorize({ scopes: ['a'] })).toMatchObject({ status: 401, reason: 'token-expired' })
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

  it.each<[string, Parameters<typeof json>, object]>([
    [
      'a page',
      ['<html>', 200, { 'content-type': 'text/html' }],
      { reason: 'unexpected-content-type', httpStatus: undefined },
    ],
    ['a document that is no key set', [{}], { reason: 'unexpected-content' }],
    ['half a key set', ['{"keys":['], { reason: 'unexpected-content', httpStatus: undefined }],
    ['a key set without keys', [{ keys: [] }], { reason: 'no-usable-key' }],
  ])('refuses nobody whose key is at hand: %s', async (_, answer, told) => {
    const issuer = await testIssuer()
    const { api, events } = serverFor(issuer, { refreshAfter: '1m' })
    await api.authorize(withToken(issuer.token()))
    issuer.jwks.answer = json(...answer)
    issuer.clock.advance(61_000)
    expect(await api.authorize(withToken(issuer.token()))).toMatchObject({ outcome: 'granted' })
    await expect.poll(() => events.find(({ type }) => type === 'jwks-refresh-failed')).toMatchObject(told)
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
  it('ends a request that waits for keys, and the connection it waits on', async () => {
    const issuer = await testIssuer()
    issuer.jwks.answer = () => {}
    const { api, events } = serverFor(issuer, { timeout: '30s' })
    const waiting = api.authorize(withToken(issuer.token()))
    await expect.poll(() => issuer.jwks.requests.length).toBe(1)
    await api.close()
    await expect.poll(() => issuer.jwks.requests[0]?.socket.destroyed).toBe(true)
    expect(await waiting).toMatchObject({ outcome: 'unavailable', reason: 'resource-server-closed' })
    expect(events.map(({ type }) => type)).toStrictEqual(['request-unavailable'])
  })

  it('forgets the keys, so that nothing is ready any more', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    await api.ready()
    await api.close()
    await expect(api.ready()).rejects.toMatchObject({ code: 'closed' })
    expect(issuer.jwks.requests).toHaveLength(1)
  })

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
