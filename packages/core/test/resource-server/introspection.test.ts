import { describe, expect, it } from 'vitest'
import type { Outcome, RoutePolicy } from '../../src/index.js'
import { introspectedApi, type IssuerChanges, mustBeGranted } from '../support/introspected-api.js'
import { withToken } from '../support/test-issuer.js'

const LIVE = { maxRevocationLag: '0s' } as const
const BOUND = { maxRevocationLag: '10m' } as const
type TokenRequest = Parameters<Awaited<ReturnType<typeof introspectedApi>>['server']['accessToken']>[0]

/** A JWT, and what introspection adds to the truth about it. */
async function answered(
  members: Record<string, unknown> | ((now: number) => Record<string, unknown>),
  { token: wanted = {}, issuer = {} }: { token?: TokenRequest; issuer?: IssuerChanges } = {},
) {
  const { server, api, events } = await introspectedApi(issuer)
  const token = await server.accessToken({ sub: 'u1', clientId: 'web', scopes: ['a', 'b'], ...wanted })
  const nowInSeconds = Math.floor(server.clock.now() / 1_000)
  const added = typeof members === 'function' ? members(nowInSeconds) : members
  server.introspection.answerWith(token, added)
  const decide = (policy: RoutePolicy = LIVE): Promise<Outcome> => api.authorize(withToken(token), policy)
  return { server, api, events, token, decide }
}

describe('an answer about a JWT that contradicts it', () => {
  it.each<[string, Record<string, unknown>]>([
    ['sub', { sub: 'somebody-else' }],
    ['iss', { iss: 'https://elsewhere.example' }],
    ['client_id', { client_id: 'another' }],
    ['jti', { jti: 'another' }],
    ['iat', { iat: 1_700_000_000 }],
    ['aud', { aud: 'https://another.example' }],
    ['a further aud', { aud: ['https://api.example', 'https://another.example'] }],
    ['a claim of its own', { tenant: 'evil' }],
    ['a claim of another type', { tenant: ['acme'] }],
  ])('in %s lets nobody in, on no route that asked', async (_, members) => {
    const { server, decide } = await answered(members, { token: { claims: { tenant: 'acme' } } })
    const contradiction = { status: 401, reason: 'introspection-contradicts-token' }
    expect(await decide()).toMatchObject(contradiction)
    server.clock.advance('11m')
    // It is no evidence for the next request, either.
    expect(await decide(BOUND)).toMatchObject(contradiction)
    expect(await decide({ ...BOUND, maxRevocationLagDuringOutage: '1h' })).toMatchObject(contradiction)
    expect(server.introspection.hits).toBe(3)
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['exp of another type', { exp: '9e9' }, 'claims-malformed'],
    ['scope of another type', { scope: { a: true } }, 'claims-malformed'],
    ['an exp that has passed', { exp: 1_700_000_000 }, 'token-expired'],
    ['an nbf that is yet to come', { nbf: 9e9 }, 'token-not-yet-valid'],
    ['the type of a refresh token', { token_type: 'refresh_token' }, 'token-type-not-accepted'],
    ['the use of an ID token', { token_use: 'id' }, 'token-type-not-accepted'],
    ['a binding to a key', { cnf: { jkt: 'x' } }, 'sender-constraint-unchecked'],
    ['an empty binding', { cnf: null }, 'sender-constraint-unchecked'],
    ['the type of a bound token', { token_type: 'DPoP' }, 'sender-constraint-unchecked'],
  ])('or adds %s lets nobody in', async (_, members, reason) => {
    const { decide } = await answered(members)
    expect(await decide()).toMatchObject({ status: 401, reason })
  })

  it.each([
    ['is no boolean', { active: 'true' }],
    ['is a number', { active: 1 }],
    ['is absent', { active: undefined }],
  ])('or whose active %s is no answer: 503', async (_, members) => {
    const { decide } = await answered(members)
    expect(await decide({ ...LIVE, maxRevocationLagDuringOutage: '1h' })).toMatchObject({
      status: 503,
      reason: 'live-check-failed',
    })
  })

  it('does not matter where the JWT itself is bound to a key: nobody is asked', async () => {
    const { server, decide } = await answered({ cnf: undefined }, { token: { cnf: { jkt: 'x' } } })
    expect(await decide()).toMatchObject({ status: 401, reason: 'sender-constraint-unchecked' })
    expect(server.introspection.hits).toBe(0)
  })
})

