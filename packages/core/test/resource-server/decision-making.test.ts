import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { combinePolicies, ConfigurationError, type Decision, definePolicy, UpstreamError } from '../../src/index.js'
import { decidedApi, FORBIDDEN, PERMIT, stillApi } from '../support/decided-api.js'
import { mustBeGranted } from '../support/introspected-api.js'
import { withToken } from '../support/test-issuer.js'

describe('what a decision point answers', () => {
  it('is a yes, or 403 without a word about policies, which are for events alone', async () => {
    for (const decision of ['permit', 'deny'] as const) {
      const { server, api, events } = await decidedApi({
        decision,
        determiningPolicies: ['owner-may', 'secret-policy'],
        policyErrors: ['broken-policy'],
      })
      const policy = { name: 'orders.refund', action: 'refund', scopes: ['a'] }
      const outcome = await api.authorize(withToken(await server.accessToken({ scopes: ['a'] })), policy)
      const denied = {
        ...FORBIDDEN,
        reason: 'decision-denied',
        headers: {
          'WWW-Authenticate':
            'Bearer realm="api", error="insufficient_scope", error_description="The access token does not allow this request"',
        },
      }
      expect(outcome).toMatchObject(decision === 'permit' ? { outcome: 'granted' } : denied)
      expect(JSON.stringify(outcome)).not.toMatch(/secret-policy|broken-policy|refund/)
      expect(events.find(({ type }) => type === 'policy-decided')).toStrictEqual({
        type: 'policy-decided',
        at: expect.any(Number),
        route: 'orders.refund',
        issuer: server.issuer,
        action: 'refund',
        decision,
        determiningPolicies: ['owner-may', 'secret-policy'],
        policyErrors: ['broken-policy'],
      })
    }
  })

  it('may leave out names, and brings none that are no text into events', async () => {
    const { authorize, eventsOf } = await decidedApi({ decision: 'deny', determiningPolicies: [7, 'a', {}] as never })
    await authorize({ action: 'a' })
    expect(eventsOf('policy-decided')).toMatchObject([{ determiningPolicies: ['a'], policyErrors: [] }])
  })

  it.each<[Decision & { decision: 'error' }, object, string]>([
    [{ decision: 'error', reason: 'request-data' }, FORBIDDEN, 'decision-failed'],
    [{ decision: 'error', reason: 'unavailable' }, { status: 503 }, 'decision-unavailable'],
    [{ decision: 'error', reason: 'configuration' }, { status: 503 }, 'decision-misconfigured'],
  ])('may be that there is no decision: %j', async (answer, told, reason) => {
    const cause = new Error('entity u1 has no attribute tenant')
    const { authorize, eventsOf } = await decidedApi({ ...answer, cause })
    const outcome = await authorize({ name: 'r', action: 'a' })
    expect(outcome).toMatchObject({ ...told, reason })
    expect(JSON.stringify(outcome)).not.toContain('attribute')
    expect(eventsOf('policy-decision-failed')).toMatchObject([{ route: 'r', reason: answer.reason, error: cause }])
    expect(eventsOf('policy-decided')).toStrictEqual([])
  })

  it.each<[string, () => unknown]>([
    ['nothing', () => undefined],
    ['null', () => null],
    ['true', () => true],
    ['a text', () => 'permit'],
    ['another decision', () => ({ decision: 'allow' })],
    ['a decision in capitals', () => ({ decision: 'PERMIT' })],
    ['a list', () => ['permit']],
    ['a decision of lists', () => ({ decision: ['permit'] })],
    ['an error without a reason', () => ({ decision: 'error' })],
    ['an error for another reason', () => ({ decision: 'error', reason: 'toString' })],
    ['what a prototype says', () => Object.create({ decision: 'permit' })],
  ])('that is none, %s, is no yes', async (_, answer) => {
    const { authorize, eventsOf } = await decidedApi(answer)
    expect(await authorize({ action: 'a' })).toMatchObject({ status: 503, reason: 'decision-misconfigured' })
    expect(eventsOf('policy-decision-failed')).toMatchObject([
      { reason: 'configuration', error: { option: 'decisionPoint.decide' } },
    ])
  })

  it.each<[string, unknown, string]>([
    ['an error', new Error('socket hang up'), 'unavailable'],
    ['an upstream error', new UpstreamError('throttled', 'Too many'), 'unavailable'],
    ['no error at all', 'boom', 'unavailable'],
    ['a configuration error', new ConfigurationError('policyStoreId', 'does not exist'), 'configuration'],
  ])('may be %s that it throws or rejects with: unavailable, and reported', async (_, thrown, reason) => {
    for (const answer of [
      () => Promise.reject(thrown as Error),
      () => {
        throw thrown
      },
    ]) {
      const { authorize, eventsOf } = await decidedApi(answer)
      const outcome = await authorize({ action: 'a' })
      expect(outcome).toMatchObject({
        outcome: 'unavailable',
        status: 503,
        headers: { 'Retry-After': '1' },
        body: { error_description: 'The request cannot be decided right now; try again' },
      })
      expect(JSON.stringify(outcome)).not.toMatch(/socket|boom|policyStoreId/)
      expect(eventsOf('policy-decision-failed')).toMatchObject([{ reason, error: thrown }])
    }
  })
})

