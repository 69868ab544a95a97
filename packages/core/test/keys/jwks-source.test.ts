import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRemoteJwks, type KeyLookup } from '../../src/keys/jwks-source.js'
import { UpstreamError } from '../../src/outcomes/errors.js'
import type { TokenwardEvent } from '../../src/outcomes/events.js'
import type { JsonObject } from '../../src/vocabulary/json-object.js'
import { type ManualClock, manualClock } from '../support/manual-clock.js'
import { signer } from '../support/signing.js'

const { jwk } = signer('ES256')
const keyNamed = (kid: string) => ({ ...jwk, kid })
const want = (kid: string) => ({ kid, algorithm: 'ES256' as const })
const REFRESH_AFTER = 600_000
const MAX_AGE = 3_600_000

/** A key endpoint whose answers are given by hand, so that every interleaving can be played. */
interface Upstream {
  kids: readonly string[]
  failure: Error | undefined
  /** Answers wait for `release()` while this is set. */
  held: boolean
  readonly fetches: number
  release(): void
}

function setUp({ kids = ['a'], clock = manualClock() }: { kids?: string[]; clock?: ManualClock } = {}) {
  const events: TokenwardEvent[] = []
  let waiting: (() => void)[] = []
  let fetches = 0
  const upstream: Upstream = {
    kids,
    failure: undefined,
    held: false,
    get fetches() {
      return fetches
    },
    release() {
      const released = waiting
      waiting = []
      for (const resolve of released) resolve()
    },
  }
  const source = createRemoteJwks({
    issuer: 'https://a.example',
    algorithms: ['ES256'],
    refreshAfter: REFRESH_AFTER,
    maxAge: MAX_AGE,
    clock,
    emit: (event) => events.push(event),
    async fetchDocument() {
      fetches += 1
      // What the endpoint knows when it is asked, not when its answer arrives.
      const answer = { keys: upstream.kids.map(keyNamed) } as unknown as JsonObject
      const { failure } = upstream
      if (upstream.held) await new Promise<void>((resolve) => waiting.push(resolve))
      if (failure !== undefined) throw failure
      return answer
    },
  })
  const find = async (kid: string) => source.find(want(kid))
  return { source, upstream, clock, events, find }
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 5))
const down = () => new UpstreamError('connection-failed', 'down')
const results = (lookups: readonly KeyLookup[]) => lookups.map(({ result }) => result)

describe('a known key', () => {
  it('is found after one fetch, and then without any and without waiting', async () => {
    const { source, upstream, find } = setUp()
    expect(await find('a')).toMatchObject({ result: 'found', keys: [{ algorithm: 'ES256' }] })
    expect(source.find(want('a'))).toMatchObject({ result: 'found' })
    expect(upstream.fetches).toBe(1)
  })

  it('costs one fetch for a thousand requests at once on a cold start', async () => {
    const { upstream, find } = setUp()
    upstream.held = true
    const lookups = Promise.all(Array.from({ length: 1_000 }, () => find('a')))
    await settle()
    upstream.release()
    expect(new Set(results(await lookups))).toStrictEqual(new Set(['found']))
    expect(upstream.fetches).toBe(1)
  })

  it('is refreshed in the background once it is due, while requests go on', async () => {
    const { source, upstream, clock, find } = setUp()
    await find('a')
    clock.advance(REFRESH_AFTER)
    expect(source.find(want('a'))).toMatchObject({ result: 'found' })
    expect(upstream.fetches).toBe(1)
    clock.advance(1)
    upstream.held = true
    expect(source.find(want('a'))).toMatchObject({ result: 'found' })
    expect(source.find(want('a'))).toMatchObject({ result: 'found' })
    await settle()
    expect(upstream.fetches).toBe(2)
    upstream.release()
  })

  it('dies with the first good refresh it is missing from', async () => {
    const { upstream, clock, find } = setUp({ kids: ['a', 'b'] })
    await find('a')
    upstream.kids = ['b']
    clock.advance(REFRESH_AFTER + 1)
    await find('a')
    await settle()
    expect(await find('a')).toStrictEqual({ result: 'absent' })
    expect(await find('b')).toMatchObject({ result: 'found' })
  })

  it('serves through an outage until the maximum age, and is unavailable beyond it', async () => {
    const { upstream, clock, find } = setUp()
    await find('a')
    upstream.failure = down()
    for (let age = 0; age < MAX_AGE; age += REFRESH_AFTER) {
      clock.advance(REFRESH_AFTER)
      expect(await find('a')).toMatchObject({ result: 'found' })
    }
    await settle()
    clock.advance(10_000)
    expect(await find('a')).toStrictEqual({ result: 'unavailable', reason: 'jwks-unreachable' })
    upstream.failure = undefined
    clock.advance(5_000)
    expect(await find('a')).toMatchObject({ result: 'found' })
  })

  it('ages on the clock that moved further', async () => {
    const { upstream, clock, find } = setUp()
    await find('a')
    upstream.failure = down()
    clock.advance(MAX_AGE + 1)
    clock.stepWall(-MAX_AGE)
    expect(await find('a')).toMatchObject({ result: 'unavailable' })
  })
})

