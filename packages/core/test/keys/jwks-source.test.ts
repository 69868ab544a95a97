import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KeyLookup } from '../../src/keys/jwks-source.js'
import { UpstreamError } from '../../src/outcomes/errors.js'
import {
  type KeyEndpoint,
  keyNamed,
  keysFromEndpoint,
  keysOf,
  MAX_AGE,
  REFRESH_AFTER,
  want,
} from '../support/key-endpoint.js'
import { signer } from '../support/signing.js'

const settle = () => new Promise((resolve) => setTimeout(resolve, 5))
const down = () => new UpstreamError('connection-failed', 'down')
const garbage = () => new UpstreamError('unexpected-content', 'not JSON')
const results = (lookups: readonly KeyLookup[]) => lookups.map(({ result }) => result)

describe('a known key', () => {
  it('is found after one fetch, and then without any and without waiting', async () => {
    const { source, upstream, find } = keysFromEndpoint()
    expect(await find('a')).toMatchObject({ result: 'found', keys: [{ algorithm: 'ES256' }] })
    expect(source.find(want('a'))).toMatchObject({ result: 'found' })
    expect(upstream.fetches).toBe(1)
  })

  it('costs one fetch for a thousand requests at once on a cold start', async () => {
    const { upstream, find } = keysFromEndpoint()
    upstream.held = true
    const lookups = Promise.all(Array.from({ length: 1_000 }, () => find('a')))
    await settle()
    upstream.release()
    expect(new Set(results(await lookups))).toStrictEqual(new Set(['found']))
    expect(upstream.fetches).toBe(1)
  })

  it('is refreshed in the background once it is due, while requests go on', async () => {
    const { source, upstream, clock, find } = keysFromEndpoint()
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
    const { upstream, clock, find } = keysFromEndpoint()
    upstream.kids = ['a', 'b']
    await find('a')
    upstream.kids = ['b']
    clock.advance(REFRESH_AFTER + 1)
    await find('a')
    await settle()
    expect(await find('a')).toStrictEqual({ result: 'absent' })
    expect(await find('b')).toMatchObject({ result: 'found' })
  })

  it('serves through an outage until the maximum age, and is unavailable beyond it', async () => {
    const { upstream, clock, find } = keysFromEndpoint()
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
    const { upstream, clock, find } = keysFromEndpoint()
    await find('a')
    upstream.failure = down()
    clock.advance(MAX_AGE + 1)
    clock.stepWall(-MAX_AGE)
    expect(await find('a')).toMatchObject({ result: 'unavailable' })
  })
})

describe('a failed or bad refresh', () => {
  it.each<[string, Partial<KeyEndpoint>, string]>([
    ['an outage', { failure: down() }, 'connection-failed'],
    ['an error nobody foresaw', { failure: new TypeError('surprise') }, 'connection-failed'],
    ['an answer that is garbage', { failure: garbage() }, 'unexpected-content'],
    ['a document that is no key set', { document: {} }, 'unexpected-content'],
    ['a set without keys', { kids: [] }, 'no-usable-key'],
    ['a set of keys for other uses', { document: { keys: [{ kty: 'oct', k: 'AAAA' }] } }, 'no-usable-key'],
  ])('leaves the keys in use alone and tells the reason: %s', async (_, broken, reason) => {
    const { upstream, clock, find, events } = keysFromEndpoint()
    await find('a')
    Object.assign(upstream, broken)
    clock.advance(REFRESH_AFTER + 1)
    await find('a')
    await settle()
    expect(upstream.fetches).toBe(2)
    expect(await find('a')).toMatchObject({ result: 'found' })
    expect(events.at(-1)).toMatchObject({ type: 'jwks-refresh-failed', issuer: 'https://a.example', reason })
  })

  it('is followed by a pause that grows, so that thirty seconds cost at most fifteen fetches', async () => {
    const { upstream, clock, find } = keysFromEndpoint()
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
    const { upstream, find } = keysFromEndpoint()
    upstream.failure = down()
    for (let i = 0; i < 20; i++) {
      expect(await find('a')).toMatchObject({ result: 'unavailable', reason: 'jwks-unreachable' })
    }
    expect(upstream.fetches).toBe(1)
  })
})

