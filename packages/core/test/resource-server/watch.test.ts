import { inspect } from 'node:util'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  ConfigurationError,
  type Denied,
  type Duration,
  inMemoryRevocationList,
  type RoutePolicy,
  type WatchOptions,
} from '../../src/index.js'
import { systemClock } from '../../src/transport/clock.js'
import { introspectedApi, type IssuerChanges, mustBeGranted, schemaThat } from '../support/introspected-api.js'
import { manualClock } from '../support/manual-clock.js'
import { serverFor, testIssuer, withToken } from '../support/test-issuer.js'

const SECOND = 1_000

/** Timers and clocks move together, and only when told. What travels over sockets does so in its own time. */
function holdTime(): (seconds: number) => Promise<unknown> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance', 'hrtime'] })
  onTestFinished(() => void vi.useRealTimers())
  return (seconds) => vi.advanceTimersByTimeAsync(seconds * SECOND)
}

/** Waits for what is under way, while time stands still. */
const settled = () => new Promise<void>((resolve) => void setImmediate(() => setImmediate(resolve)))

/** A grant that is watched, of an opaque token unless another is brought, with what `onEnd` was told. */
async function watched(
  policy: RoutePolicy,
  {
    issuer = {},
    expiresIn = '3600s',
    ...watchOptions
  }: { issuer?: IssuerChanges; expiresIn?: Duration } & WatchOptions = {},
) {
  const revocationList = inMemoryRevocationList()
  const { server, api, events } = await introspectedApi(issuer, { clock: systemClock, revocationList })
  const token = await server.opaqueToken({ sub: 'u1', expiresIn })
  const granted = mustBeGranted(await api.authorize(withToken(token), policy))
  const told: Denied[] = []
  const watch = api.watch(granted, { onEnd: (denied) => told.push(denied), ...watchOptions })
  return { server, api, events, token, granted, told, watch, revocationList }
}

describe('a watch on a route without any lag', () => {
  it('asks before each message, and ends with the first after a revocation', async () => {
    const { server, token, watch, told } = await watched(
      { maxRevocationLag: '0s' },
      { issuer: { clockTolerance: '0s' } },
    )
    for (let hits = 2; hits <= 4; hits++) {
      expect(await watch.beforeMessage()).toBeUndefined()
      expect(server.introspection.hits).toBe(hits)
    }
    server.clock.advance('10s')
    await server.revoke(token)
    const denied = await watch.beforeMessage()
    expect(denied).toMatchObject({ outcome: 'refused', status: 401, reason: 'token-revoked' })
    expect(await watch.beforeMessage()).toBe(denied)
    expect([watch.ended, told]).toStrictEqual([denied, [denied]])
    expect(server.introspection.hits).toBe(5)
  })

  it('ends when nobody can be asked', async () => {
    const { server, watch, told } = await watched({ maxRevocationLag: '0s' })
    server.introspection.fail()
    expect(await watch.beforeMessage()).toMatchObject({ outcome: 'unavailable', status: 503 })
    expect(told).toHaveLength(1)
  })
})

