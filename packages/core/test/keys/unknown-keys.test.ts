import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KeyLookup } from '../../src/keys/jwks-source.js'
import { UpstreamError } from '../../src/outcomes/errors.js'
import { keysFromEndpoint } from '../support/key-endpoint.js'

const settle = () => new Promise((resolve) => setTimeout(resolve, 5))
const down = () => new UpstreamError('connection-failed', 'down')
const results = (lookups: readonly KeyLookup[]) => lookups.map(({ result }) => result)

describe('an unknown key', () => {
  it('is absent once a fetch that began after the token arrived did not bring it', async () => {
    const { upstream, find } = keysFromEndpoint()
    await find('a')
    expect(await find('x')).toStrictEqual({ result: 'absent' })
    expect(upstream.fetches).toBe(2)
  })

  it('is found at once after a rotation', async () => {
    const { upstream, find } = keysFromEndpoint()
    await find('a')
    upstream.kids = ['a', 'b']
    expect(await find('b')).toMatchObject({ result: 'found' })
  })

  it('is not called absent on the word of a fetch that was already under way', async () => {
    const { upstream, clock, find } = keysFromEndpoint()
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
    const { upstream, clock, find } = keysFromEndpoint()
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
    const { find } = keysFromEndpoint()
    await find('a')
    for (const kid of ['x', 'y']) expect(await find(kid)).toStrictEqual({ result: 'absent' })
    expect(await find('z')).toStrictEqual({ result: 'unavailable', reason: 'key-lookup-limited' })
    expect(await find('a')).toMatchObject({ result: 'found' })
  })

  it('is unavailable when the look-up fails', async () => {
    const { upstream, find } = keysFromEndpoint()
    await find('a')
    upstream.failure = down()
    expect(await find('x')).toStrictEqual({ result: 'unavailable', reason: 'jwks-unreachable' })
  })

  it('in a flood of a thousand costs two fetches, settles at once and holds nobody else up', async () => {
    const { upstream, find } = keysFromEndpoint()
    await find('a')
    upstream.held = true
    const flood = Promise.all(Array.from({ length: 1_000 }, (_, index) => find(`made-up-${index}`)))
    await settle()
    expect(await find('a')).toMatchObject({ result: 'found' })
    upstream.held = false
    upstream.release()
    expect(new Set(results(await flood))).toStrictEqual(new Set(['absent']))
    expect(upstream.fetches).toBe(3)
  })

  it('that is genuine is found right after a flood, as soon as it is asked for again', async () => {
    const { upstream, find } = keysFromEndpoint()
    await find('a')
    for (let index = 0; index < 1_000; index++) await find(`made-up-${index}`)
    expect(upstream.fetches).toBe(3)
    upstream.kids = ['a', 'b']
    expect(await find('b')).toStrictEqual({ result: 'unavailable', reason: 'key-lookup-limited' })
    expect(await find('b')).toMatchObject({ result: 'found' })
  })

  it('that is genuine is found a second after a flood of names that repeat', async () => {
    const { upstream, clock, find } = keysFromEndpoint()
    await find('a')
    for (let index = 0; index < 1_000; index++) await find(`made-up-${index % 7}`)
    expect(upstream.fetches).toBe(4)
    upstream.kids = ['a', 'b']
    for (let i = 0; i < 2; i++) expect(await find('b')).toMatchObject({ result: 'unavailable' })
    clock.advance(1_000)
    expect(await find('b')).toMatchObject({ result: 'found' })
  })

  it('in a lasting flood costs two fetches plus one for each second', async () => {
    const { upstream, clock, find } = keysFromEndpoint()
    await find('a')
    for (let elapsed = 0; elapsed < 20_000; elapsed += 10) {
      await find(`made-up-${elapsed}`)
      clock.advance(10)
    }
    expect(upstream.fetches - 1).toBeGreaterThan(15)
    expect(upstream.fetches - 1).toBeLessThanOrEqual(22)
  })

  it('that is genuine is found within a second, in the middle of a flood', async () => {
    const { upstream, clock, find } = keysFromEndpoint()
    await find('a')
    const flood = async (milliseconds: number) => {
      for (let elapsed = 0; elapsed < milliseconds; elapsed += 10) {
        await find(`made-up-${clock.now()}`)
        clock.advance(10)
      }
    }
    await flood(5_000)
    upstream.kids = ['a', 'b']
    await flood(1_000)
    expect(await find('b')).toMatchObject({ result: 'found' })
  })

  it('costs no look-up of others while the endpoint is left in peace after a failure', async () => {
    const { upstream, clock, find } = keysFromEndpoint()
    await find('a')
    upstream.failure = down()
    for (let index = 0; index < 20; index++) {
      expect(await find(`made-up-${index}`)).toStrictEqual({ result: 'unavailable', reason: 'jwks-unreachable' })
    }
    expect(upstream.fetches).toBe(2)
    upstream.failure = undefined
    upstream.kids = ['a', 'b']
    clock.advance(500)
    expect(await find('b')).toMatchObject({ result: 'found' })
  })

  it('never costs more than two fetches and one for each second begun, over random names and times', async () => {
    const names = fc.oneof(fc.uuid(), fc.constantFrom('x', 'y', 'z'))
    const requests = fc.array(fc.tuple(names, fc.constantFrom(0, 0, 0, 10, 150, 999)), { minLength: 1, maxLength: 60 })
    const most = { fetches: 0 }
    await fc.assert(
      fc.asyncProperty(requests, async (asked) => {
        const { upstream, clock, find } = keysFromEndpoint()
        await find('a')
        let elapsed = 0
        for (const [name, wait] of asked) {
          await find(name)
          expect(upstream.fetches - 1).toBeLessThanOrEqual(2 + Math.floor(elapsed / 1_000) + 1)
          most.fetches = Math.max(most.fetches, upstream.fetches)
          clock.advance(wait)
          elapsed += wait
        }
      }),
      { numRuns: 300 },
    )
    expect(most.fetches).toBeGreaterThan(4)
  })
})

describe('the memory of absent names', () => {
  it('holds a thousand, and then forgets the oldest', async () => {
    const { upstream, find } = keysFromEndpoint()
    upstream.held = true
    // The first look-up and its fetch come before the memory: the second fetch, which all others share, empties it.
    const flood = Promise.all(Array.from({ length: 1_002 }, (_, index) => find(`made-up-${index}`)))
    await settle()
    upstream.held = false
    upstream.release()
    expect(new Set(results(await flood))).toStrictEqual(new Set(['absent']))
    expect(upstream.fetches).toBe(2)
    for (const index of [2, 1_001]) expect(await find(`made-up-${index}`)).toStrictEqual({ result: 'absent' })
    expect(upstream.fetches).toBe(2)
    expect(await find('made-up-1')).toStrictEqual({ result: 'absent' })
    expect(upstream.fetches).toBe(3)
  })
})