describe('a decision that takes its time', () => {
  it('is given up at the deadline, and told so', async () => {
    let signal: AbortSignal | undefined
    const { authorize, eventsOf, api, server } = await decidedApi(
      (_, options) => {
        signal = options.signal
        return new Promise(() => {})
      },
      { timeout: '100ms' },
    )
    expect(await authorize({ action: 'a' })).toMatchObject({ status: 503, reason: 'decision-unavailable' })
    expect(signal?.aborted).toBe(true)
    expect(eventsOf('policy-decision-failed')).toMatchObject([{ reason: 'timeout', error: undefined }])
    await expect(api.verify(await server.accessToken(), { action: 'a' })).rejects.toMatchObject({ status: 503 })
  })

  it('comes too late after the deadline, whatever it says, and harms nobody', async () => {
    let land = (): void => {}
    let fail = (): void => {}
    const late = [
      new Promise((resolve) => (land = () => resolve(PERMIT))),
      new Promise((_, reject) => (fail = () => reject(new Error('late')))),
    ]
    const { authorize, events } = await decidedApi(() => late.shift(), { timeout: '100ms' })
    expect(await authorize({ action: 'a' })).toMatchObject({ reason: 'decision-unavailable' })
    expect(await authorize({ action: 'a' })).toMatchObject({ reason: 'decision-unavailable' })
    const told = events.length
    land()
    fail()
    await new Promise((resolve) => void setImmediate(resolve))
    expect(events).toHaveLength(told)
  })

  it('counts what loads the resource, too', async () => {
    const { authorize } = await decidedApi(PERMIT, { timeout: '100ms' })
    const hanging = { action: 'a', resource: () => new Promise<never>(() => {}) }
    expect(await authorize(hanging)).toMatchObject({ status: 503, reason: 'decision-unavailable' })
  })

  it('has no timer left behind when it is made', async () => {
    const { authorize } = await decidedApi()
    await authorize({ action: 'a' })
    const cleared = vi.spyOn(globalThis, 'clearTimeout')
    onTestFinished(() => cleared.mockRestore())
    const started = vi.spyOn(globalThis, 'setTimeout')
    onTestFinished(() => started.mockRestore())
    await authorize({ action: 'a' })
    const timers = started.mock.results.filter((_, index) => started.mock.calls[index]?.[1] === 3_000)
    expect(timers.length).toBeGreaterThan(0)
    for (const { value } of timers) expect(cleared).toHaveBeenCalledWith(value)
  })

  it('ends with the server', async () => {
    let signal: AbortSignal | undefined
    const { api, server, asked } = await decidedApi(
      (_, options) => {
        signal = options.signal
        return new Promise(() => {})
      },
      { timeout: '30s' },
    )
    const request = withToken(await server.accessToken())
    const waiting = api.authorize(request, { action: 'a' })
    await expect.poll(() => asked.length).toBe(1)
    await api.close()
    expect(await waiting).toMatchObject({ status: 503, reason: 'resource-server-closed' })
    expect(signal?.aborted).toBe(true)
  })

  it.each(['accessToken', 'opaqueToken'] as const)(
    'lets no %s in that was revoked meanwhile, by the list or by an answer',
    async (kind) => {
      let meanwhile: () => unknown = () => {}
      const { server, api, revocationList } = await decidedApi(async () => {
        await meanwhile()
        return PERMIT
      })
      const iat = Math.floor(server.clock.now() / 1_000) - 60
      const make = () => server[kind]({ sub: 'u1', claims: { iat, jti: 'j1' } })
      const policy = definePolicy({ action: 'a' })
      expect(await api.authorize(withToken(await make()), policy)).toMatchObject({ outcome: 'granted' })

      const listed = await make()
      const expiresAt = server.clock.now() + 3_600_000
      meanwhile = () => revocationList.add({ kind: 'token', issuer: server.issuer, jti: 'j1', expiresAt })
      expect(await api.authorize(withToken(listed), policy)).toMatchObject({ status: 401, reason: 'token-revoked' })
    },
  )

  it('lets no token in of which another route learned meanwhile that it is revoked', async () => {
    let meanwhile: () => unknown = () => {}
    const { server, api } = await decidedApi(async () => {
      await meanwhile()
      return PERMIT
    })
    const token = await server.accessToken({ claims: { iat: Math.floor(server.clock.now() / 1_000) - 60 } })
    meanwhile = async () => {
      await server.revoke(token)
      await api.authorize(withToken(token), { maxRevocationLag: '0s' })
    }
    expect(await api.authorize(withToken(token), { action: 'a' })).toMatchObject({ reason: 'token-revoked' })
  })

  it('lets no token in that expired meanwhile, and no login that grew too old', async () => {
    const { server, api } = await decidedApi(() => {
      server.clock.advance('2m')
      return PERMIT
    })
    const login = { auth_time: Math.floor(server.clock.now() / 1_000) }
    const dying = await server.accessToken({ expiresIn: '1m' })
    expect(await api.authorize(withToken(dying), { action: 'a' })).toMatchObject({ reason: 'token-expired' })
    const fresh = await server.accessToken({ claims: { auth_time: login.auth_time + 120 } })
    expect(await api.authorize(withToken(fresh), { action: 'a', maxAge: '1m' })).toMatchObject({
      reason: 'authentication-too-old',
    })
  })

  it('makes the proof of the token older by as much', async () => {
    const { api, issuer } = await stillApi(() => {
      issuer.clock.advance(2_000)
      return PERMIT
    })
    const { principal } = mustBeGranted(await api.authorize(withToken(issuer.token()), { action: 'a' }))
    const { asOf = 0, lagMs = 0 } = principal.evidence
    expect(asOf + lagMs).toBe(issuer.clock.now())
  })
})

