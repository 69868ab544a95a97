import { describe, expect, it, vi } from 'vitest'
import { ConfigurationError, RevocationError } from '../../src/outcomes/errors.js'
import type { TokenwardEvent } from '../../src/outcomes/events.js'
import {
  type InMemoryRevocationListOptions,
  inMemoryRevocationList,
} from '../../src/revocation/in-memory-revocation-list.js'
import type { RevocationEntry } from '../../src/revocation/revocation-entry.js'
import { manualClock } from '../support/manual-clock.js'
import { DAY, HOUR, ISSUER, issuer, NOW, SECOND } from '../support/revoked-tokens.js'

const login = (name: string, confirmedAt?: number): RevocationEntry => ({
  kind: 'login',
  issuer: ISSUER,
  login: name,
  confirmedAt,
})
const complete = { source: 'authorization-server', complete: true, keys: ['login'], delay: 0 } as const

function setUp(options: InMemoryRevocationListOptions = {}) {
  const clock = manualClock(NOW)
  const events: TokenwardEvent[] = []
  const list = inMemoryRevocationList({ clock, ...options })
  list.connect({ issuers: [issuer], emit: (event) => events.push(event) })
  return { clock, list, events, knows: (name: string) => list.find(ISSUER, 'login', name) !== undefined }
}

describe('the options of inMemoryRevocationList', () => {
  it.each<[string, object, string]>([
    ['a misspelt option', { maxEntry: 1 }, 'inMemoryRevocationList.maxEntry is not an option'],
    ['no entries', { maxEntries: 0 }, 'inMemoryRevocationList.maxEntries must be a whole number'],
    ['text', { maxEntries: '10' }, 'inMemoryRevocationList.maxEntries'],
    ['a lifetime of nothing', { refreshTokenLifetime: 0 }, 'inMemoryRevocationList.refreshTokenLifetime'],
    ['a clock of dates', { clock: { now: () => new Date() } }, 'inMemoryRevocationList.clock'],
    ['no clock', { clock: null }, 'inMemoryRevocationList.clock'],
  ])('are refused at once: %s', (_, options, message) => {
    expect(() => inMemoryRevocationList(options as InMemoryRevocationListOptions)).toThrow(ConfigurationError)
    expect(() => inMemoryRevocationList(options as InMemoryRevocationListOptions)).toThrow(message)
  })
})

describe('adding', () => {
  it('is seen by the next look-up, before anybody waited', () => {
    const { list, knows } = setUp()
    void list.add(login('a'))
    expect(knows('a')).toBe(true)
  })

  it('of several stores none when one is malformed', async () => {
    const { list } = setUp()
    await expect(list.add([login('a'), login('')])).rejects.toThrow(RevocationError)
    expect(list.size).toBe(0)
  })

  it('tells those who subscribed, and the servers, of each entry', async () => {
    const { list, events } = setUp()
    const listener = vi.fn()
    list.subscribe(() => {
      throw new Error('from the listener')
    })
    const end = list.subscribe(listener)
    await list.add([login('a'), login('b')])
    end()
    await list.add(login('c'))
    expect(listener.mock.calls.map(([entry]) => entry.login)).toStrictEqual(['a', 'b'])
    expect(events).toHaveLength(3)
    expect(JSON.stringify(events)).not.toContain('"a"')
  })
})

describe('a list that is full', () => {
  it('drops what has ended, and nothing else', async () => {
    const { clock, list, knows } = setUp({ maxEntries: 2, refreshTokenLifetime: '1d' })
    await list.add([login('confirmed', NOW + 1), login('unconfirmed')])
    clock.advance(1 + HOUR + 17 * SECOND)
    await list.add(login('new'))
    expect(['confirmed', 'unconfirmed', 'new'].map(knows)).toStrictEqual([false, true, true])
    clock.advance(DAY)
    await list.add(login('newer'))
    expect(['unconfirmed', 'new', 'newer'].map(knows)).toStrictEqual([false, true, true])
  })

  it('refuses more, and says what to do', async () => {
    const { list, knows } = setUp({ maxEntries: 2 })
    await list.add([login('a'), login('b')])
    await expect(list.add(login('c'))).rejects.toMatchObject({
      name: 'RevocationError',
      code: 'list-full',
      message: expect.stringContaining('raise maxEntries'),
    })
    expect(['a', 'b', 'c'].map(knows)).toStrictEqual([true, true, false])
  })

  it('takes what it knows already', async () => {
    const { list } = setUp({ maxEntries: 1 })
    await list.add(login('a'))
    await list.add(login('a', NOW + 5))
    expect(list.find(ISSUER, 'login', 'a')).toMatchObject({ lastIssueAt: NOW + 5 })
  })

  it('proves nothing any more, by whichever feed, until each is followed anew', async () => {
    const { list, events } = setUp({ maxEntries: 1 })
    const feeds = ['a', 'b'].map((name) => list.feed({ issuer: ISSUER, name, ...complete }))
    for (const feed of feeds) feed.heartbeat({ sequence: 1, asOf: NOW })
    await list.add(login('x'))
    await expect(list.add(login('y'))).rejects.toThrow(RevocationError)
    for (const feed of feeds) feed.heartbeat({ sequence: 2, asOf: NOW })
    expect(list.progressOf(ISSUER).map(({ watermark }) => watermark)).toStrictEqual([undefined, undefined])
    expect(events.filter(({ type }) => type === 'revocation-feed-interrupted')).toMatchObject([
      { issuer: ISSUER, feed: 'a', reason: 'list-full' },
      { issuer: ISSUER, feed: 'b', reason: 'list-full' },
    ])
    feeds[0]?.lost()
    feeds[0]?.heartbeat({ sequence: 3, asOf: NOW })
    expect(list.progressOf(ISSUER).map(({ watermark }) => watermark)).toStrictEqual([NOW, undefined])
  })

  it('keeps entries as long as the most careful of its servers needs them', async () => {
    const { clock, list, knows } = setUp({ maxEntries: 1 })
    list.connect({ issuers: [{ ...issuer, maxTokenLifetime: 2 * HOUR, clockTolerance: 0 }], emit() {} })
    await list.add(login('a', NOW + 1))
    clock.advance(2 * HOUR + 17 * SECOND)
    await expect(list.add(login('b'))).rejects.toThrow(RevocationError)
    expect(knows('a')).toBe(true)
    clock.advance(1)
    await list.add(login('b'))
    list.connect({ issuers: [{ ...issuer, maxTokenLifetime: undefined }], emit() {} })
    clock.advance(3_650 * DAY)
    await expect(list.add(login('c'))).rejects.toThrow(RevocationError)
  })
})