describe('a watch on a route with a bound', () => {
  it('renews by itself before the bound, so that no message waits', async () => {
    const advance = holdTime()
    const { server, watch } = await watched({ maxRevocationLag: '30s' })
    for (let hits = 2; hits <= 4; hits++) {
      await advance(22.4)
      expect(server.introspection.hits).toBe(hits - 1)
      await advance(0.1)
      await expect.poll(() => server.introspection.hits).toBe(hits)
      await settled()
      expect(await watch.beforeMessage()).toBeUndefined()
      expect(server.introspection.hits).toBe(hits)
    }
  })

  it('ends by itself at the renewal that learns of a revocation', async () => {
    const advance = holdTime()
    const { server, token, told } = await watched({ maxRevocationLag: '30s' })
    await server.revoke(token)
    await advance(22)
    expect(told).toStrictEqual([])
    await advance(1)
    await expect.poll(() => told).toMatchObject([{ status: 401, reason: 'token-revoked' }])
  })

  it('ends by itself when the token expires', async () => {
    const advance = holdTime()
    const { told } = await watched({ maxRevocationLag: '30s' }, { expiresIn: '10s', issuer: { clockTolerance: '0s' } })
    await advance(8)
    expect(told).toStrictEqual([])
    await advance(2)
    await expect.poll(() => told).toMatchObject([{ status: 401 }])
  })

  it('outlives an outage that is over within the bound', async () => {
    const advance = holdTime()
    const { server, watch, told } = await watched({ maxRevocationLag: '30s' })
    server.introspection.fail()
    await advance(23)
    await expect.poll(() => server.introspection.hits).toBe(2)
    await settled()
    expect([await watch.beforeMessage(), told]).toStrictEqual([undefined, []])
    server.introspection.recover()
    await advance(8)
    await expect.poll(() => server.introspection.hits).toBe(3)
    await settled()
    expect([await watch.beforeMessage(), told]).toStrictEqual([undefined, []])
  })

  it('ends in an outage once what is known is as old as the bound', async () => {
    const advance = holdTime()
    const { server, watch, told } = await watched({ maxRevocationLag: '30s' })
    server.introspection.drop()
    await advance(29.9)
    await settled()
    expect([await watch.beforeMessage(), told]).toStrictEqual([undefined, []])
    await advance(0.2)
    await expect.poll(() => told).toMatchObject([{ outcome: 'unavailable', status: 503 }])
    expect(watch.ended).toBe(told[0])
  })

  it('goes on in an outage for as long as the route relaxes its bound', async () => {
    const advance = holdTime()
    const { server, watch, told, events } = await watched({
      maxRevocationLag: '30s',
      maxRevocationLagDuringOutage: '60s',
    })
    server.introspection.drop()
    for (const _ of Array(11)) {
      await advance(5)
      await settled()
    }
    expect([await watch.beforeMessage(), told]).toStrictEqual([undefined, []])
    expect(events.findLast(({ type }) => type === 'request-granted')).toMatchObject({ evidence: { relaxed: true } })
    // A quarter of the bound apart: nobody decides again and again while a server is down.
    expect(events.filter(({ type }) => type === 'request-granted').length).toBeLessThan(20)
    for (const _ of Array(3)) {
      await advance(5)
      await settled()
    }
    await expect.poll(() => told).toMatchObject([{ status: 503 }])
  })

  it('keeps a bound of two seconds in real time', async () => {
    const { server, token, told } = await watched({ maxRevocationLag: '2s' }, { issuer: { clockTolerance: '0s' } })
    const revokedAt = performance.now()
    await server.revoke(token)
    await expect.poll(() => told, { timeout: 5_000, interval: 5 }).toMatchObject([{ status: 401 }])
    expect(performance.now() - revokedAt).toBeLessThan(2_000)
  })
})

describe('the age of evidence under a watch', () => {
  it('includes the time a claims schema took', async () => {
    const clock = manualClock()
    const { server, api } = await introspectedApi({}, { clock })
    const claims = schemaThat(() => clock.advance(10 * SECOND))
    const request = withToken(await server.opaqueToken())
    const watch = api.watch(mustBeGranted(await api.authorize(request, { maxRevocationLag: '30s', claims })))
    clock.advance(19 * SECOND)
    await watch.beforeMessage()
    expect(server.introspection.hits).toBe(1)
    clock.advance(2 * SECOND)
    await watch.beforeMessage()
    expect(server.introspection.hits).toBe(2)
  })

  it('is not made smaller by a wall clock that steps back', async () => {
    const clock = manualClock()
    const { server, api } = await introspectedApi({}, { clock })
    const request = withToken(await server.opaqueToken())
    await api.authorize(request, { maxRevocationLag: '30s' })
    clock.advance(25 * SECOND)
    clock.stepWall(-20 * SECOND)
    const granted = mustBeGranted(await api.authorize(request, { maxRevocationLag: '30s' }))
    expect(granted.principal.evidence).toMatchObject({ source: 'cached-answer', lagMs: 25 * SECOND })
    const watch = api.watch(granted)
    clock.advance(6 * SECOND)
    await watch.beforeMessage()
    expect(server.introspection.hits).toBe(2)
  })
})

