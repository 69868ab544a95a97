import { afterEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import {
  type Decision,
  type DecisionRequest,
  definePolicy,
  type PolicyDecisionPoint,
  TokenRefusedError,
  TokenUncheckedError,
} from '../../src/index.js'
import { asPrincipal } from '../../src/testing/index.js'

const REQUEST = { method: 'GET', url: '/orders', headers: {} }

afterEach(() => vi.unstubAllEnvs())

/** A decision that never comes; `promise` resolves when it is asked for. */
function pending() {
  let wasAsked = (): void => {}
  const promise = new Promise<void>((resolve) => (wasAsked = resolve))
  const decide = () => {
    wasAsked()
    return new Promise<Decision>(() => {})
  }
  return { promise, decide }
}

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
      heldFor: 0,
      acrValues: [],
      maxAge: undefined,
      senderConstrained: 'if-bound',
      confirmationMethods: [],
      decisions: [],
      issuers: [
        {
          issuers: ['https://issuer.test'],
          tokens: 'jwt',
          sources: ['live-call'],
          liveEndpoints: [],
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
    expect(await api.precheck(REQUEST, policy)).toMatchObject({ status: 403, reason })
    await expect(api.verify('any text', policy)).rejects.toThrow(TokenRefusedError)
  })

  it('passes a precheck without being granted anything, and asks no decision point for it', async () => {
    let asked = 0
    const decide = () => ({ decision: asked++ < 0 ? 'permit' : 'deny' }) as const
    const api = asPrincipal({ sub: 'u1' }, { decisionPoint: { decide } })
    expect(await api.precheck(REQUEST, { action: 'a' })).toStrictEqual({ outcome: 'passed' })
    expect(asked).toBe(0)
    await expect(api.precheck('GET /' as never)).rejects.toThrow('must be a web Request')
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

  it('is decided about by the decision point of the test, and refused without one as on a real server', async () => {
    const policy = { action: 'refund', resource: { type: 'Order', id: '7' } }
    const message = 'policy.action needs a decision point'
    await expect(asPrincipal({ sub: 'u1' }).authorize(REQUEST, policy)).rejects.toThrow(message)
    expect(() => asPrincipal({ sub: 'u1' }).policy(policy)).toThrow(message)
    const asked: DecisionRequest[] = []
    const decisionPoint: PolicyDecisionPoint = {
      decide(request) {
        asked.push(request)
        return { decision: request.principal.subject === 'u1' ? 'permit' : 'deny' }
      },
      explain: ({ action }) => `${action} by hand`,
    }
    const api = asPrincipal({ sub: 'u1' }, { decisionPoint })
    expect(await api.authorize(REQUEST, policy)).toMatchObject({ outcome: 'granted' })
    expect(asked).toMatchObject([{ action: 'refund', request: REQUEST, principal: { claims: { sub: 'u1' } } }])
    const presented = await api.present(REQUEST)
    const compiled = api.policy(policy)
    await presented.authorize(compiled)
    await presented.authorize(compiled)
    expect(asked).toHaveLength(2)
    expect(api.explain(policy).decisions).toMatchObject([{ explanation: 'refund by hand' }])
    const other = asPrincipal({ sub: 'u2' }, { decisionPoint })
    expect(await other.authorize(REQUEST, policy)).toMatchObject({ status: 403, reason: 'decision-denied' })
    await expect(other.verify('', policy)).rejects.toThrow(TokenRefusedError)
  })

  it('has no token to show to a decision point', async () => {
    const decide: PolicyDecisionPoint['decide'] = ({ accessToken }) => (accessToken(), { decision: 'permit' })
    const api = asPrincipal({ sub: 'u1' }, { decisionPoint: { decide } })
    expect(await api.authorize(REQUEST, { action: 'a' })).toMatchObject({
      status: 503,
      reason: 'decision-misconfigured',
    })
  })

  it('gets its decision point ready, and ends with it', async () => {
    const { promise, decide } = pending()
    const api = asPrincipal(
      { sub: 'u1' },
      { decisionPoint: { decide, ready: () => Promise.reject(new Error('line 3')) } },
    )
    await expect(api.ready()).rejects.toThrow('line 3')
    const waiting = api.authorize(REQUEST, { action: 'a' })
    await promise
    await api.close()
    expect(await waiting).toMatchObject({ status: 503, reason: 'resource-server-closed' })
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
    expect(() => asPrincipal({ sub: 'u1' }, { pdp: {} } as never)).toThrow('asPrincipal.pdp is not an option')
    for (const decisionPoint of [{}, null]) {
      expect(() => asPrincipal({ sub: 'u1' }, { decisionPoint } as never)).toThrow('must have a decide()')
    }
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
