import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { z } from 'zod'
import { combinePolicies, definePolicy, type RoutePolicy } from '../../src/index.js'
import { refusalByLogin } from '../../src/strategy/step-up.js'
import type { TokenFacts } from '../../src/tokens/token-facts.js'
import { introspectedApi, mustBeGranted, schemaThat } from '../support/introspected-api.js'
import { serverFor, testIssuer, withToken } from '../support/test-issuer.js'

const SECOND = 1_000
const NOW = 1_700_000_000

describe('a demand on the login', () => {
  /** Decides by a JWT and by an opaque token that say the same. */
  const decides = async (policy: RoutePolicy, claims: Record<string, unknown>) => {
    const { server, api } = await introspectedApi()
    const now = Math.floor(server.clock.now() / SECOND)
    const { ago, ...others } = claims as { ago?: number }
    const said = { ...others, ...(ago !== undefined && { auth_time: now - ago }) }
    const answers = []
    for (const kind of ['accessToken', 'opaqueToken'] as const) {
      const outcome = await api.authorize(withToken(await server[kind]({ claims: said })), policy)
      answers.push(outcome.outcome === 'granted' ? 'granted' : outcome.reason)
    }
    expect(answers[0]).toBe(answers[1])
    return answers[0]
  }

  it.each<[RoutePolicy, Record<string, unknown>, string]>([
    [{ acrValues: ['phr', 'mfa'] }, { acr: 'mfa' }, 'granted'],
    [{ acrValues: ['phr', 'mfa'] }, { acr: 'phr' }, 'granted'],
    [{ acrValues: ['mfa'] }, { acr: 'pwd' }, 'acr-not-accepted'],
    [{ acrValues: ['mfa'] }, { acr: 'MFA' }, 'acr-not-accepted'],
    [{ acrValues: ['mfa'] }, { acr: 'mfa phr' }, 'acr-not-accepted'],
    [{ acrValues: ['mfa'] }, {}, 'acr-not-accepted'],
    [{ acrValues: ['mfa'] }, { acr: ['mfa'] }, 'claims-malformed'],
    [{ maxAge: '5m' }, { ago: 0 }, 'granted'],
    [{ maxAge: '5m' }, { ago: 300 }, 'granted'],
    [{ maxAge: '5m' }, { ago: 310 }, 'authentication-too-old'],
    [{ maxAge: '5m' }, {}, 'authentication-too-old'],
    [{ maxAge: '5m' }, { ago: -60 }, 'authenticated-in-the-future'],
    [{}, { ago: -60 }, 'authenticated-in-the-future'],
    [{ maxAge: '5m' }, { auth_time: '1' }, 'claims-malformed'],
    [{ acrValues: ['mfa'], maxAge: '5m' }, { acr: 'mfa', ago: 1 }, 'granted'],
    [{ acrValues: ['mfa'], maxAge: '5m' }, { acr: 'mfa' }, 'authentication-too-old'],
    [{ acrValues: ['mfa'], maxAge: '5m' }, { ago: 1 }, 'acr-not-accepted'],
    [{}, {}, 'granted'],
  ])('%j of a login %j: %s', async (policy, claims, expected) => {
    expect(await decides(policy, claims)).toBe(expected)
  })

  it('comes after scopes, groups and claims: what a new login would not mend is told first', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const login = { acrValues: ['mfa'], maxAge: '5m' } as const
    const reasonFor = async (policy: RoutePolicy<z.ZodType | undefined>, token: string) => {
      const outcome = await api.authorize(withToken(token), { ...login, ...policy })
      return outcome.outcome === 'granted' ? 'granted' : outcome.reason
    }
    expect(await reasonFor({ scopes: ['a'] }, issuer.token())).toBe('scope-missing')
    expect(await reasonFor({ groups: ['a'] }, issuer.token())).toBe('group-missing')
    expect(await reasonFor({ claims: z.object({ tenant: z.string() }) }, issuer.token())).toBe('claims-not-accepted')
    expect(await reasonFor({ scopes: ['a'] }, issuer.token({ scope: 'a' }))).toBe('acr-not-accepted')
    expect(await reasonFor({}, issuer.token({ exp: 1 }))).toBe('token-expired')
  })

  it('is answered with a challenge that another login can meet, in header and body', async () => {
    const issuer = await testIssuer()
    const { api, events } = serverFor(issuer)
    const outcome = await api.authorize(withToken(issuer.token({ acr: 'pwd' })), {
      acrValues: ['phr', 'mfa'],
      maxAge: '10m',
    })
    expect(outcome).toStrictEqual({
      outcome: 'refused',
      status: 401,
      headers: {
        'WWW-Authenticate':
          'Bearer realm="api", error="insufficient_user_authentication", error_description="A different authentication level is required", acr_values="phr mfa", max_age="600"',
        'Cache-Control': 'no-store',
      },
      body: {
        error: 'insufficient_user_authentication',
        error_description: 'A different authentication level is required',
        acr_values: 'phr mfa',
        max_age: 600,
      },
      reason: 'acr-not-accepted',
    })
    expect(events.at(-1)).toMatchObject({ error: 'insufficient_user_authentication', reason: 'acr-not-accepted' })
    await expect(api.verify(issuer.token(), { maxAge: '1m' })).rejects.toMatchObject({
      code: 'authentication-too-old',
      status: 401,
      error: 'insufficient_user_authentication',
      challenge: expect.stringContaining('max_age="60"'),
    })
  })

  it('costs no call about a token that does not meet it', async () => {
    const { server, api } = await introspectedApi()
    const policy = { acrValues: ['mfa'], maxRevocationLag: '0s' } as const
    expect(await api.authorize(withToken(await server.accessToken()), policy)).toMatchObject({ status: 401 })
    expect(server.introspection.hits).toBe(0)
  })

  it('is met by what stands in the JWT: an answer to introspection adds nothing to it', async () => {
    const { server, api } = await introspectedApi()
    const token = await server.accessToken({ claims: { acr: 'mfa' } })
    const policy = { acrValues: ['mfa'], maxRevocationLag: '0s' } as const
    expect(await api.authorize(withToken(token), policy)).toMatchObject({ outcome: 'granted' })
    server.introspection.garbage({ body: JSON.stringify({ active: true, acr: 'phr' }), times: 1 })
    expect(await api.authorize(withToken(token), policy)).toMatchObject({ reason: 'introspection-contradicts-token' })
  })
})

