import { afterEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { definePolicy, TokenRefusedError, TokenUncheckedError } from '../../src/index.js'
import { asPrincipal } from '../../src/testing/index.js'

const REQUEST = { method: 'GET', url: '/orders', headers: {} }

afterEach(() => vi.unstubAllEnvs())

describe('a server as a principal', () => {
  it('takes a request without any token for one of the principal', async () => {
    const api = asPrincipal({ sub: 'u1', scopes: ['orders/read'], groups: ['staff'], claims: { tenant: 'acme' } })
    const outcome = await api.authorize(REQUEST, { scopes: ['orders/read'], groups: ['staff'] })
    expect(outcome).toMatchObject({
      outcome: 'granted',
      principal: {
        subject: 'u1',
        clientId: 'test-client',
        scopes: ['orders/read'],
        groups: ['staff'],
        issuer: 'https://issuer.test',
        claims: { sub: 'u1', client_id: 'test-client', scope: 'orders/read', tenant: 'acme' },
        evidence: { source: 'local-validation', lagMs: 0, relaxed: false },
      },
    })
    expect(Object.isFrozen((outcome as { principal: object }).principal)).toBe(true)
  })

  it('has evidence for every bound', async () => {
    const api = asPrincipal({ sub: 'u1' })
    const outcome = await api.authorize(REQUEST, { maxRevocationLag: '0s' })
    expect(outcome).toMatchObject({ principal: { evidence: { source: 'live-call' } } })
    expect(api.explain({ name: 'r', maxRevocationLag: '0s' })).toStrictEqual({
      route: 'r',
      maxRevocationLag: 0,
      maxRevocationLagDuringOutage: undefined,
      acrValues: [],
      maxAge: undefined,
      issuers: [
        {
          issuers: ['https://issuer.test'],
          tokens: 'jwt',
          sources: ['live-call'],
          liveEndpoint: undefined,
          duringOutage: 'unaffected',
        },
      ],
    })
  })

  it.each([
    ['a scope', { scopes: ['orders/write'] }, 'scope-missing'],
    ['any scope of a list', { anyScope: ['orders/write', 'admin'] }, 'scope-missing'],
    ['a group', { groups: ['admins'] }, 'group-missing'],
    ['its issuer', { issuers: ['https://elsewhere.example'] }, 'issuer-not-accepted'],
    ['claims', { claims: z.object({ tenant: z.string() }) }, 'claims-not-accepted'],
  ])('refuses, as ever, who lacks %s', async (_, policy, reason) => {
    const api = asPrincipal({ sub: 'u1', scopes: ['orders/read'], groups: ['staff'] })
    expect(await api.authorize(REQUEST, policy)).toMatchObject({ outcome: 'refused', status: 403, reason })
    expect(await (await api.present(REQUEST)).authorize(policy)).toMatchObject({ status: 403, reason })
    await expect(api.verify('any text', policy)).rejects.toThrow(TokenRefusedError)
  })

  it('has logged in as the test says, and not at all unless it does', async () => {
    const policy = { acrValues: ['phr', 'mfa'], maxAge: '5m' } as const
    const who = { sub: 'u1', acr: 'mfa', authTime: Date.now() }
    expect(await asPrincipal(who).authorize(REQUEST, policy)).toMatchObject({ outcome: 'granted' })
    for (const [changed, reason] of [
      [{ acr: 'pwd' }, 'acr-not-accepted'],
      [{ authTime: Date.now() - 301_000 }, 'authentication-too-old'],
    ] as const) {
      const outcome = await asPrincipal({ ...who, ...changed }).authorize(REQUEST, policy)
      expect(outcome).toMatchObject({ status: 401, reason, body: { acr_values: 'phr mfa', max_age: 300 } })
    }
    for (const demand of [{ acrValues: ['mfa'] }, { maxAge: '1d' }] as const) {
      expect(await asPrincipal({ sub: 'u1' }).authorize(REQUEST, demand)).toMatchObject({ status: 401 })
    }
  })

  it('names the scopes of the route in the challenge', async () => {
    const outcome = await asPrincipal({ sub: 'u1' }).authorize(REQUEST, { scopes: ['a'], anyScope: ['b', 'a'] })
    expect(outcome).toMatchObject({ headers: { 'WWW-Authenticate': expect.stringContaining('scope="a b"') } })
  })

  it('gives what the claims schema gives', async () => {
    const policy = definePolicy({ claims: z.object({ sub: z.string().transform((sub) => sub.length) }) })
    expect((await asPrincipal({ sub: 'u1' }).verify('', policy)).claims).toStrictEqual({ sub: 2 })
  })

  it('refuses what the real server would not take either', async () => {
    const api = asPrincipal({ sub: 'u1' })
    await expect(api.authorize(REQUEST, undefined)).rejects.toThrow('is undefined')
    await expect(api.authorize('GET /' as never)).rejects.toThrow('must be a web Request')
    await expect(api.present('GET /' as never)).rejects.toThrow('must be a web Request')
    expect(() => api.policy({ scope: ['a'] } as never)).toThrow('policy.scope is not an option')
  })

  it('cannot do what needs a token', async () => {
    const api = asPrincipal({ sub: 'u1' })
    await expect(api.signOut('t', {} as never)).rejects.toThrow('signOut needs a token')
    await expect(api.backChannelLogout(REQUEST as never)).rejects.toThrow('backChannelLogout needs a token')
  })

  it('keeps connections until they are stopped, and is unavailable once it is closed', async () => {
    const api = asPrincipal({ sub: 'u1' })
    const outcome = await api.authorize(REQUEST)
    if (outcome.outcome !== 'granted') throw new Error('not granted')
    const watch = api.watch(outcome)
    expect([watch.ended, await watch.beforeMessage()]).toStrictEqual([undefined, undefined])
    watch.stop()
    await api.ready()
    await api.close()
    expect(await api.authorize(REQUEST)).toMatchObject({ status: 503, reason: 'resource-server-closed' })
    await expect(api.verify('t')).rejects.toThrow(TokenUncheckedError)
  })
})