describe('a refresh', () => {
  it('reports what it ignored and what it got', async () => {
    const { upstream, clock, find, events } = keysFromEndpoint()
    upstream.document = { keys: [keyNamed('a'), { kty: 'oct', k: 'AAAA' }, keyNamed('b')] }
    await find('a')
    const about = { at: clock.now(), issuer: 'https://a.example' }
    expect(events).toStrictEqual([
      { type: 'jwk-ignored', ...about, index: 1, problem: 'holds private or secret key material' },
      { type: 'jwks-refreshed', ...about, keys: 2 },
    ])
  })

  it('forgets which names were absent before it', async () => {
    const { source, upstream, clock, find } = keysFromEndpoint({ refreshAfter: 100 })
    await source.load()
    expect(await find('x')).toStrictEqual({ result: 'absent' })
    clock.advance(101)
    await source.load()
    expect(upstream.fetches).toBe(3)
    expect(await find('x')).toStrictEqual({ result: 'absent' })
    expect(upstream.fetches).toBe(4)
  })
})

describe('a key that stays', () => {
  it('is imported once, however often its set is fetched', async () => {
    const { source, upstream, clock, find } = keysFromEndpoint()
    const before = await find('a')
    upstream.kids = ['b', 'a']
    clock.advance(REFRESH_AFTER + 1)
    await source.load()
    const after = await find('a')
    expect(upstream.fetches).toBe(2)
    expect(keysOf(after)[0]).toBe(keysOf(before)[0])
  })

  it('is another one where the same name stands for other material', async () => {
    const { source, upstream, clock, find } = keysFromEndpoint()
    const before = await find('a')
    upstream.document = { keys: [{ ...signer('ES256').jwk, kid: 'a' } as never] }
    clock.advance(REFRESH_AFTER + 1)
    await source.load()
    const after = await find('a')
    expect(keysOf(after)[0]).not.toBe(keysOf(before)[0])
  })
})

describe('a set that is too old, or gone, before it can be used', () => {
  it('proves nothing: a key it holds, or does not, is unavailable', async () => {
    for (const kid of ['a', 'x']) {
      const { upstream, clock, find } = keysFromEndpoint()
      upstream.held = true
      const lookup = find(kid)
      await settle()
      clock.stepWall(MAX_AGE + 1)
      upstream.release()
      expect(await lookup).toStrictEqual({ result: 'unavailable', reason: 'jwks-unreachable' })
    }
  })

  it('is not fetched again for somebody who waited while the source was closed', async () => {
    const { source, upstream, find } = keysFromEndpoint()
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
    const { source, upstream, clock } = keysFromEndpoint()
    await source.load()
    upstream.failure = down()
    clock.advance(REFRESH_AFTER + 1)
    await expect(source.load()).resolves.toBeUndefined()
    clock.advance(MAX_AGE)
    await expect(source.load()).rejects.toMatchObject({ code: 'connection-failed' })
  })

  it('fetches once and then only when a refresh is due', async () => {
    const { source, upstream, clock } = keysFromEndpoint()
    await source.load()
    await source.load()
    expect(upstream.fetches).toBe(1)
    clock.advance(REFRESH_AFTER + 1)
    await source.load()
    expect(upstream.fetches).toBe(2)
  })

  it.each([down(), new TypeError('surprise')])(
    'throws what went wrong, then that it is early, and why: %s',
    async (failure) => {
      const { source, upstream } = keysFromEndpoint()
      upstream.failure = failure
      const first = await source.load().catch((error: unknown) => error)
      expect(first).toMatchObject({ name: 'UpstreamError', code: 'connection-failed' })
      for (let i = 0; i < 2; i++) {
        await expect(source.load()).rejects.toMatchObject({
          code: 'backing-off',
          message: `The last attempt failed a moment ago: ${(first as Error).message}`,
          cause: first,
        })
      }
      expect(upstream.fetches).toBe(1)
    },
  )
})

describe('close', () => {
  it('forgets the keys and fetches nothing more', async () => {
    const { source, upstream, find } = keysFromEndpoint()
    await find('a')
    source.close()
    expect(await find('a')).toStrictEqual({ result: 'unavailable', reason: 'resource-server-closed' })
    await expect(source.load()).rejects.toMatchObject({ code: 'closed' })
    expect(upstream.fetches).toBe(1)
  })

  it('ends a look-up that is under way', async () => {
    const { source, upstream, find } = keysFromEndpoint()
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
        const { upstream, clock, find } = keysFromEndpoint()
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
            for (let i = 0; i < 20; i++) await Promise.resolve()
          }
        }
      }),
      { numRuns: 2_000 },
    )
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(200)
  })
})