describe('an answer about a JWT that narrows it', () => {
  it('leaves the scopes that both name, also for the requests that use the answer later', async () => {
    const { server, decide } = await answered({ scope: 'b c' })
    for (const policy of [LIVE, { maxRevocationLag: '5s' } as const]) {
      expect(mustBeGranted(await decide(policy)).principal.scopes).toStrictEqual(['b'])
      expect(await decide({ ...policy, scopes: ['b'] })).toMatchObject({ outcome: 'granted' })
      expect(await decide({ ...policy, scopes: ['a'] })).toMatchObject({ status: 403, reason: 'scope-missing' })
      // What the answer adds is nothing the issuer signed.
      expect(await decide({ ...policy, scopes: ['c'] })).toMatchObject({ status: 403, reason: 'scope-missing' })
    }
    // The scope that the JWT lacks costs no call.
    expect(server.introspection.hits).toBe(3)
  })

  it('leaves no scope where it names none, and all where it does not say', async () => {
    const none = await answered({ scope: '' })
    expect(mustBeGranted(await none.decide()).principal.scopes).toStrictEqual([])
    const silent = await answered({ scope: undefined })
    expect(mustBeGranted(await silent.decide()).principal.scopes).toStrictEqual(['a', 'b'])
  })

  it('has the earlier of both exp count', async () => {
    const { server, decide } = await answered((now) => ({ exp: now + 60 }))
    const { expiresAt } = mustBeGranted(await decide()).principal
    expect(expiresAt - server.clock.now()).toBeLessThanOrEqual(60_000)
    expect(mustBeGranted(await decide(BOUND)).principal.expiresAt).toBeGreaterThan(expiresAt)
    server.clock.advance('66s')
    expect(await decide()).toMatchObject({ status: 401, reason: 'token-expired' })
    const later = await answered((now) => ({ exp: now + 360_000 }))
    expect(mustBeGranted(await later.decide()).principal.expiresAt - later.server.clock.now()).toBeLessThan(3_600_001)
  })

  it('with an nbf of its own has it checked at each decision, also where the answer is remembered', async () => {
    // Without a time of its own the JWT is no evidence, so that the answer is what is used.
    const { server, api, token, decide } = await answered((now) => ({ nbf: now + 4, iat: now }), {
      token: { claims: { iat: undefined } },
    })
    const presented = await api.present(withToken(token))
    expect(await decide()).toMatchObject({ outcome: 'granted' })
    const { hits } = server.introspection
    expect(await presented.authorize(BOUND)).toMatchObject({ principal: { evidence: { source: 'cached-answer' } } })
    server.clock.advance(-3_000 as never)
    expect(await presented.authorize(BOUND)).toMatchObject({ status: 401, reason: 'token-not-yet-valid' })
    expect(server.introspection.hits).toBe(hits)
  })
})

describe('a JWT without iat', () => {
  const withoutIat = { token: { claims: { iat: undefined } } }

  it('is asked about on a route with a bound, and then known for as long as the answer is fresh', async () => {
    const { server, decide } = await answered({}, withoutIat)
    expect(await decide({})).toMatchObject({ principal: { evidence: { source: 'local-validation', asOf: undefined } } })
    expect(await decide(BOUND)).toMatchObject({ principal: { evidence: { source: 'live-call' } } })
    expect(await decide(BOUND)).toMatchObject({ principal: { evidence: { source: 'cached-answer' } } })
    server.clock.advance('10m')
    expect(await decide(BOUND)).toMatchObject({ principal: { evidence: { source: 'live-call' } } })
    expect(server.introspection.hits).toBe(2)
  })

  it('is refused for good where nobody can be asked', async () => {
    const { decide } = await answered({}, { ...withoutIat, issuer: { introspection: undefined, opaqueTokens: false } })
    expect(await decide(BOUND)).toMatchObject({ status: 403, reason: 'evidence-unobtainable' })
    expect(await decide({})).toMatchObject({ outcome: 'granted' })
  })

  it('that was revoked is believed to be for a while, and then asked about again', async () => {
    const { server, token, decide } = await answered({}, withoutIat)
    await server.revoke(token)
    server.introspection.answerWith(token, {})
    expect(await decide()).toMatchObject({ status: 401, reason: 'token-revoked' })
    expect(await decide({})).toMatchObject({ status: 401, reason: 'token-revoked' })
    server.clock.advance('9s')
    expect(await decide({})).toMatchObject({ status: 401, reason: 'token-revoked' })
    server.clock.advance('1s')
    expect(await decide()).toMatchObject({ status: 401, reason: 'token-revoked' })
    expect(server.introspection.hits).toBe(2)
  })

  it('is revoked for good once an answer has told its age', async () => {
    const { server, token, decide } = await answered((now) => ({ iat: now - 60 }), withoutIat)
    expect(await decide()).toMatchObject({ outcome: 'granted' })
    await server.revoke(token)
    server.introspection.answerWith(token, {})
    expect(await decide()).toMatchObject({ status: 401, reason: 'token-revoked' })
    server.clock.advance('30m')
    expect(await decide({})).toMatchObject({ status: 401, reason: 'token-revoked' })
    expect(server.introspection.hits).toBe(2)
  })
})

describe('an opaque token', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['for another API', { aud: 'https://another.example' }, 'audience-not-accepted'],
    ['without an audience', { aud: undefined }, 'audience-not-accepted'],
    ['of another issuer', { iss: 'https://elsewhere.example' }, 'issuer-not-trusted'],
    ['that is a refresh token', { token_type: 'refresh_token' }, 'token-type-not-accepted'],
    ['bound to a key', { cnf: { jkt: 'x' } }, 'sender-constraint-unchecked'],
    ['without anybody it is about', { sub: undefined, client_id: undefined }, 'claims-malformed'],
  ])('%s is refused, though it is active', async (_, members, reason) => {
    const { server, api } = await introspectedApi()
    const token = await server.opaqueToken()
    server.introspection.answerWith(token, members)
    for (const policy of [{}, BOUND, LIVE, {}]) {
      expect(await api.authorize(withToken(token), policy)).toMatchObject({ status: 401, reason })
    }
  })
})
