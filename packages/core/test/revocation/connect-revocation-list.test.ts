import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TokenwardEvent } from '../../src/outcomes/events.js'
import { connectRevocationList } from '../../src/revocation/connect-revocation-list.js'
import { inMemoryRevocationList } from '../../src/revocation/in-memory-revocation-list.js'
import type { RevocationFeedOptions } from '../../src/revocation/revocation-feed.js'
import { manualClock } from '../support/manual-clock.js'
import { factsOf, HOUR, ISSUER, issuer, NOW, SECOND } from '../support/revoked-tokens.js'
import { FEED_DELAY, SimulatedRevocations } from '../support/simulated-revocations.js'

const OTHER_NAME = 'https://issuer.auth.example.com'
const DELAY = 3 * SECOND
/** The first instant at which a token may have been issued to be covered by a feed that is followed from now on. */
const COVERED = NOW + 7 * SECOND

function setUp(its = issuer) {
  const clock = manualClock(NOW)
  const events: TokenwardEvent[] = []
  const list = inMemoryRevocationList({ clock })
  const known = connectRevocationList(list, [its], { clock, emit: (event) => events.push(event) })
  const feed = (more: Partial<RevocationFeedOptions> = {}) =>
    list.feed({
      issuer: ISSUER,
      name: 'log',
      source: 'authorization-server',
      complete: true,
      keys: ['jti'],
      delay: DELAY,
      ...more,
    })
  return { clock, list, known, events, feed }
}

/** A list with one feed that is followed from now on, and told that nothing was missed 20 seconds later. */
function followed(its = issuer, more: Partial<RevocationFeedOptions> = {}) {
  const set = setUp(its)
  const feed = set.feed(more)
  feed.heartbeat({ sequence: 1, asOf: NOW })
  set.clock.advance(20 * SECOND)
  feed.heartbeat({ sequence: 2, asOf: NOW + 20 * SECOND })
  return { ...set, log: feed }
}

describe('a token', () => {
  it('is denied by an entry of itself, its login, its user, its client or its issuer, and by no other', async () => {
    const entries = [
      [{ kind: 'token', issuer: ISSUER, jti: 'jti-1', expiresAt: NOW + HOUR }, factsOf({ claims: { jti: 'jti-2' } })],
      [{ kind: 'login', issuer: ISSUER, login: 'login-1' }, factsOf({ claims: { sid: 'login-2' } })],
      [{ kind: 'user', issuer: ISSUER, sub: 'user', notBefore: NOW }, factsOf({ subject: 'somebody else' })],
      [{ kind: 'client', issuer: ISSUER, clientId: 'client' }, factsOf({ clientId: 'another' })],
    ] as const
    for (const [entry, other] of entries) {
      const { list, known } = setUp()
      expect(known.denies(factsOf())).toBe(false)
      await list.add(entry)
      expect([known.denies(factsOf()), known.denies(other)]).toStrictEqual([true, false])
    }
    const { list, known } = setUp()
    await list.add({ kind: 'issuer', issuer: ISSUER })
    expect(known.denies(factsOf({ subject: 'anybody' }))).toBe(true)
  })

  it('is denied whichever of its claims names the login', async () => {
    const { list, known } = setUp()
    await list.add({ kind: 'login', issuer: ISSUER, login: 'login-1' })
    expect(known.denies(factsOf({ claims: { origin_jti: 'another', sid: 'login-1' } }))).toBe(true)
  })

  it('is denied by an entry that names another identifier of its issuer', async () => {
    const { list, known } = setUp({ ...issuer, identifiers: [ISSUER, OTHER_NAME] })
    await list.add({ kind: 'login', issuer: ISSUER, login: 'login-1' })
    expect(known.denies(factsOf({ issuer: OTHER_NAME }))).toBe(true)
  })

  it('is not denied by what another issuer calls the same', async () => {
    const { list, known } = setUp()
    await list.add({ kind: 'login', issuer: 'https://other.example.com', login: 'login-1' })
    expect(known.denies(factsOf())).toBe(false)
  })

  it('of an issuer that is not configured is denied, and nothing is proven of it', () => {
    const { known } = followed()
    const stranger = factsOf({ issuer: 'https://other.example.com', issuedAt: COVERED })
    expect([known.denies(stranger), known.completeAsOf(stranger)]).toStrictEqual([true, undefined])
  })

  it('is denied until its entry ends', async () => {
    const { clock, list, known } = setUp()
    await list.add({ kind: 'token', issuer: ISSUER, jti: 'jti-1', expiresAt: NOW + HOUR })
    clock.advance(HOUR + 10 * SECOND - 1)
    expect(known.denies(factsOf())).toBe(true)
    clock.advance(1)
    expect(known.denies(factsOf())).toBe(false)
  })
})

