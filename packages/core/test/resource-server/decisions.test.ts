import { describe, expect, expectTypeOf, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import {
  type AccessTokenClaims,
  combinePolicies,
  definePolicy,
  type PolicyInput,
  type RoutePolicy,
} from '../../src/index.js'
import { systemClock } from '../../src/transport/clock.js'
import { type Answer, decidedApi, FORBIDDEN, order, PERMIT } from '../support/decided-api.js'
import { mustBeGranted, schemaThat } from '../support/introspected-api.js'
import { withToken } from '../support/test-issuer.js'

describe('the decision point', () => {
  it('is asked who wants to do what to what, and under which circumstances', async () => {
    const { server, api, asked } = await decidedApi()
    const token = await server.accessToken({ sub: 'u1', scopes: ['a'] })
    const request = { ...withToken(token), params: { id: '7' } }
    const policy = {
      action: 'refund',
      resource: { ...order, parents: [{ type: 'Shop', id: 's' }] },
      context: { web: true },
    }
    mustBeGranted(await api.authorize(request, policy))
    const [question] = asked
    expect(question).toStrictEqual({
      principal: expect.objectContaining({
        subject: 'u1',
        scopes: ['a'],
        claims: expect.objectContaining({ sub: 'u1' }),
      }),
      action: 'refund',
      resource: { ...order, parents: [{ type: 'Shop', id: 's' }], attributes: expect.any(Function) },
      context: { web: true },
      request,
      accessToken: expect.any(Function),
    })
    expect(question?.request).toBe(request)
    expect(question?.accessToken()).toBe(token)
    expect(JSON.stringify({ ...question, request: undefined })).not.toContain(token)
  })

  it('is asked by functions of the principal and the request', async () => {
    const { server, api, asked } = await decidedApi()
    const token = await server.accessToken({ sub: 'u1' })
    const request = { ...withToken(token), params: { id: '7' } }
    const seen: PolicyInput[] = []
    await api.authorize(request, {
      action: async (input) => {
        seen.push(input)
        return 'refund'
      },
      resource: ({ principal, params }) => ({ type: 'Order', id: `${principal.subject}/${String(params['id'])}` }),
      context: async (input) => ({ method: input.request?.method }),
    })
    expect(seen).toMatchObject([{ principal: { subject: 'u1' }, request, params: { id: '7' } }])
    expect(asked).toMatchObject([{ action: 'refund', resource: { id: 'u1/7' }, context: { method: 'GET' } }])
    await api.verify(token, { action: ({ request: none, params }) => `${typeof none} ${JSON.stringify(params)}` })
    expect(asked.at(-1)).toMatchObject({ action: 'undefined {}', resource: undefined, context: {}, request: undefined })
  })

  it('is asked last: no token that anything else refuses gets there, nor any function of the policy', async () => {
    const { server, asked, authorize } = await decidedApi()
    let ran = 0
    const functions = { action: () => `${++ran}`, resource: () => order, context: () => ({}) }
    const old = await server.accessToken({ claims: { exp: 1 } })
    const revoked = await server.accessToken({ claims: { iat: Math.floor(server.clock.now() / 1_000) - 60 } })
    await server.revoke(revoked)
    expect(await authorize(functions, old)).toMatchObject({ status: 401 })
    expect(await authorize({ ...functions, scopes: ['b'] })).toMatchObject({ reason: 'scope-missing' })
    expect(await authorize({ ...functions, groups: ['b'] })).toMatchObject({ reason: 'group-missing' })
    expect(await authorize({ ...functions, acrValues: ['mfa'] })).toMatchObject({ reason: 'acr-not-accepted' })
    expect(await authorize({ ...functions, maxRevocationLag: '0s' }, revoked)).toMatchObject({
      reason: 'token-revoked',
    })
    server.introspection.fail()
    expect(await authorize({ ...functions, maxRevocationLag: '0s' })).toMatchObject({ reason: 'live-check-failed' })
    expect([asked.length, ran]).toStrictEqual([0, 0])
  })

  it('is not asked by routes without an action', async () => {
    const { asked, authorize } = await decidedApi()
    expect(await authorize({ scopes: ['a'] })).toMatchObject({ outcome: 'granted' })
    expect(asked).toStrictEqual([])
  })

  it('must permit all that combined policies ask', async () => {
    const { api, server, asked } = await decidedApi(({ action }) => ({ decision: action === 'b' ? 'deny' : 'permit' }))
    const [a, b, c] = ['a', 'b', 'c'].map((action) => definePolicy({ action })) as [never, never, never]
    const request = withToken(await server.accessToken())
    expect(await api.authorize(request, combinePolicies(a, c))).toMatchObject({ outcome: 'granted' })
    expect(await api.authorize(request, combinePolicies(a, b, c))).toMatchObject({ reason: 'decision-denied' })
    expect(asked.map(({ action }) => action)).toStrictEqual(['a', 'c', 'a', 'b'])
    expect(combinePolicies(a, c, a).decisions).toHaveLength(2)
  })
})

describe('the resource', () => {
  const load = (attributes: () => object | null | undefined | Promise<object | null | undefined>) => ({
    action: 'refund',
    resource: () => ({ ...order, attributes }),
  })

  it('is loaded only where the decision point wants to know of it', async () => {
    let loads = 0
    const { authorize, asked } = await decidedApi(async ({ action, resource }) => {
      if (action !== 'refund') return PERMIT
      const attributes = (await resource?.attributes()) as { owner?: string }
      return { decision: attributes.owner === 'u1' ? 'permit' : 'deny' }
    })
    const resource = () => ({ ...order, attributes: async () => ({ owner: 'u1', loads: ++loads }) })
    expect(await authorize({ action: 'read', resource })).toMatchObject({ outcome: 'granted' })
    expect(loads).toBe(0)
    expect(await authorize({ action: 'refund', resource })).toMatchObject({ outcome: 'granted' })
    expect(await authorize(load(() => ({ owner: 'u2' })))).toMatchObject({ reason: 'decision-denied' })
    expect([loads, asked.length]).toStrictEqual([1, 3])
  })

  it('that does not exist is 403, and nothing is decided about it', async () => {
    const { authorize, asked, events } = await decidedApi()
    for (const nothing of [null, undefined]) {
      const unknown = { ...FORBIDDEN, reason: 'resource-unknown' }
      expect(await authorize({ action: 'a', resource: () => nothing })).toMatchObject(unknown)
      expect(await authorize({ action: 'a', resource: async () => nothing })).toMatchObject(unknown)
    }
    expect(asked).toStrictEqual([])
    expect(events.map(({ type }) => type)).not.toContain('policy-decision-failed')
  })

  it('whose attributes are not there is 403, whatever the decision point makes of it', async () => {
    const answers: Answer[] = [
      async ({ resource }) => (await resource?.attributes()) && PERMIT,
      async ({ resource }) =>
        resource?.attributes().then(
          () => PERMIT,
          () => PERMIT,
        ),
      async ({ resource }) =>
        resource?.attributes().catch((cause) => ({ decision: 'error', reason: 'unavailable', cause })),
    ]
    for (const answer of answers) {
      const { authorize } = await decidedApi(answer)
      expect(await authorize(load(() => null))).toMatchObject({ ...FORBIDDEN, reason: 'resource-unknown' })
      expect(await authorize(load(async () => undefined))).toMatchObject({ ...FORBIDDEN, reason: 'resource-unknown' })
    }
  })

  it('whose loader throws is unavailable, reported and never shown, whatever the decision point makes of it', async () => {
    const secret = new Error('password of the database')
    const answers: Answer[] = [
      async ({ resource }) => (await resource?.attributes()) && PERMIT,
      async ({ resource }) =>
        resource?.attributes().then(
          () => PERMIT,
          () => PERMIT,
        ),
    ]
    for (const answer of answers) {
      const { authorize, eventsOf } = await decidedApi(answer)
      const outcome = await authorize(load(() => Promise.reject(secret)))
      expect(outcome).toMatchObject({ status: 503, reason: 'policy-input-failed' })
      expect(JSON.stringify(outcome)).not.toContain('password')
      expect(eventsOf('policy-decision-failed')).toMatchObject([{ reason: 'input', error: secret }])
      expect(eventsOf('policy-decided')).toStrictEqual([])
    }
  })

  it.each<[string, RoutePolicy]>([
    ['action', { action: () => Promise.reject(new Error('secret')) }],
    [
      'resource',
      {
        action: 'a',
        resource: () => {
          throw new Error('secret')
        },
      },
    ],
    ['context', { action: 'a', context: () => Promise.reject(new Error('secret')) }],
  ])('and every other function, here %s, may throw likewise', async (_, policy) => {
    const { authorize, asked, eventsOf } = await decidedApi()
    const outcome = await authorize(policy)
    expect(outcome).toMatchObject({ status: 503, reason: 'policy-input-failed' })
    expect(JSON.stringify(outcome)).not.toContain('secret')
    expect(eventsOf('policy-decision-failed')).toMatchObject([{ reason: 'input', error: { message: 'secret' } }])
    expect(asked).toStrictEqual([])
  })

  it.each<[string, unknown, string]>([
    ['no action', { action: () => undefined }, 'policy.action'],
    ['an empty action', { action: () => '' }, 'policy.action'],
    ['a resource without an id', { action: 'a', resource: () => ({ type: 'Order' }) }, 'policy.resource'],
    ['a resource as text', { action: 'a', resource: () => 'Order' }, 'policy.resource'],
    ['a context as text', { action: 'a', context: () => 'web' }, 'policy.context'],
    ['no context', { action: 'a', context: () => undefined }, 'policy.context'],
  ])('and a function that says %s has not said anything', async (_, policy, option) => {
    const { authorize, asked, eventsOf } = await decidedApi()
    expect(await authorize(policy as RoutePolicy)).toMatchObject({ status: 503, reason: 'policy-input-failed' })
    expect(eventsOf('policy-decision-failed')).toMatchObject([{ reason: 'input', error: { option } }])
    expect(asked).toStrictEqual([])
  })
})

describe('claims', () => {
  const tenant = z.object({ tenant: z.string().transform((text) => text.length) })

  it('are to functions what the schema of their policy makes of them, and to the decision point those of the token', async () => {
    const { server, api, asked } = await decidedApi()
    const token = await server.accessToken({ claims: { tenant: 'acme' } })
    const before = definePolicy({
      resource: ({ principal }) => {
        expectTypeOf(principal.claims).toEqualTypeOf<{ tenant: number }>()
        return { type: 'Tenant', id: String(principal.claims.tenant) }
      },
      action: 'a',
      claims: tenant,
    })
    const after = api.policy({
      claims: tenant,
      action: ({ principal }) => `a${principal.claims.tenant satisfies number}`,
      context: ({ principal }) => ({ tenant: principal.claims.tenant satisfies number }),
    })
    const bare = definePolicy({
      action: ({ principal }) => {
        expectTypeOf(principal.claims).toEqualTypeOf<AccessTokenClaims>()
        return String(principal.claims['tenant'])
      },
    })
    for (const policy of [before, after]) {
      const { principal } = mustBeGranted(await api.authorize(withToken(token), policy))
      expect(principal.claims satisfies { tenant: number }).toStrictEqual({ tenant: 4 })
    }
    await api.authorize(withToken(token), combinePolicies(after, bare))
    expect(asked.map(({ action, resource, context }) => [action, resource?.id, context])).toStrictEqual([
      ['a', '4', {}],
      ['a4', undefined, { tenant: 4 }],
      ['a4', undefined, { tenant: 4 }],
      ['acme', undefined, {}],
    ])
    for (const { principal } of asked) expect(principal.claims['tenant']).toBe('acme')
  })

  it('reach the decision point narrowed, where an answer narrows them', async () => {
    const { server, asked, authorize } = await decidedApi()
    const token = await server.accessToken({ scopes: ['a', 'b'] })
    server.introspection.garbage({ body: JSON.stringify({ active: true, scope: 'a' }), times: 1 })
    await authorize({ action: 'x', maxRevocationLag: '0s' }, token)
    expect(asked).toMatchObject([{ principal: { scopes: ['a'] } }])
  })
})

describe('a watch', () => {
  it('asks the decision point again whenever it decides again, with the same request', async () => {
    const { server, api, asked } = await decidedApi(() => ({ decision: asked.length < 3 ? 'permit' : 'deny' }))
    const request = { ...withToken(await server.accessToken()), params: { id: '7' } }
    const policy = { action: 'a', maxRevocationLag: '0s', resource: () => order } as const
    const watch = api.watch(mustBeGranted(await api.authorize(request, policy)))
    expect(await watch.beforeMessage()).toBeUndefined()
    expect(await watch.beforeMessage()).toMatchObject({ status: 403, reason: 'decision-denied' })
    expect(asked.every((question) => question.request === request)).toBe(true)
  })

  it('that renews early goes on while nobody can decide, until it has to be decided', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance', 'hrtime'] })
    onTestFinished(() => void vi.useRealTimers())
    let isDown = false
    const { server, api, asked } = await decidedApi(
      () => (isDown ? { decision: 'error', reason: 'unavailable' } : PERMIT),
      { clock: systemClock },
    )
    const policy = { action: 'a', maxRevocationLag: '30s' } as const
    const watch = api.watch(mustBeGranted(await api.authorize(withToken(await server.opaqueToken()), policy)))
    isDown = true
    await vi.advanceTimersByTimeAsync(22_500)
    await expect.poll(() => asked.length).toBe(2)
    expect(watch.ended).toBeUndefined()
    await vi.advanceTimersByTimeAsync(7_500)
    await expect.poll(() => watch.ended).toMatchObject({ status: 503, reason: 'decision-unavailable' })
    expect(asked).toHaveLength(3)
  })
})

it('a schema that takes its time is waited for before anybody is asked', async () => {
  const { server, api, asked } = await decidedApi()
  const claims = schemaThat(() => expect(asked).toStrictEqual([]))
  const outcome = await api.authorize(withToken(await server.accessToken()), { action: 'a', claims })
  expect(outcome).toMatchObject({ outcome: 'granted' })
  expect(asked).toHaveLength(1)
})