describe('a feed', () => {
  it('stores the entries of every message, the ones out of order as well', async () => {
    const { list, events, knows } = setUp()
    const feed = list.feed({ issuer: ISSUER, name: 'log', ...complete })
    await feed.apply({ sequence: 1, entries: [login('a')] })
    await feed.apply({ sequence: 5, entries: [login('b')] })
    expect(['a', 'b'].map(knows)).toStrictEqual([true, true])
    expect(events).toMatchObject([
      { type: 'revocation-listed', kind: 'login', feed: 'log' },
      { type: 'revocation-listed', feed: 'log' },
      { type: 'revocation-feed-interrupted', feed: 'log', reason: 'sequence-gap' },
    ])
  })

  it.each<[string, object]>([
    ['an entry that is malformed', { sequence: 2, entries: [login('b'), login('')] }],
    [
      'an entry of another issuer',
      { sequence: 2, entries: [login('b'), { ...login('b'), issuer: 'https://b.example' }] },
    ],
    ['a number that is none', { sequence: '2', entries: [login('b')] }],
    ['no entries', { sequence: 2 }],
  ])('counts a message as missing that has %s', async (_, message) => {
    const { list, events } = setUp()
    const feed = list.feed({ issuer: ISSUER, name: 'log', ...complete })
    feed.heartbeat({ sequence: 1, asOf: NOW })
    await expect(feed.apply(message as never)).rejects.toMatchObject({ code: 'entry-malformed' })
    feed.heartbeat({ sequence: 3, asOf: NOW + 9 })
    expect(list.progressOf(ISSUER)).toMatchObject([{ watermark: NOW }])
    expect(list.size).toBe(0)
    expect(events).toMatchObject([{ reason: 'entry-malformed' }, { reason: 'sequence-gap' }])
  })

  it('counts a message as missing whose entries had no place', async () => {
    const { list } = setUp({ maxEntries: 1 })
    const feed = list.feed({ issuer: ISSUER, name: 'log', ...complete })
    feed.heartbeat({ sequence: 1, asOf: NOW })
    await expect(feed.apply({ sequence: 2, entries: [login('a'), login('b')] })).rejects.toThrow(RevocationError)
    expect(list.progressOf(ISSUER)).toMatchObject([{ followedSince: undefined, watermark: undefined }])
  })

  it.each([undefined, '1800000000000', Number.NaN, NOW / 1_000])('takes no heartbeat as of %j', (asOf) => {
    const { list } = setUp()
    const feed = list.feed({ issuer: ISSUER, name: 'log', ...complete })
    expect(() => feed.heartbeat({ sequence: 1, asOf: asOf as number })).toThrow(RevocationError)
    expect(list.progressOf(ISSUER)).toMatchObject([{ followedSince: undefined }])
  })

  it('says how far it was followed under each of its identifiers, and only when it is complete', () => {
    const { list } = setUp()
    list.feed({ issuer: [ISSUER, 'https://b.example'], name: 'log', ...complete })
    list.feed({ issuer: ISSUER, name: 'net', source: 'cloudtrail' })
    expect(
      [ISSUER, 'https://b.example', 'https://c.example'].map((name) => list.progressOf(name).length),
    ).toStrictEqual([1, 1, 0])
  })

  it('has a name of its own', () => {
    const { list } = setUp()
    list.feed({ issuer: ISSUER, name: 'log', source: 'application' })
    list.feed({ issuer: 'https://b.example', name: 'log', source: 'application' })
    expect(() => list.feed({ issuer: [ISSUER], name: 'log', source: 'application' })).toThrow(
      'revocationList.feed.name is the name of another feed of the issuer',
    )
  })
})
