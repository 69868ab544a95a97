import { describe, expect, it } from 'vitest'
import { UpstreamError } from '../../src/outcomes/errors.js'
import { keysFromEndpoint, REFRESH_AFTER, want } from '../support/key-endpoint.js'

const settle = () => new Promise((resolve) => setTimeout(resolve, 5))
const down = () => new UpstreamError('connection-failed', 'down')

describe('a fetch that the runtime gave up, so that it never ends', () => {
  const LONGEST = 50
  /** Longer than the fetch may take, and the grace on top of it. */
  const longAfter = () => new Promise((resolve) => setTimeout(resolve, 400))

  it('keeps nobody waiting, and is made again by the next', async () => {
    const { upstream, find } = keysFromEndpoint({ longest: LONGEST })
    upstream.held = true
    void find('a')
    const joined = find('a')
    upstream.held = false
    expect(await joined).toMatchObject({ result: 'found' })
    expect(upstream.fetches).toBe(2)
  })

  it('is seen through by a request when it was in the background, so that a withdrawn key dies all the same', async () => {
    const { source, upstream, clock, find } = keysFromEndpoint({ longest: LONGEST })
    upstream.kids = ['a', 'b']
    await find('a')
    clock.advance(REFRESH_AFTER + 1)
    upstream.held = true
    expect(source.find(want('a'))).toMatchObject({ result: 'found' })
    await longAfter()
    upstream.held = false
    upstream.kids = ['b']
    expect(await find('b')).toMatchObject({ result: 'found' })
    expect(await find('a')).toStrictEqual({ result: 'absent' })
  })

  it('still refuses nobody when the one that is seen through fails', async () => {
    const { upstream, clock, find } = keysFromEndpoint({ longest: LONGEST })
    await find('a')
    clock.advance(REFRESH_AFTER + 1)
    upstream.held = true
    await find('a')
    await longAfter()
    upstream.held = false
    upstream.failure = down()
    for (let i = 0; i < 5; i++) expect(await find('a')).toMatchObject({ result: 'found' })
    expect(upstream.fetches).toBe(3)
  })

  it('brings nothing when it ends after all, later than one that began after it', async () => {
    const { upstream, clock, find } = keysFromEndpoint({ longest: LONGEST })
    upstream.held = true
    void find('a')
    await longAfter()
    clock.advance(1)
    upstream.held = false
    upstream.kids = ['b']
    expect(await find('b')).toMatchObject({ result: 'found' })
    upstream.release()
    await settle()
    expect(await find('a')).toStrictEqual({ result: 'absent' })
  })
})

describe('a refresh in the background while which the process stood still', () => {
  const interrupted = () => new UpstreamError('interrupted', 'stood still')

  it('is made again and seen through by the next request, so that a withdrawn key dies all the same', async () => {
    const { source, upstream, clock, find } = keysFromEndpoint()
    upstream.kids = ['a', 'b']
    await find('a')
    clock.advance(REFRESH_AFTER + 1)
    upstream.failure = interrupted()
    expect(source.find(want('a'))).toMatchObject({ result: 'found' })
    await settle()
    upstream.failure = undefined
    upstream.kids = ['b']
    expect(await find('a')).toStrictEqual({ result: 'absent' })
    expect(source.find(want('b'))).toMatchObject({ result: 'found' })
  })

  it('keeps nobody waiting again once one has ended as it should, or the endpoint is down', async () => {
    const { source, upstream, clock, find } = keysFromEndpoint()
    await find('a')
    for (const failure of [undefined, down()]) {
      clock.advance(REFRESH_AFTER + 1)
      upstream.failure = interrupted()
      expect(source.find(want('a'))).toMatchObject({ result: 'found' })
      await settle()
      upstream.failure = failure
      expect(source.find(want('a'))).toBeInstanceOf(Promise)
      await settle()
      clock.advance(REFRESH_AFTER + 1)
      expect(source.find(want('a'))).toMatchObject({ result: 'found' })
      await settle()
    }
  })
})