describe('the age of a login', () => {
  it.each(['accessToken', 'opaqueToken'] as const)('is measured at every decision about one %s', async (kind) => {
    const { server, api } = await introspectedApi()
    const claims = { auth_time: Math.floor(server.clock.now() / SECOND) }
    const presented = await api.present(withToken(await server[kind]({ expiresIn: '1h', claims })))
    const policy = definePolicy({ maxAge: '5m' })
    expect(await presented.authorize(policy)).toMatchObject({ outcome: 'granted' })
    server.clock.advance('303s')
    expect(await presented.authorize(policy)).toMatchObject({ outcome: 'granted' })
    server.clock.advance('4s')
    expect(await presented.authorize(policy)).toMatchObject({ status: 401, reason: 'authentication-too-old' })
    expect(await presented.authorize({ maxAge: '10m' })).toMatchObject({ outcome: 'granted' })
  })

  it('counts once more after a schema, or an answer, has taken its time', async () => {
    const { server, api } = await introspectedApi()
    const claims = { auth_time: Math.floor(server.clock.now() / SECOND) }
    const slow = schemaThat(() => server.clock.advance('4m'))
    const bySchema = { maxAge: '5m', claims: slow } as const
    expect(await api.authorize(withToken(await server.accessToken({ claims })), bySchema)).toMatchObject({
      outcome: 'granted',
    })
    expect(await api.authorize(withToken(await server.accessToken({ claims })), bySchema)).toMatchObject({
      reason: 'authentication-too-old',
    })

    const token = await server.accessToken({ claims: { auth_time: Math.floor(server.clock.now() / SECOND) } })
    await api.ready()
    server.introspection.slow('50ms', { times: 1 })
    const { hits } = server.introspection
    const outcome = api.authorize(withToken(token), { maxAge: '1m', maxRevocationLag: '0s' })
    await expect.poll(() => server.introspection.hits, { interval: 1 }).toBe(hits + 1)
    server.clock.advance('2m')
    expect(await outcome).toMatchObject({ status: 401, reason: 'authentication-too-old' })
  })

  it('ends a watch as it would refuse a new request', async () => {
    const { server, api } = await introspectedApi()
    const claims = { auth_time: Math.floor(server.clock.now() / SECOND) }
    const token = await server.accessToken({ expiresIn: '1h', claims })
    const watch = api.watch(mustBeGranted(await api.authorize(withToken(token), { maxAge: '5m' })))
    server.clock.advance('303s')
    expect(await watch.beforeMessage()).toBeUndefined()
    server.clock.advance('4s')
    expect(await watch.beforeMessage()).toMatchObject({ status: 401, reason: 'authentication-too-old' })
  })

  it('is never more than the bound and the tolerance, and never less than nothing by more than the tolerance', () => {
    const whole = (max: number) => fc.integer({ min: 0, max })
    fc.assert(
      fc.property(
        whole(2_000).map((seconds) => seconds - 1_000),
        fc.integer({ min: 1, max: 1_000 }),
        whole(60),
        (ago, maxAge, tolerance) => {
          const facts = { authenticatedAt: (NOW - ago) * SECOND } as TokenFacts
          const demand = { acrValues: [], maxAge: maxAge * SECOND }
          const refusal = refusalByLogin(demand, facts, tolerance * SECOND, NOW * SECOND)
          const expected =
            ago < -tolerance
              ? 'authenticated-in-the-future'
              : ago > maxAge + tolerance
                ? 'authentication-too-old'
                : undefined
          expect(refusal).toBe(expected)
        },
      ),
    )
  })

  it('that cannot be measured is too old', () => {
    const demand = { acrValues: [], maxAge: 60_000 }
    const at = (now: number) => refusalByLogin(demand, { authenticatedAt: NOW } as TokenFacts, 0, now)
    expect(at(NOW)).toBeUndefined()
    expect(at(Number.NaN)).toBeDefined()
  })
})

