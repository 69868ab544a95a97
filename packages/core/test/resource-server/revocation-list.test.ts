import { describe, expect, it } from 'vitest'
import {
  inMemoryRevocationList,
  revocationEntryFor,
  type RevocationEntry,
  type RevocationFeedOptions,
  type RoutePolicy,
} from '../../src/index.js'
import { introspectedApi, type IssuerChanges, mustBeGranted } from '../support/introspected-api.js'
import { manualClock } from '../support/manual-clock.js'
import { withToken } from '../support/test-issuer.js'

const SECOND = 1_000
const LIFETIME = {}
const BOUND = { maxRevocationLag: '30s' } as const
const LIVE = { maxRevocationLag: '0s' } as const

/** A list in use, of which every clock in the test is moved at once. Tokens are made with times of their own. */
async function listed(changed: IssuerChanges = {}) {
  // A whole second, so that what is rounded shows.
  const clock = manualClock(Math.floor(Date.now() / SECOND) * SECOND)
  const revocationList = inMemoryRevocationList({ clock })
  const { server, api, events } = await introspectedApi(
    { maxTokenLifetime: '1h', ...changed },
    { clock, revocationList },
  )
  const { issuer } = server
  const jwt = (claims: Record<string, unknown> = {}) => {
    const iat = Math.floor(clock.now() / SECOND)
    return server.accessToken({
      sub: 'u1',
      clientId: 'web',
      claims: { iat, exp: iat + 600, jti: 'j1', origin_jti: 'o1', ...claims },
    })
  }
  const decide = (token: string, policy: RoutePolicy = LIFETIME) => api.authorize(withToken(token), policy)
  const feed = (more: Partial<RevocationFeedOptions> = {}) =>
    revocationList.feed({
      issuer,
      name: 'feed',
      source: 'authorization-server',
      complete: true,
      keys: ['jti', 'sub'],
      delay: '0s',
      ...more,
    })
  return { clock, revocationList, server, api, events, issuer, jwt, decide, feed }
}

