import { describe, expect, it, onTestFinished } from 'vitest'
import {
  authorizationServer,
  combinePolicies,
  clientSecretBasic,
  createResourceServer,
  definePolicy,
  inMemoryRevocationList,
  type ResourceServer,
} from '../../src/index.js'
import type { FakeAuthorizationServer } from '@tokenward/testkit'
import { introspectedApi, mustBeGranted, schemaThat } from '../support/introspected-api.js'
import { manualClock } from '../support/manual-clock.js'
import { serverFor, testIssuer, withToken } from '../support/test-issuer.js'

describe('a decision that takes its time', () => {
  it.each(['accessToken', 'opaqueToken'] as const)(
    'lets no %s in that the list came to name meanwhile',
    async (kind) => {
      const revocationList = inMemoryRevocationList()
      const { server, api } = await introspectedApi({}, { revocationList })
      const token = await server[kind]({ sub: 'u1' })
      const revoke = () =>
        revocationList.add({ kind: 'user', issuer: server.issuer, sub: 'u1', notBefore: server.clock.now() })
      for (const maxRevocationLag of ['token-lifetime', '10m', '0s'] as const) {
        expect(await api.authorize(withToken(token), { maxRevocationLag })).toMatchObject({ outcome: 'granted' })
      }
      expect(await api.authorize(withToken(token), { claims: schemaThat(revoke) })).toMatchObject({
        status: 401,
        reason: 'token-revoked',
      })
    },
  )

  it('lets no token in that another route learned to be inactive meanwhile', async () => {
    for (const kind of ['accessToken', 'opaqueToken'] as const) {
      const { server, api } = await introspectedApi()
      const token = await server[kind]()
      await api.authorize(withToken(token))
      server.clock.advance('1m')
      const learn = async () => {
        await server.revoke(token)
        await api.authorize(withToken(token), { maxRevocationLag: '0s' })
      }
      expect(await api.authorize(withToken(token), { claims: schemaThat(learn) })).toMatchObject({
        status: 401,
        reason: 'token-revoked',
      })
    }
  })

  it.each(['accessToken', 'opaqueToken'] as const)(
    'lets no %s in that expired meanwhile, nor after close',
    async (kind) => {
      const { server, api } = await introspectedApi()
      const request = withToken(await server[kind]({ expiresIn: '10m' }))
      const during = (what: () => unknown) => api.authorize(request, { claims: schemaThat(what) })
      expect(await during(() => server.clock.advance('9m'))).toMatchObject({ outcome: 'granted' })
      expect(await during(() => server.clock.advance('2m'))).toMatchObject({ status: 401, reason: 'token-expired' })
      const another = withToken(await server[kind]())
      expect(await api.authorize(another, { claims: schemaThat(() => api.close()) })).toMatchObject({
        status: 503,
        reason: 'resource-server-closed',
      })
    },
  )

  it('lets no token in that became too old, or expired, while the server was asked', async () => {
    const { server, api } = await introspectedApi({ maxTokenAge: '5m' })
    const token = await server.accessToken({ expiresIn: '1h' })
    const policy = { maxRevocationLag: '0s' } as const
    await api.ready()
    const during = async (advance: '4m' | '1h') => {
      server.introspection.slow('50ms', { times: 1 })
      const { hits } = server.introspection
      const outcome = api.authorize(withToken(token), policy)
      await expect.poll(() => server.introspection.hits, { interval: 1 }).toBe(hits + 1)
      server.clock.advance(advance)
      return outcome
    }
    expect(await during('4m')).toMatchObject({ outcome: 'granted' })
    expect(await during('4m')).toMatchObject({ status: 401, reason: 'token-too-old' })
  })
})

