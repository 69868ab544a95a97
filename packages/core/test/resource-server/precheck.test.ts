import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { inMemoryRevocationList, type RoutePolicy } from '../../src/index.js'
import { introspectedApi } from '../support/introspected-api.js'
import { json } from '../support/loopback-server.js'
import { signer } from '../support/signing.js'
import { anonymous, serverFor, testIssuer, withToken } from '../support/test-issuer.js'

describe('a precheck', () => {
  const refusals: readonly [string, RoutePolicy<z.ZodType | undefined>, Record<string, unknown>][] = [
    ['an end', {}, { exp: 1 }],
    ['another audience', {}, { aud: 'another-api' }],
    ['a scope', { scopes: ['a', 'b'] }, { scope: 'a' }],
    ['a group', { groups: ['g'] }, {}],
    ['a claim', { claims: z.object({ tenant: z.string() }) }, {}],
    ['a claim, slowly', { claims: z.object({}).refine(async () => false) }, {}],
    ['a strong login', { acrValues: ['mfa'] }, {}],
    ['a recent login', { maxAge: '5m' }, {}],
  ]

  it.each(refusals)(
    'refuses for want of %s, with the whole answer and one event, as authorize does',
    async (_, policy, claims) => {
      const issuer = await testIssuer()
      const { api, events } = serverFor(issuer)
      const request = withToken(issuer.token(claims))
      const outcome = await api.precheck(request, policy)
      expect(outcome.outcome).toBe('refused')
      const told = events.splice(0).filter(({ type }) => type.startsWith('request-'))
      expect(told).toHaveLength(1)
      expect(await api.authorize(request, policy)).toStrictEqual(outcome)
      expect(events).toStrictEqual(told)
    },
  )

  it('refuses a request without credentials, and one whose token nobody signed', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    expect(await api.precheck(anonymous)).toMatchObject({ status: 401, reason: 'no-credentials' })
    const forged = issuer.token({}, {}, signer('RS256', { kid: issuer.key.kid }))
    expect(await api.precheck(withToken(forged))).toMatchObject({ status: 401, reason: 'signature-invalid' })
  })

  it('that finds nothing is no grant: it says nothing of who is calling, and reports nothing', async () => {
    const issuer = await testIssuer()
    const { api, events } = serverFor(issuer)
    const outcome = await api.precheck(withToken(issuer.token({ scope: 'a' })), { scopes: ['a'] })
    expect(outcome).toStrictEqual({ outcome: 'passed' })
    expect(Object.isFrozen(outcome)).toBe(true)
    expect(events.filter(({ type }) => type.startsWith('request-'))).toStrictEqual([])
    expect(() => api.watch(outcome as never)).toThrow('watch takes what authorize() of this very server granted')
  })

  it.each(['accessToken', 'opaqueToken'] as const)('asks nobody about one %s, and remembers nothing', async (kind) => {
    let asked = 0
    const decisionPoint = { decide: () => ({ decision: asked++ < 0 ? 'deny' : 'permit' }) as const }
    const { server, api } = await introspectedApi({}, { decisionPoint })
    const iat = Math.floor(server.clock.now() / 1_000) - 60
    const token = withToken(await server[kind]({ claims: { iat } }))
    const policy = { maxRevocationLag: '30s', action: () => `${asked++}` } as const
    expect(await api.precheck(token, policy)).toStrictEqual({ outcome: 'passed' })
    expect([server.introspection.hits, asked]).toStrictEqual([0, 0])
    expect(await api.authorize(token, policy)).toMatchObject({ principal: { evidence: { source: 'live-call' } } })
  })

  it('knows what the list and earlier answers have ended', async () => {
    const revocationList = inMemoryRevocationList()
    const { server, api } = await introspectedApi({}, { revocationList })
    const iat = Math.floor(server.clock.now() / 1_000) - 60
    const revoked = withToken(await server.accessToken({ claims: { iat } }))
    await server.revoke(revoked.headers.authorization.slice('Bearer '.length))
    expect(await api.precheck(revoked)).toStrictEqual({ outcome: 'passed' })
    await api.authorize(revoked, { maxRevocationLag: '0s' })
    expect(await api.precheck(revoked)).toMatchObject({ status: 401, reason: 'token-revoked' })
    const listed = withToken(await server.accessToken({ clientId: 'stolen' }))
    await revocationList.add({ kind: 'client', issuer: server.issuer, clientId: 'stolen' })
    expect(await api.precheck(listed)).toMatchObject({ status: 401, reason: 'token-revoked' })
  })

  it('is unavailable without keys, and after close', async () => {
    const issuer = await testIssuer()
    const { api, events } = serverFor(issuer)
    issuer.jwks.answer = json({}, 503)
    expect(await api.precheck(withToken(issuer.token()))).toMatchObject({ status: 503, reason: 'jwks-unreachable' })
    expect(events.at(-1)).toMatchObject({ type: 'request-unavailable' })
    await api.close()
    expect(await api.precheck(withToken(issuer.token()))).toMatchObject({ reason: 'resource-server-closed' })
  })

  it('takes the policies and requests that authorize takes, and no others', async () => {
    const { api } = serverFor(await testIssuer())
    await expect(api.precheck(anonymous, undefined)).rejects.toThrow('policy is undefined')
    await expect(api.precheck(anonymous, { scope: ['a'] } as never)).rejects.toThrow('policy.scope is not an option')
    await expect(api.precheck('GET /' as never)).rejects.toThrow('request must be a web Request')
  })

  it('passes whatever is granted, and refuses nothing that authorize would not', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const some = fc.subarray(['a', 'b', 'c'])
    const policies = fc
      .record({ scopes: some, groups: some, acrValues: some })
      .map((given) => Object.fromEntries(Object.entries(given).filter(([, list]) => list.length > 0)))
    const tokens = fc.record({
      scope: some.map((list) => list.join(' ')),
      groups: some,
      acr: fc.constantFrom('a', 'b', undefined),
    })
    await fc.assert(
      fc.asyncProperty(policies, tokens, async (policy, claims) => {
        const request = withToken(issuer.token(claims))
        const [first, outcome] = [await api.precheck(request, policy), await api.authorize(request, policy)]
        expect(first).toStrictEqual(outcome.outcome === 'granted' ? { outcome: 'passed' } : outcome)
      }),
    )
  })
})