describe('the list is complete', () => {
  it('as of the last heartbeat, on the clock of its source, less the declared delay', () => {
    const { clock, known } = followed()
    const facts = factsOf({ issuedAt: COVERED })
    expect(known.completeAsOf(facts)).toBe(NOW + 20 * SECOND - DELAY)
    clock.advance(HOUR)
    expect(known.completeAsOf(facts)).toBe(NOW + 20 * SECOND - DELAY)
  })

  it('for a token issued since the feed is followed, tolerance and propagation delay included', () => {
    const { known } = followed()
    expect(known.completeAsOf(factsOf({ issuedAt: COVERED }))).toBeDefined()
    expect(known.completeAsOf(factsOf({ issuedAt: COVERED - 1 }))).toBeUndefined()
    expect(known.completeAsOf(factsOf({ issuedAt: undefined }))).toBeUndefined()
  })

  it.each(['jti', 'login', 'sub', 'client_id'] as const)('for a token that a feed can name by its %s', (key) => {
    const { known } = followed(issuer, { keys: [key] })
    const unnamed = factsOf({ issuedAt: COVERED, subject: '', clientId: undefined, claims: {} })
    expect(known.completeAsOf(factsOf({ issuedAt: COVERED }))).toBeDefined()
    expect(known.completeAsOf(unnamed)).toBeUndefined()
  })

  it('for a token that can be named by whatever the feed turns out to use, declared or not', async () => {
    const { known, log } = followed()
    const facts = factsOf({ issuedAt: COVERED, claims: { jti: 'jti-1' } })
    expect(known.completeAsOf(facts)).toBeDefined()
    await log.apply({ sequence: 3, entries: [{ kind: 'login', issuer: ISSUER, login: 'login-2' }] })
    expect(known.completeAsOf(facts)).toBeUndefined()
  })

  it('for a token that lives no longer than the declared maximum', () => {
    const { known } = followed()
    expect(known.completeAsOf(factsOf({ issuedAt: COVERED, lifetime: HOUR }))).toBeDefined()
    expect(known.completeAsOf(factsOf({ issuedAt: COVERED, lifetime: HOUR + 1 }))).toBeUndefined()
    const undeclared = followed({ ...issuer, maxTokenLifetime: undefined })
    expect(undeclared.known.completeAsOf(factsOf({ issuedAt: COVERED }))).toBeUndefined()
  })

  it('for a token that says when its user logged in, where the issuer does not look at logins', async () => {
    const { known, log } = followed({ ...issuer, issuedAtIsEvidence: false })
    await log.apply({ sequence: 3, entries: [{ kind: 'user', issuer: ISSUER, sub: 'other', notBefore: NOW }] })
    const named = { jti: 'jti-1', origin_jti: 'login-1' }
    expect(known.completeAsOf(factsOf({ issuedAt: COVERED, claims: named }))).toBeUndefined()
    const dated = { ...named, auth_time: COVERED / SECOND }
    expect(known.completeAsOf(factsOf({ issuedAt: COVERED, claims: dated }))).toBeDefined()
  })

  it('only where a feed is declared to be', () => {
    const { clock, feed, known } = setUp()
    const log = feed({ complete: false, keys: undefined, delay: undefined })
    log.heartbeat({ sequence: 1, asOf: NOW })
    clock.advance(20 * SECOND)
    log.heartbeat({ sequence: 2, asOf: NOW + 20 * SECOND })
    expect(known.completeAsOf(factsOf({ issuedAt: COVERED }))).toBeUndefined()
  })

  it('as far as the slowest of several feeds, also under another identifier of the issuer', () => {
    const { known, feed } = followed({ ...issuer, identifiers: [ISSUER, OTHER_NAME] })
    const slow = feed({ name: 'slow', issuer: OTHER_NAME })
    const facts = factsOf({ issuedAt: NOW + 30 * SECOND })
    expect(known.completeAsOf(facts)).toBeUndefined()
    slow.heartbeat({ sequence: 1, asOf: NOW + 10 * SECOND })
    expect(known.completeAsOf(facts)).toBe(NOW + 10 * SECOND - DELAY)
  })

  it('never as of an instant to come, however long ago the source said so', () => {
    const { clock, known, log } = followed()
    const facts = factsOf({ issuedAt: COVERED })
    log.heartbeat({ sequence: 3, asOf: clock.now() + issuer.clockTolerance + DELAY })
    expect(known.completeAsOf(facts)).toBeDefined()
    log.heartbeat({ sequence: 4, asOf: clock.now() + issuer.clockTolerance + DELAY + 1 })
    expect(known.completeAsOf(facts)).toBeUndefined()
    clock.advance(HOUR)
    expect(known.completeAsOf(facts)).toBeUndefined()
  })

  it('not when this clock has stepped back behind the heartbeat', () => {
    const { clock, known } = followed()
    clock.stepWall(-60 * SECOND)
    expect(known.completeAsOf(factsOf({ issuedAt: COVERED }))).toBeUndefined()
  })
})