describe('a watch where nobody can be asked', () => {
  async function watchedJwt(policy: RoutePolicy) {
    const issuer = await testIssuer()
    const revocationList = inMemoryRevocationList()
    const { api, events } = serverFor(issuer, { maxTokenLifetime: '1h' }, { clock: systemClock, revocationList })
    const feed = revocationList.feed({
      issuer: issuer.options.issuer,
      name: 'feed',
      source: 'authorization-server',
      complete: true,
      keys: ['sub'],
      delay: '0s',
    })
    const grant = async () => {
      const now = Math.floor(Date.now() / SECOND)
      const token = issuer.token({ iat: now, exp: now + 600 })
      const told: Denied[] = []
      const granted = mustBeGranted(await api.authorize(withToken(token), policy))
      return { told, watch: api.watch(granted, { onEnd: (denied) => told.push(denied) }) }
    }
    return { grant, feed, events }
  }

  it('lasts for as long as the age of the token is proof, and no longer', async () => {
    const advance = holdTime()
    vi.setSystemTime(1_800_000_000_000)
    const { grant, events } = await watchedJwt({ maxRevocationLag: '30s' })
    const { watch, told } = await grant()
    await advance(24.9)
    expect([await watch.beforeMessage(), told]).toStrictEqual([undefined, []])
    expect(events.filter(({ type }) => type !== 'jwks-refreshed')).toMatchObject([{ type: 'request-granted' }])
    await advance(0.2)
    await settled()
    expect(told).toMatchObject([{ status: 401, reason: 'revocation-lag-exceeded' }])
  })

  it('lasts for as long as a complete feed is alive, and no longer', async () => {
    const advance = holdTime()
    vi.setSystemTime(1_800_000_000_000)
    const { grant, feed } = await watchedJwt({ maxRevocationLag: '30s' })
    feed.heartbeat({ sequence: 1, asOf: Date.now() })
    await advance(10)
    const { watch, told } = await grant()
    for (let sequence = 2; sequence <= 8; sequence++) {
      await advance(20)
      feed.heartbeat({ sequence, asOf: Date.now() })
      expect([await watch.beforeMessage(), told]).toStrictEqual([undefined, []])
    }
    await advance(24.9)
    expect([await watch.beforeMessage(), told]).toStrictEqual([undefined, []])
    await advance(0.2)
    await settled()
    expect(told).toMatchObject([{ status: 401, reason: 'revocation-lag-exceeded' }])
  })
})