describe('a failed or bad refresh', () => {
  const bad: [string, (upstream: Upstream) => void][] = [
    ['an outage', (upstream) => (upstream.failure = down())],
    ['an error nobody foresaw', (upstream) => (upstream.failure = new TypeError('surprise'))],
    ['a set without keys', (upstream) => (upstream.kids = [])],
  ]

  it.each(bad)('leaves the keys in use alone: %s', async (_, breakIt) => {
    const { upstream, clock, find, events } = setUp()
    await find('a')
    breakIt(upstream)
    clock.advance(REFRESH_AFTER + 1)
    await find('a')
    await settle()
    expect(upstream.fetches).toBe(2)
    expect(await find('a')).toMatchObject({ result: 'found' })
    expect(events.at(-1)).toMatchObject({ type: 'jwks-refresh-failed', issuer: 'https://a.example' })
  })

  it('is followed by a pause that grows, so that thirty seconds cost at most fifteen fetches', async () => {
    const { upstream, clock, find } = setUp()
    await find('a')
    upstream.failure = down()
    clock.advance(REFRESH_AFTER + 1)
    for (let elapsed = 0; elapsed < 30_000; elapsed += 50) {
      expect(await find('a')).toMatchObject({ result: 'found' })
      clock.advance(50)
    }
    await settle()
    expect(upstream.fetches - 1).toBeGreaterThan(3)
    expect(upstream.fetches - 1).toBeLessThanOrEqual(15)
  })

  it('does not make requests on a cold start ask again and again', async () => {
    const { upstream, find } = setUp()
    upstream.failure = down()
    for (let i = 0; i < 20; i++) {
      expect(await find('a')).toMatchObject({ result: 'unavailable', reason: 'jwks-unreachable' })
    }
    expect(upstream.fetches).toBe(1)
  })

  it('reports what it ignored and what it got', async () => {
    const { upstream, find, events } = setUp()
    upstream.kids = ['a', 'b']
    await find('a')
    expect(events).toMatchObject([{ type: 'jwks-refreshed', keys: 2 }])
  })
})

