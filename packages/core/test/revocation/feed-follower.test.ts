import { describe, expect, it } from 'vitest'
import { RevocationError } from '../../src/outcomes/errors.js'
import { checkSequence, FeedFollower } from '../../src/revocation/feed-follower.js'
import { manualClock } from '../support/manual-clock.js'
import { ISSUER, NOW } from '../support/revoked-tokens.js'

function setUp() {
  const clock = manualClock(NOW)
  const interruptions: string[] = []
  const follower = new FeedFollower({
    keys: ['jti'],
    delay: 100,
    now: () => clock.now(),
    onInterruption: (reason) => interruptions.push(reason),
  })
  return { clock, follower, interruptions }
}

describe('a stream', () => {
  it('is followed from the first message that comes, not from the wish to follow it', () => {
    const { clock, follower } = setUp()
    expect(follower).toMatchObject({ followedSince: undefined, watermark: undefined })
    clock.advance(500)
    follower.applied(41, [])
    expect(follower).toMatchObject({ followedSince: NOW + 500, watermark: undefined })
    clock.advance(500)
    follower.heartbeat(42, NOW + 900)
    expect(follower).toMatchObject({
      followedSince: NOW + 500,
      watermark: NOW + 800,
      watermarkReceivedAt: NOW + 1_000,
    })
  })

  it('stands still while a message is missing, and moves on when it comes', () => {
    const { follower, interruptions } = setUp()
    follower.heartbeat(1, NOW + 1_000)
    follower.heartbeat(3, NOW + 3_000)
    follower.applied(4, [])
    follower.heartbeat(5, NOW + 5_000)
    expect(follower.watermark).toBe(NOW + 900)
    expect(interruptions).toStrictEqual(['sequence-gap'])
    follower.applied(2, [])
    follower.heartbeat(3, NOW + 3_000)
    expect(follower.watermark).toBe(NOW + 2_900)
    follower.heartbeat(5, NOW + 5_000)
    expect(interruptions).toStrictEqual(['sequence-gap', 'sequence-gap'])
  })

  it('does not move when a message comes again', () => {
    const { follower, interruptions } = setUp()
    follower.heartbeat(1, NOW + 1_000)
    follower.heartbeat(2, NOW + 2_000)
    follower.heartbeat(1, NOW + 9_000)
    follower.heartbeat(2, NOW + 9_000)
    expect(follower.watermark).toBe(NOW + 1_900)
    expect(interruptions).toStrictEqual([])
  })

  it('begins anew after a loss: nothing of before is proven', () => {
    const { clock, follower, interruptions } = setUp()
    follower.heartbeat(1, NOW)
    follower.lost()
    expect(follower).toMatchObject({
      followedSince: undefined,
      watermark: undefined,
      watermarkReceivedAt: undefined,
    })
    clock.advance(5_000)
    follower.heartbeat(90, NOW + 4_000)
    expect(follower).toMatchObject({ followedSince: NOW + 5_000, watermark: NOW + 3_900 })
    expect(interruptions).toStrictEqual(['lost'])
  })

  it('that is halted proves nothing until it is said to begin anew', () => {
    const { follower, interruptions } = setUp()
    follower.heartbeat(1, NOW)
    follower.halt('list-full')
    follower.heartbeat(2, NOW + 1_000)
    expect(follower).toMatchObject({ followedSince: undefined, watermark: undefined })
    follower.lost()
    follower.heartbeat(3, NOW + 2_000)
    expect(follower.watermark).toBe(NOW + 1_900)
    expect(interruptions).toStrictEqual(['list-full', 'lost'])
  })
})

it('what entries name tokens by counts beside what was declared, in order or not', () => {
  const { follower } = setUp()
  follower.applied(1, [{ kind: 'issuer', issuer: ISSUER }])
  follower.applied(9, [{ kind: 'user', issuer: ISSUER, sub: 'a', notBefore: NOW }])
  expect([...follower.keys]).toStrictEqual(['jti', 'sub'])
})

it.each([undefined, '1', -1, 1.5, Number.NaN, Infinity, 2 ** 53])('%j is no number of a message', (sequence) => {
  expect(() => checkSequence(sequence)).toThrow(RevocationError)
  expect(() => checkSequence(0)).not.toThrow()
})