describe('combined policies', () => {
  const strong = definePolicy({ acrValues: ['phr', 'mfa'], maxAge: '1h' })
  const recent = definePolicy({ acrValues: ['pwd', 'mfa', 'phr'], maxAge: '5m' })
  const plain = definePolicy({ scopes: ['a'] })

  it('accept what all accept, by the preferences of the first, and the most recent login', () => {
    expect(combinePolicies(strong, recent)).toMatchObject({ acrValues: ['phr', 'mfa'], maxAge: 300_000 })
    expect(combinePolicies(recent, strong)).toMatchObject({ acrValues: ['mfa', 'phr'], maxAge: 300_000 })
    expect(combinePolicies(plain, strong)).toMatchObject({ acrValues: ['phr', 'mfa'], maxAge: 3_600_000 })
    expect(combinePolicies(strong, plain)).toMatchObject({ acrValues: ['phr', 'mfa'], maxAge: 3_600_000 })
    expect(combinePolicies(plain, plain)).toMatchObject({ acrValues: [], maxAge: undefined })
    expect(Object.isFrozen(combinePolicies(strong, recent).acrValues)).toBe(true)
  })

  it('that accept nothing in common are refused, and ask for no less', () => {
    const other = definePolicy({ acrValues: ['pwd'] })
    expect(() => combinePolicies(strong, other)).toThrow('policy.acrValues leaves no value')
    expect(() => combinePolicies(plain, strong, recent, other)).toThrow('policy.acrValues leaves no value')
  })

  it('hold a token to all of them', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const both = combinePolicies(recent, strong)
    const now = Math.floor(issuer.clock.now() / SECOND)
    const decide = async (acr: string, ago: number) => {
      const outcome = await api.authorize(withToken(issuer.token({ acr, auth_time: now - ago })), both)
      return outcome.outcome === 'granted' ? 'granted' : outcome.reason
    }
    expect(await decide('mfa', 60)).toBe('granted')
    expect(await decide('pwd', 60)).toBe('acr-not-accepted')
    expect(await decide('mfa', 600)).toBe('authentication-too-old')
  })
})