describe('an unknown key', () => {
  it('is absent once a fetch that began after the token arrived did not bring it', async () => {
    const { upstream, find } = setUp()
    await find('a')
    expect(await find('x')).toStrictEqual({ result: 'absent' })
    expect(upstream.fetches).toBe(2)
  })

  it('is found at once after a rotation', async () => {
    const { upstream, find } = setUp()
    await find('a')
    upstream.kids = ['a', 'b']
    expect(await find('b')).toMatchObject({ result: 'found' })
  })

  it('is not called absent on the word of a fetch that was already under way', async () => {
    const { upstream, clock, find } = setUp()
    await find('a')
    upstream.held = true
    const earlier = find('x')
    await settle()
    // The endpoint has read its keys for the first fetch; now it rotates, and a token of the new key arrives.
    upstream.kids = ['a', 'b']
    clock.advance(10)
    const later = find('b')
    await settle()
    upstream.held = false
    upstream.release()
    expect(await earlier).toStrictEqual({ result: 'absent' })
    expect(await later).toMatchObject({ result: 'found' })
    expect(upstream.fetches).toBe(3)
  })

  it('is believed absent for a second without another fetch', async () => {
    const { upstream, clock, find } = setUp()
    await find('a')
    await find('x')
    clock.advance(999)
    expect(await find('x')).toStrictEqual({ result: 'absent' })
    expect(upstream.fetches).toBe(2)
    upstream.kids = ['a', 'x']
    clock.advance(1)
    expect(await find('x')).toMatchObject({ result: 'found' })
  })

  it('is unavailable while look-ups are used up, never absent', async () => {
    const { find } = setUp()
    await find('a')
    expect(results([await find('x'), await find('y'), await find('z')])).toStrictEqual([
      'absent',
      'absent',
      'unavailable',
    ])
    expect(await find('z')).toStrictEqual({ result: 'unavailable', reason: 'key-lookup-limited' })
    expect(await find('a')).toMatchObject({ result: 'found' })
  })

  it('is unavailable when the look-up fails', async () => {
    const { upstream, find } = setUp()
    await find('a')
    upstream.failure = down()
    expect(await find('x')).toStrictEqual({ result: 'unavailable', reason: 'jwks-unreachable' })
  })

  it('in a flood of a thousand costs two fetches, settles at once and holds nobody else up', async () => {
    const { upstream, clock, find } = setUp()
    await find('a')
    upstream.held = true
    const flood = Promise.all(Array.from({ length: 1_000 }, (_, index) => find(`made-up-${index}`)))
    await settle()
    expect(await find('a')).toMatchObject({ result: 'found' })
    upstream.held = false
    upstream.release()
    expect(new Set(results(await flood))).toStrictEqual(new Set(['absent']))
    expect(upstream.fetches).toBe(3)

    // Right after the flood a genuine rotation is seen within a second.
    upstream.kids = ['a', 'b']
    expect(await find('b')).toMatchObject({ result: 'unavailable' })
    clock.advance(1_000)
    expect(await find('b')).toMatchObject({ result: 'found' })
  })

  it('in a lasting flood costs two fetches plus one for each second', async () => {
    const { upstream, clock, find } = setUp()
    await find('a')
    for (let elapsed = 0; elapsed < 20_000; elapsed += 10) {
      await find(`made-up-${elapsed}`)
      clock.advance(10)
    }
    expect(upstream.fetches - 1).toBeLessThanOrEqual(22)
  })
})

describe('a set that is too old, or gone, before it can be used', () => {
  it('proves nothing: a key it holds, or does not, is unavailable', async () => {
    for (const kid of ['a', 'x']) {
      const { upstream, clock, find } = setUp()
      upstream.held = true
      const lookup = find(kid)
      await settle()
      clock.stepWall(MAX_AGE + 1)
      upstream.release()
      expect(await lookup).toStrictEqual({ result: 'unavailable', reason: 'jwks-unreachable' })
    }
  })

  it('is not fetched again for somebody who waited while the source was closed', async () => {
    const { source, upstream, find } = setUp()
    await find('a')
    upstream.held = true
    const lookups = [find('x'), find('y')]
    await settle()
    source.close()
    upstream.release()
    expect(results(await Promise.all(lookups))).toStrictEqual(['unavailable', 'unavailable'])
    expect(upstream.fetches).toBe(2)
  })
})