describe('a server that is closed', () => {
  it('hears nothing of the list any more', async () => {
    const { list, known, events } = setUp()
    await list.add({ kind: 'login', issuer: ISSUER, login: 'login-1' })
    known.close()
    await list.add({ kind: 'login', issuer: ISSUER, login: 'login-2' })
    expect(events).toStrictEqual([
      { type: 'revocation-listed', at: NOW, issuer: ISSUER, kind: 'login', feed: undefined },
    ])
  })
})

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), by: fc.constantFrom(50, 200, 600, 800) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('issue' as const),
      login: fc.nat({ max: 3 }),
      lifetime: fc.constantFrom(4_000, 4_000, 9_000),
      named: fc.constantFrom(true, true, true, false),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('revoke' as const), login: fc.nat({ max: 3 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('deliver' as const),
      feed: fc.nat({ max: 1 }),
      place: fc.constantFrom(0, 0, 0, 0, 0, 1, 2),
      again: fc.constantFrom(false, false, false, true),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('write' as const, 'heartbeat' as const), feed: fc.nat({ max: 1 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('catchUp' as const), feeds: fc.constantFrom([0], [1], [0, 1], [0, 1]) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('loseMessage' as const, 'resubscribe' as const, 'restart' as const),
      feed: fc.nat({ max: 1 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('ask' as const), token: fc.nat({ max: 9 }) }) },
)

const TOLERANCE = 400
const offset = fc.integer({ min: -TOLERANCE / 2, max: TOLERANCE / 2 })

it('whatever was revoked before the instant the list is complete as of is denied, over random schedules', async () => {
  const seen = { complete: 0, denied: 0, revokedAndComplete: 0 }
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 30, maxLength: 120 }),
      fc.record({ issuer: offset, source: offset, node: offset }),
      async (steps, offsets) => {
        const time = { now: NOW }
        const its = { ...issuer, clockTolerance: TOLERANCE, propagationDelay: 250, maxTokenLifetime: 4_000 }
        const world = new SimulatedRevocations(time, its, offsets)
        for (const feed of [0, 1, 0, 1]) world.logIn(feed)
        for (const feed of [0, 1]) await world.catchUp(feed)
        const check = (index: number) => {
          const token = world.tokens.at(-1 - index)
          if (token === undefined || world.nodeTime >= token.facts.expiresAt + TOLERANCE) return
          const asOf = world.node.completeAsOf(token.facts)
          const denied = world.node.denies(token.facts)
          const revokedAt = world.sourceTimeOf(token.login)
          if (denied) {
            seen.denied += 1
            expect(revokedAt, 'nothing is denied that was not revoked').toBeDefined()
          }
          if (asOf === undefined) return
          seen.complete += 1
          expect(asOf).toBeLessThanOrEqual(world.nodeTime + TOLERANCE - FEED_DELAY)
          if (revokedAt === undefined || !(revokedAt < asOf)) return
          seen.revokedAndComplete += 1
          expect(denied, `revoked at ${revokedAt}, complete as of ${asOf}`).toBe(true)
        }
        for (const next of steps) {
          if (next.kind === 'pass') time.now += next.by
          else if (next.kind === 'issue') world.issue(world.logins[next.login] ?? world.logIn(0), next)
          else if (next.kind === 'revoke') world.revoke(world.logins[next.login] ?? world.logIn(0))
          else if (next.kind === 'write') world.write(next.feed)
          else if (next.kind === 'heartbeat') world.writeHeartbeat(next.feed)
          else if (next.kind === 'deliver') await world.deliver(next.feed, next.place, next.again)
          else if (next.kind === 'catchUp') for (const feed of next.feeds) await world.catchUp(feed)
          else if (next.kind === 'restart') world.restartNode()
          else if (next.kind === 'ask') check(next.token)
          else world[next.kind](next.feed)
        }
        for (let index = 0; index < 10; index++) check(index)
      },
    ),
    { numRuns: 6_000 },
  )
  for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(50)
})
