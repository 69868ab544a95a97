import { describe, expect, it } from 'vitest'
import { type RoutePolicy } from '../../src/index.js'
import { introspectedApi, schemaThat } from '../support/introspected-api.js'
import { serverFor, testIssuer, withToken } from '../support/test-issuer.js'

/** An issuer whose clock is ours, and what its tokens come to. */
async function issuerInStep(changed: Parameters<typeof serverFor>[1] = {}) {
  const issuer = await testIssuer()
  const { api } = serverFor(issuer, { clockTolerance: 0, ...changed })
  const now = Math.floor(issuer.clock.now() / 1_000)
  issuer.clock.stepWall(now * 1_000 - issuer.clock.now())
  const reasonFor = async (policy: RoutePolicy, claims: Record<string, unknown>) => {
    const outcome = await api.authorize(withToken(issuer.token(claims)), policy)
    return outcome.outcome === 'granted' ? 'granted' : outcome.reason
  }
  return { issuer, api, now, reasonFor }
}

describe('a decision that is held', () => {
  it('is not made about a token that ends within that time', async () => {
    const { now, reasonFor } = await issuerInStep({ clockTolerance: '5s' })
    expect(await reasonFor({ heldFor: '60s' }, { exp: now + 60 })).toBe('token-ends-too-soon')
    expect(await reasonFor({ heldFor: '60s' }, { exp: now + 1 })).toBe('token-ends-too-soon')
    expect(await reasonFor({ heldFor: '60s' }, { exp: now + 61 })).toBe('granted')
    expect(await reasonFor({}, { exp: now + 1 })).toBe('granted')
    expect(await reasonFor({ heldFor: '60s' }, { exp: now - 6 })).toBe('token-expired')
  })

  it('tells the client that another token would do', async () => {
    const { issuer, api, now } = await issuerInStep()
    const outcome = await api.authorize(withToken(issuer.token({ exp: now + 60 })), { heldFor: '60s' })
    expect(outcome).toMatchObject({ status: 401, body: { error: 'invalid_token' } })
  })

  it('keeps the bound on revocation when it is repeated for the last time', async () => {
    const { now, reasonFor } = await issuerInStep()
    const policy = { maxRevocationLag: '90s', heldFor: '60s' } as const
    expect(await reasonFor(policy, { iat: now - 30 })).toBe('granted')
    expect(await reasonFor(policy, { iat: now - 31 })).toBe('revocation-lag-exceeded')
    expect(await reasonFor({ maxRevocationLag: '90s' }, { iat: now - 90 })).toBe('granted')
  })

  it('keeps what the issuer says of old tokens, and the policy of old logins', async () => {
    const { now, reasonFor } = await issuerInStep({ maxTokenAge: '90s' })
    expect(await reasonFor({ heldFor: '60s' }, { iat: now - 30 })).toBe('granted')
    expect(await reasonFor({ heldFor: '60s' }, { iat: now - 31 })).toBe('token-too-old')
    const recent = { maxAge: '90s', heldFor: '60s' } as const
    expect(await reasonFor(recent, { auth_time: now - 30 })).toBe('granted')
    expect(await reasonFor(recent, { auth_time: now - 31 })).toBe('authentication-too-old')
    expect(await reasonFor(recent, { auth_time: now + 1 })).toBe('authenticated-in-the-future')
  })

  it('is not made when deciding took so long that the evidence has grown too old', async () => {
    const { issuer, now, reasonFor } = await issuerInStep()
    const claims = schemaThat(() => issuer.clock.advance(5_000))
    const policy = { claims, maxRevocationLag: '90s' } as unknown as RoutePolicy
    expect(await reasonFor(policy, { iat: now - 29 })).toBe('granted')
    issuer.clock.advance(-5_000)
    expect(await reasonFor({ ...policy, heldFor: '60s' }, { iat: now - 29 })).toBe('decided-too-late')
    issuer.clock.advance(-5_000)
    expect(await reasonFor({ ...policy, heldFor: '60s' }, { iat: now - 25 })).toBe('granted')
  })

  it('counts in an outage as well', async () => {
    const { server, api } = await introspectedApi({ clockTolerance: 0, issuedAtIsEvidence: false })
    const policy = { maxRevocationLag: '90s', maxRevocationLagDuringOutage: '10m', heldFor: '60s' } as const
    const token = await server.accessToken({ sub: 'u1' })
    const outcome = async () => {
      const result = await api.authorize(withToken(token), policy)
      return result.outcome === 'granted' ? result.principal.evidence.source : result.reason
    }
    expect(await outcome()).toBe('live-call')
    expect(await outcome()).toBe('cached-answer')
    server.clock.advance('31s')
    expect(await outcome()).toBe('live-call')
    server.introspection.fail({ status: 503 })
    server.clock.advance('535s')
    expect(await outcome()).toBe('cached-answer')
    server.clock.advance('10s')
    expect(await outcome()).toBe('live-check-failed')
  })

  it('is explained by what can still prove a token then', async () => {
    const { api } = await issuerInStep({ clockTolerance: '5s' })
    expect(api.explain({ maxRevocationLag: '66s', heldFor: '60s' })).toMatchObject({
      maxRevocationLag: 66_000,
      heldFor: 60_000,
      issuers: [{ sources: ['local-validation'] }],
    })
    expect(api.explain({ maxRevocationLag: '65s', heldFor: '60s' }).issuers).toMatchObject([{ sources: [] }])
  })
})