describe('a watch on any route', () => {
  it('has its token where nothing that prints or copies the grant finds it', async () => {
    const { granted, token } = await watched({})
    const deep = { depth: 20, showHidden: true, getters: true }
    for (const shown of [inspect(granted, deep), inspect({ ...granted }, deep), JSON.stringify(granted)]) {
      expect(shown).toContain('granted')
      expect(shown).not.toContain(token)
    }
  })

  it('takes nothing but what this very server granted', async () => {
    const { api, granted } = await watched({})
    const { api: another } = await introspectedApi()
    for (const made of [{ ...granted }, JSON.parse(JSON.stringify(granted)), granted.principal, null, undefined, 'x']) {
      expect(() => api.watch(made as never)).toThrow('watch takes what authorize() of this very server granted')
    }
    expect(() => another.watch(granted)).toThrow(ConfigurationError)
  })

  it.each([
    [{ onClose() {} }, 'watch.onClose is not an option'],
    [{ onEnd: 'close' }, 'watch.onEnd must be a function'],
    [{ signal: true }, 'watch.signal must be an AbortSignal'],
  ])('has options that are checked: %j', async (options, message) => {
    const { api, granted } = await watched({})
    expect(() => api.watch(granted, options as never)).toThrow(message)
  })

  it('ends at once when the token was revoked between the grant and the watch', async () => {
    const { server, api, granted, revocationList } = await watched({})
    await revocationList.add({ kind: 'user', issuer: server.issuer, sub: 'u1', notBefore: Date.now() })
    const told: Denied[] = []
    const watch = api.watch(granted, { onEnd: (denied) => told.push(denied) })
    await expect.poll(() => told).toMatchObject([{ reason: 'token-revoked' }])
    expect(watch.ended).toBe(told[0])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('from the observer')
      },
    ],
    ['rejects', () => Promise.reject(new Error('from the observer'))],
  ])('ends once, also where onEnd %s', async (_, misbehave) => {
    let calls = 0
    const onEnd = () => {
      calls += 1
      return misbehave()
    }
    const { server, watch, revocationList } = await watched({ maxRevocationLag: '0s' }, { onEnd })
    const revokeAgain = (notBefore: number) =>
      revocationList.add({ kind: 'user', issuer: server.issuer, sub: 'u1', notBefore })
    await Promise.all([revokeAgain(Date.now()), revokeAgain(Date.now() + 1), watch.beforeMessage()])
    expect(await watch.beforeMessage()).toMatchObject({ reason: 'token-revoked' })
    await settled()
    expect(calls).toBe(1)
  })

  it('tells nobody once it was stopped, by a call or by the signal of the connection', async () => {
    const early = AbortSignal.abort()
    const connection = new AbortController()
    const { server, api, granted, watch, told, revocationList } = await watched({})
    const onEnd = (denied: Denied) => void told.push(denied)
    const others = [
      api.watch(granted, { onEnd, signal: connection.signal }),
      api.watch(granted, { onEnd, signal: early }),
    ]
    watch.stop()
    connection.abort()
    await revocationList.add({ kind: 'user', issuer: server.issuer, sub: 'u1', notBefore: Date.now() })
    await api.close()
    await settled()
    expect(told).toStrictEqual([])
    for (const stopped of [watch, ...others]) expect(await stopped.beforeMessage()).toMatchObject({ status: 503 })
    expect(told).toStrictEqual([])
  })

  it('ends at once when the revocation list names the token, and asks nobody', async () => {
    for (const maxRevocationLag of ['token-lifetime', '30s', '1ms'] as const) {
      const { server, watch, told, revocationList } = await watched({ maxRevocationLag })
      const { hits } = server.introspection
      await revocationList.add({ kind: 'user', issuer: server.issuer, sub: 'u2', notBefore: Date.now() })
      expect(told).toStrictEqual([])
      await revocationList.add({ kind: 'user', issuer: server.issuer, sub: 'u1', notBefore: Date.now() })
      await expect.poll(() => told).toMatchObject([{ status: 401, reason: 'token-revoked' }])
      expect(watch.ended).toBe(told[0])
      if (maxRevocationLag !== '1ms') expect(server.introspection.hits).toBe(hits)
    }
  })

  it('ends at the next message when another route learned of a revocation', async () => {
    const { server, api, token, watch } = await watched({}, { issuer: { clockTolerance: '0s' } })
    await api.authorize(withToken(token))
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 10 * SECOND)
    onTestFinished(() => void vi.restoreAllMocks())
    await server.revoke(token)
    expect(await watch.beforeMessage()).toBeUndefined()
    await api.authorize(withToken(token), { maxRevocationLag: '0s' })
    expect(await watch.beforeMessage()).toMatchObject({ reason: 'token-revoked' })
  })

  it('ends when the server closes, also if it begins only then', async () => {
    const { api, watch, told, granted } = await watched({})
    await api.close()
    await expect.poll(() => told).toMatchObject([{ status: 503, reason: 'resource-server-closed' }])
    expect(await watch.beforeMessage()).toBe(told[0])
    const ended: Denied[] = []
    const late = api.watch(granted, { onEnd: (denied) => ended.push(denied) })
    expect(await late.beforeMessage()).toMatchObject({ reason: 'resource-server-closed' })
    await expect.poll(() => ended).toHaveLength(1)
  })
})