describe('a token that is remembered', () => {
  it('is held to maxTokenAge at every decision, not only at the first', async () => {
    const { server, api } = await introspectedApi({ maxTokenAge: '5m' })
    const token = await server.opaqueToken({ expiresIn: '1h' })
    const presented = await api.present(withToken(await server.accessToken({ expiresIn: '1h' })))
    expect(await api.authorize(withToken(token))).toMatchObject({ outcome: 'granted' })
    const watch = api.watch(mustBeGranted(await presented.authorize()))
    server.clock.advance('306s')
    expect(await api.authorize(withToken(token))).toMatchObject({ status: 401, reason: 'token-too-old' })
    expect(await presented.authorize()).toMatchObject({ status: 401, reason: 'token-too-old' })
    expect(await watch.beforeMessage()).toMatchObject({ status: 401, reason: 'token-too-old' })
    expect(server.introspection.hits).toBe(1)
  })

  it('is asked about again once what was answered has ended', async () => {
    const { server, api } = await introspectedApi({ maxAgeWithoutExp: '1m' })
    const endless = await server.opaqueToken({ expiresIn: null })
    for (const advanced of ['30s', '31s', '1s'] as const) {
      expect(await api.authorize(withToken(endless))).toMatchObject({ outcome: 'granted' })
      server.clock.advance(advanced)
    }
    expect(server.introspection.hits).toBe(2)
  })

  it('is asked about again after that time also where the wall clock was set back', async () => {
    const clock = manualClock()
    const { server, api } = await introspectedApi({ maxAgeWithoutExp: '1m' }, { clock })
    const endless = await server.opaqueToken({ expiresIn: null, claims: { iat: undefined } })
    const decide = () => api.authorize(withToken(endless))
    expect(await decide()).toMatchObject({ outcome: 'granted' })
    clock.stepWall(-3_600_000)
    clock.advance(59_000)
    expect([(await decide()).outcome, server.introspection.hits]).toStrictEqual(['granted', 1])
    clock.advance(1_000)
    expect([(await decide()).outcome, server.introspection.hits]).toStrictEqual(['granted', 2])
  })

  it('is refused as long as an answer about it counts, whatever strangers have asked meanwhile', async () => {
    const { server, api } = await introspectedApi({}, { maxRememberedTokens: 100 })
    const ageless = await server.accessToken({ claims: { iat: undefined } })
    await server.revoke(ageless)
    expect(await api.authorize(withToken(ageless), { maxRevocationLag: '0s' })).toMatchObject({ status: 401 })
    for (let i = 0; i < 130; i++) await api.authorize(withToken(`made-up-${i}`))
    expect(await api.authorize(withToken(ageless))).toMatchObject({ status: 401, reason: 'token-revoked' })
  })
})

describe('a call that does not answer', () => {
  async function withFetch(fetch: (server: FakeAuthorizationServer) => typeof globalThis.fetch) {
    const { server, api: served } = await introspectedApi()
    await served.close()
    const { clientId, clientSecret } = server.client
    const issuer = authorizationServer({
      issuer: server.issuer,
      audience: null,
      jwks: (await server.publicKeys()) as never,
      timeout: '100ms',
      allowInsecureLoopback: true,
      introspection: {
        endpoint: server.introspection.url,
        clientAuthentication: clientSecretBasic(clientId, clientSecret),
      },
    })
    const api = createResourceServer({ issuers: [issuer], fetch: fetch(server), clock: server.clock })
    onTestFinished(() => api.close())
    return { server, api }
  }

  it('is given up at its deadline, also by a fetch that ignores its signal', async () => {
    const { server, api } = await withFetch(() => () => new Promise(() => {}))
    const token = await server.accessToken()
    const startedAt = performance.now()
    expect(await api.authorize(withToken(token), { maxRevocationLag: '0s' })).toMatchObject({
      outcome: 'unavailable',
      status: 503,
      headers: { 'Retry-After': '1' },
      reason: 'live-check-failed',
    })
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    const policy = { maxRevocationLag: '0s', maxRevocationLagDuringOutage: '5m' } as const
    expect(await api.authorize(withToken(token), policy)).toMatchObject({
      principal: { evidence: { source: 'local-validation', relaxed: true } },
    })
  })

  it('ends with the server, as does what waited for the next', async () => {
    const { server, api, events } = await introspectedApi({ timeout: '30s' })
    const token = await server.accessToken()
    await api.ready()
    server.introspection.hang()
    const decide = () => api.authorize(withToken(token), { maxRevocationLag: '0s' })
    const first = decide()
    await expect.poll(() => server.introspection.hits).toBe(1)
    const second = decide()
    await api.close()
    for (const outcome of [await first, await second, await decide()]) {
      expect(outcome).toMatchObject({ status: 503, reason: 'resource-server-closed' })
    }
    expect(server.introspection.hits).toBe(1)
    expect(events.map(({ type }) => type)).not.toContain('live-check-failed')
  })
})