describe('an entry of the revocation list', () => {
  it.each<[string, (issuer: string, now: number) => RevocationEntry]>([
    ['a token', (issuer, now) => ({ kind: 'token', issuer, jti: 'j1', expiresAt: now + 600 * SECOND })],
    ['a login', (issuer) => ({ kind: 'login', issuer, login: 'o1' })],
    ['a user', (issuer, now) => ({ kind: 'user', issuer, sub: 'u1', notBefore: now })],
    ['a client', (issuer) => ({ kind: 'client', issuer, clientId: 'web' })],
    ['an issuer', (issuer) => ({ kind: 'issuer', issuer })],
  ])('that ends %s denies it on all routes at once, and costs no call', async (_, entry) => {
    const { clock, revocationList, server, issuer, jwt, decide } = await listed()
    const token = await jwt()
    expect(await decide(token)).toMatchObject({ outcome: 'granted' })
    await revocationList.add(entry(issuer, clock.now()))
    for (const policy of [LIFETIME, BOUND, LIVE, { ...LIVE, maxRevocationLagDuringOutage: '1h' } as const]) {
      expect(await decide(token, policy)).toMatchObject({ status: 401, reason: 'token-revoked' })
    }
    expect(server.introspection.hits).toBe(0)
  })

  it('about another user, client, login, token or issuer denies nothing', async () => {
    const { clock, revocationList, issuer, jwt, decide } = await listed()
    const expiresAt = clock.now() + 600 * SECOND
    await revocationList.add([
      { kind: 'token', issuer, jti: 'j2', expiresAt },
      { kind: 'login', issuer, login: 'j1' },
      { kind: 'user', issuer, sub: 'web', notBefore: expiresAt },
      { kind: 'client', issuer, clientId: 'u1' },
      { kind: 'issuer', issuer: 'https://elsewhere.example' },
    ])
    expect(await decide(await jwt())).toMatchObject({ outcome: 'granted' })
  })

  it('about a user lets in who comes back, though not within what two clocks may differ by', async () => {
    const { clock, revocationList, issuer, jwt, decide } = await listed({ propagationDelay: '2s' })
    const before = await jwt()
    clock.advance(SECOND)
    await revocationList.add({ kind: 'user', issuer, sub: 'u1', notBefore: clock.now() })
    expect(await decide(before)).toMatchObject({ reason: 'token-revoked' })
    // A second of rounding, the tolerance and the delay.
    clock.advance(7 * SECOND)
    expect(await decide(await jwt())).toMatchObject({ reason: 'token-revoked' })
    clock.advance(SECOND)
    const relogin = await jwt()
    expect(await decide(relogin)).toMatchObject({ outcome: 'granted' })
    // A refresh has a new iat, and the login of before.
    const refreshed = await jwt({ auth_time: Math.floor(clock.now() / SECOND) - 9 })
    expect(await decide(refreshed)).toMatchObject({ reason: 'token-revoked' })
  })

  it('made from a grant denies what it was made from', async () => {
    const { revocationList, jwt, decide } = await listed()
    for (const kind of ['token', 'login'] as const) {
      const token = await jwt({ jti: `j-${kind}`, origin_jti: `o-${kind}` })
      const { principal } = mustBeGranted(await decide(token))
      await revocationList.add(revocationEntryFor(principal, kind))
      expect(await decide(token)).toMatchObject({ reason: 'token-revoked' })
      expect(await decide(await jwt())).toMatchObject({ outcome: 'granted' })
    }
  })

  it('denies an opaque token by what its issuer says of it', async () => {
    const { clock, revocationList, server, issuer, decide } = await listed()
    const token = await server.opaqueToken({ sub: 'u1' })
    expect(await decide(token)).toMatchObject({ outcome: 'granted' })
    await revocationList.add({ kind: 'user', issuer, sub: 'u1', notBefore: clock.now() })
    for (const policy of [LIFETIME, BOUND, LIVE]) {
      expect(await decide(token, policy)).toMatchObject({ status: 401, reason: 'token-revoked' })
    }
  })

  it('is reported, and names nobody', async () => {
    const { clock, revocationList, issuer, events } = await listed()
    await revocationList.add({ kind: 'user', issuer, sub: 'secret-subject', notBefore: clock.now() })
    expect(events).toStrictEqual([
      { type: 'revocation-listed', at: clock.now(), issuer, kind: 'user', feed: undefined },
    ])
  })
})