describe('load', () => {
  it('is content with keys that serve, though a refresh fails', async () => {
    const { source, upstream, clock } = setUp()
    await source.load()
    upstream.failure = down()
    clock.advance(REFRESH_AFTER + 1)
    await expect(source.load()).resolves.toBeUndefined()
    clock.advance(MAX_AGE)
    await expect(source.load()).rejects.toMatchObject({ code: 'connection-failed' })
  })

  it('fetches once and then only when a refresh is due', async () => {
    const { source, upstream, clock } = setUp()
    await source.load()
    await source.load()
    expect(upstream.fetches).toBe(1)
    clock.advance(REFRESH_AFTER + 1)
    await source.load()
    expect(upstream.fetches).toBe(2)
  })

  it('throws what went wrong, and then that the next attempt is not due', async () => {
    const { source, upstream } = setUp()
    upstream.failure = down()
    await expect(source.load()).rejects.toMatchObject({ code: 'connection-failed' })
    await expect(source.load()).rejects.toMatchObject({ code: 'backing-off' })
  })
})

describe('close', () => {
  it('forgets the keys and fetches nothing more', async () => {
    const { source, upstream, find } = setUp()
    await find('a')
    source.close()
    expect(await find('a')).toStrictEqual({ result: 'unavailable', reason: 'resource-server-closed' })
    await expect(source.load()).rejects.toMatchObject({ code: 'closed' })
    expect(upstream.fetches).toBe(1)
  })

  it('ends a look-up that is under way', async () => {
    const { source, upstream, find } = setUp()
    upstream.held = true
    const lookup = find('a')
    await settle()
    source.close()
    upstream.release()
    expect(await lookup).toStrictEqual({ result: 'unavailable', reason: 'resource-server-closed' })
  })
})

describe('over random schedules of rotations, outages, requests and time', () => {
  type Action =
    | { readonly do: 'wait'; readonly ms: number }
    | { readonly do: 'rotate'; readonly kids: readonly string[] }
    | { readonly do: 'outage' | 'recovery' }
    | { readonly do: 'find'; readonly kid: string }

  const kid = fc.constantFrom('a', 'b', 'c', 'x')
  const action: fc.Arbitrary<Action> = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('wait' as const),
        ms: fc.constantFrom(1, 200, 1_000, 5_000, REFRESH_AFTER, MAX_AGE),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('rotate' as const),
        kids: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('outage' as const, 'recovery' as const) }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('find' as const), kid }) },
  )

  it('never calls a published key absent for longer than a second, and never uses a withdrawn one beyond the maximum age', async () => {
    const seen = { found: 0, absent: 0, unavailable: 0 }
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 40 }), async (actions) => {
        const { upstream, clock, find } = setUp()
        // The endpoint's own log, kept apart from the code under test.
        const withdrawnAt = new Map<string, number>()
        let now = 0
        let rotatedAt = -Infinity
        for (const step of actions) {
          if (step.do === 'wait') {
            clock.advance(step.ms)
            now += step.ms
          } else if (step.do === 'rotate') {
            for (const name of upstream.kids) if (!step.kids.includes(name)) withdrawnAt.set(name, now)
            upstream.kids = step.kids
            rotatedAt = now
          } else if (step.do !== 'find') {
            upstream.failure = step.do === 'outage' ? down() : undefined
          } else {
            const published = upstream.kids.includes(step.kid)
            const { result } = await find(step.kid)
            seen[result] += 1
            if (result === 'found') {
              expect(now - (published ? now : (withdrawnAt.get(step.kid) ?? -Infinity))).toBeLessThanOrEqual(MAX_AGE)
            }
            if (result === 'absent' && published) expect(now - rotatedAt).toBeLessThan(1_000)
            await settleMicrotasks()
          }
        }
      }),
      { numRuns: 2_000 },
    )
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(200)
  })

  const settleMicrotasks = async () => {
    for (let i = 0; i < 20; i++) await Promise.resolve()
  }
})