describe('several policies', () => {
  const strict = definePolicy({ maxRevocationLag: '0s', maxRevocationLagDuringOutage: '10m' })
  const loose = definePolicy({ maxRevocationLag: '10m', maxRevocationLagDuringOutage: '1h' })
  const bound = definePolicy({ maxRevocationLag: '10m' })

  it('combined keep the strictest numbers of all', async () => {
    const { server, api } = await introspectedApi()
    const token = await server.accessToken()
    const decide = (...[first, ...others]: [typeof strict, ...(typeof strict)[]]) =>
      api.authorize(withToken(token), combinePolicies(first, ...others))
    await decide(loose, definePolicy({}))
    expect(server.introspection.hits).toBe(0)
    for (const [index, others] of [[loose], [bound], [loose, definePolicy({})]].entries()) {
      expect(await decide(strict, ...others)).toMatchObject({ principal: { evidence: { source: 'live-call' } } })
      expect(server.introspection.hits).toBe(index + 1)
    }
    server.introspection.fail()
    server.clock.advance('5m')
    // The last answer is five minutes old.
    expect(await decide(strict, loose)).toMatchObject({ principal: { evidence: { relaxed: true } } })
    expect(await decide(strict, bound)).toMatchObject({ status: 503 })
    server.clock.advance('6m')
    expect(await decide(strict, loose)).toMatchObject({ status: 503 })
    expect(await decide(loose)).toMatchObject({ principal: { evidence: { relaxed: true } } })
  })

  it('on one request are decided each from its own moment', async () => {
    const { server, api } = await introspectedApi()
    const presented = await api.present(withToken(await server.accessToken()))
    server.clock.advance('1m')
    const policy = { maxRevocationLag: '30s' } as const
    expect(await presented.authorize(policy)).toMatchObject({ principal: { evidence: { source: 'live-call' } } })
    server.clock.advance('29s')
    expect(await presented.authorize(policy)).toMatchObject({ principal: { evidence: { source: 'cached-answer' } } })
    server.clock.advance('1s')
    expect(await presented.authorize(policy)).toMatchObject({ principal: { evidence: { source: 'live-call' } } })
    expect(server.introspection.hits).toBe(2)
  })
})

it('an observer that throws, or never answers, changes no live decision', async () => {
  const observers = [
    () => {
      throw new Error('from the observer')
    },
    () => Promise.reject(new Error('from the observer')),
    () => new Promise(() => {}),
  ]
  for (const onEvent of observers) {
    const { server, api } = await introspectedApi({}, { onEvent })
    const token = await server.opaqueToken()
    const decide = (lag: '0s' | '10m') => api.authorize(withToken(token), { maxRevocationLag: lag })
    expect(await decide('0s')).toMatchObject({ outcome: 'granted' })
    server.introspection.fail()
    expect(await decide('0s')).toMatchObject({ status: 503 })
    server.introspection.recover()
    server.clock.advance('1m')
    await server.revoke(token)
    expect(await decide('0s')).toMatchObject({ status: 401 })
    expect(await decide('10m')).toMatchObject({ status: 401, reason: 'token-revoked' })
  }
})

it('a clock without monotonic time that steps back lets nobody join a call of before on a route without lag', async () => {
  const issuer = await testIssuer()
  let now = Date.now()
  const gates: ((value: unknown) => void)[] = []
  const { api } = stepping(issuer, { now: () => now }, gates)
  const token = issuer.token({ iat: Math.floor(now / 1_000) - 60 })
  const decide = () => api.authorize(withToken(token), { maxRevocationLag: '0s' })
  const first = decide()
  await expect.poll(() => gates.length).toBe(1)
  now -= 10_000
  const second = decide()
  gates[0]?.(undefined)
  await expect.poll(() => gates.length).toBe(2)
  gates[1]?.(undefined)
  expect([await first, await second]).toMatchObject([{ outcome: 'granted' }, { outcome: 'granted' }])
})

/** Asks through a fetch whose answers, all of them active, the test lets go. */
function stepping(
  issuer: Awaited<ReturnType<typeof testIssuer>>,
  clock: { now(): number },
  gates: ((value: unknown) => void)[],
): { readonly api: ResourceServer } {
  return serverFor(
    issuer,
    {
      jwks: { keys: [issuer.key.jwk as never] },
      introspection: {
        endpoint: 'https://issuer.example/introspect',
        clientAuthentication: clientSecretBasic('a', 'b'),
      },
    },
    {
      clock,
      fetch: async () => {
        await new Promise((resolve) => gates.push(resolve))
        return Response.json({ active: true })
      },
    },
  )
}