describe('a complete feed', () => {
  /** One that has been followed for a minute, and a token of then that is too old to be proof by its age. */
  async function followed(changed: IssuerChanges = {}, options: Partial<RevocationFeedOptions> = {}) {
    const all = await listed(changed)
    const { clock, feed, jwt } = all
    const stream = feed(options)
    let sequence = 0
    const heartbeat = (asOf = clock.now()) => stream.heartbeat({ sequence: ++sequence, asOf })
    heartbeat()
    clock.advance(6 * SECOND)
    const token = await jwt()
    clock.advance(54 * SECOND)
    return { ...all, stream, heartbeat, token }
  }

  it('is evidence on a route with a bound, and spares the call', async () => {
    const { clock, server, decide, heartbeat, token } = await followed()
    heartbeat()
    clock.advance(10 * SECOND)
    expect(await decide(token, BOUND)).toMatchObject({
      principal: {
        evidence: {
          source: 'revocation-list',
          asOf: clock.now() - 15 * SECOND,
          lagMs: 15 * SECOND,
          relaxed: false,
        },
      },
    })
    clock.advance(15 * SECOND)
    expect(await decide(token, BOUND)).toMatchObject({ principal: { evidence: { lagMs: 30 * SECOND } } })
    expect(server.introspection.hits).toBe(0)
    // What two clocks may differ by, and the rest of the bound.
    clock.advance(1)
    expect(await decide(token, BOUND)).toMatchObject({ principal: { evidence: { source: 'live-call' } } })
    expect(server.introspection.hits).toBe(1)
  })

  it('is none on a route without lag', async () => {
    const { decide, heartbeat, token } = await followed()
    heartbeat()
    expect(await decide(token, LIVE)).toMatchObject({ principal: { evidence: { source: 'live-call' } } })
  })

  it('that fell silent is none: where nobody can be asked, a new token is needed', async () => {
    const { clock, decide, heartbeat, token } = await followed({ introspection: undefined, opaqueTokens: false })
    heartbeat()
    clock.advance(20 * SECOND)
    expect(await decide(token, BOUND)).toMatchObject({ principal: { evidence: { source: 'revocation-list' } } })
    clock.advance(10 * SECOND)
    expect(await decide(token, BOUND)).toMatchObject({ status: 401, reason: 'revocation-lag-exceeded' })
    heartbeat()
    expect(await decide(token, BOUND)).toMatchObject({ principal: { evidence: { source: 'revocation-list' } } })
  })

  it('relaxes a route in an outage, as old as its bound for that allows', async () => {
    const { clock, server, decide, heartbeat, token } = await followed()
    heartbeat()
    clock.advance(60 * SECOND)
    server.introspection.fail()
    expect(await decide(token, BOUND)).toMatchObject({ status: 503 })
    expect(await decide(token, { ...BOUND, maxRevocationLagDuringOutage: '65s' })).toMatchObject({
      principal: { evidence: { source: 'revocation-list', lagMs: 65 * SECOND, relaxed: true } },
    })
    expect(await decide(token, { ...BOUND, maxRevocationLagDuringOutage: '64s' })).toMatchObject({ status: 503 })
  })

  it.each<[string, IssuerChanges, Record<string, unknown>]>([
    ['whose issuer has no declared longest lifetime', { maxTokenLifetime: undefined }, {}],
    ['that lives longer than declared', { maxTokenLifetime: '5m' }, {}],
    ['that lacks what entries name tokens by', {}, { jti: undefined }],
    ['that does not say when it was issued', {}, { iat: undefined }],
  ])('proves nothing of a token %s', async (_, changed, claims) => {
    const { clock, decide, heartbeat, jwt } = await followed(changed)
    const token = await jwt(claims)
    clock.advance(30 * SECOND)
    heartbeat()
    expect(await decide(token, BOUND)).toMatchObject({ principal: { evidence: { source: 'live-call' } } })
  })

  it('proves nothing after a gap, until tokens are younger than what follows it', async () => {
    const { clock, stream, decide, jwt, token, events } = await followed()
    stream.heartbeat({ sequence: 3, asOf: clock.now() })
    expect(await decide(token, BOUND)).toMatchObject({ principal: { evidence: { source: 'live-call' } } })
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'revocation-feed-interrupted', reason: 'sequence-gap' }),
    )
    stream.lost()
    stream.heartbeat({ sequence: 10, asOf: clock.now() })
    clock.advance(6 * SECOND)
    const next = await jwt()
    clock.advance(30 * SECOND)
    stream.heartbeat({ sequence: 11, asOf: clock.now() })
    expect(await decide(next, BOUND)).toMatchObject({ principal: { evidence: { source: 'revocation-list' } } })
    expect(await decide(token, BOUND)).toMatchObject({ principal: { evidence: { source: 'live-call' } } })
  })

  it('ends what its entries name, on all routes', async () => {
    const { clock, stream, issuer, decide, token } = await followed()
    await stream.apply({ sequence: 2, entries: [{ kind: 'user', issuer, sub: 'u1', notBefore: clock.now() }] })
    stream.heartbeat({ sequence: 3, asOf: clock.now() })
    for (const policy of [LIFETIME, BOUND, LIVE]) {
      expect(await decide(token, policy)).toMatchObject({ status: 401, reason: 'token-revoked' })
    }
  })
})
