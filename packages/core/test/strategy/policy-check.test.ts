import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { combinePolicies, type definePolicy } from '../../src/index.js'
import { serverFor, testIssuer, withToken } from '../support/test-issuer.js'

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

  it('are checked on every request, not once for a token', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const request = withToken(issuer.token({ scope: 'a' }))
    const outcomes = []
    for (const scope of ['a', 'b', 'a', 'b']) outcomes.push((await api.authorize(request, { scopes: [scope] })).outcome)
    expect(outcomes).toStrictEqual(['granted', 'refused', 'granted', 'refused'])
  })
})

describe('a combined policy', () => {
  it('is met when all of its parts are', async () => {
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