describe('policies on one presented request', () => {
  const read = definePolicy({ action: 'read' })
  const write = definePolicy({ action: 'write', scopes: ['a'] })

  it('that ask the same are decided once, also at the same time', async () => {
    const { issuer, api, asked } = await stillApi(async ({ action }) => ({
      decision: action === 'read' ? 'permit' : 'deny',
    }))
    const presented = await api.present(withToken(issuer.token({ scope: 'a' })))
    const policies = [read, write, read, combinePolicies(read, write), read]
    const outcomes = await Promise.all(policies.map((policy) => presented.authorize(policy)))
    expect(outcomes.map(({ outcome }) => outcome)).toStrictEqual([
      'granted',
      'refused',
      'granted',
      'refused',
      'granted',
    ])
    expect(asked.map(({ action }) => action)).toStrictEqual(['read', 'write'])
  })

  it('share nothing with another request, not even of the same token', async () => {
    const { server, api, asked } = await decidedApi()
    const token = await server.accessToken()
    for (let times = 1; times <= 2; times++) {
      await api.authorize(withToken(token), read)
      await (await api.present(withToken(token))).authorize(read)
    }
    expect(asked).toHaveLength(4)
  })

  it('are decided anew where the request goes on, as over a socket', async () => {
    const { issuer, api, asked } = await stillApi()
    const presented = await api.present(withToken(issuer.token()))
    await presented.authorize(read)
    issuer.clock.advance(1_000)
    await presented.authorize(read)
    expect(asked).toHaveLength(1)
    issuer.clock.advance(1)
    await presented.authorize(read)
    expect(asked).toHaveLength(2)
  })

  it('are decided anew once an answer has narrowed the token', async () => {
    const { server, api, asked } = await decidedApi()
    const presented = await api.present(withToken(await server.accessToken({ scopes: ['a', 'b'] })))
    await presented.authorize(read)
    server.introspection.garbage({ body: JSON.stringify({ active: true, scope: 'b' }), times: 1 })
    await presented.authorize(combinePolicies(definePolicy({ maxRevocationLag: '0s' }), read))
    expect(asked.map(({ principal }) => principal.scopes)).toStrictEqual([['a', 'b'], ['b']])
  })
})
