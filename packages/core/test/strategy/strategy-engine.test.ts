import { describe, expect, it } from 'vitest'
import { UpstreamError } from '../../src/outcomes/errors.js'
import type { UpstreamCode } from '../../src/outcomes/upstream-codes.js'
import { LiveAnswers } from '../../src/strategy/live-answers.js'
import { LiveFlights } from '../../src/strategy/live-flights.js'
import type { RevocationLag } from '../../src/strategy/revocation-lag.js'
import { type AnsweredFacts, createStrategyEngine } from '../../src/strategy/strategy-engine.js'
import type { LiveAnswer } from '../../src/tokens/live-check.js'
import type { TokenFacts } from '../../src/tokens/token-facts.js'
import { TokenKey } from '../../src/tokens/token-key.js'
import { readInstant } from '../../src/transport/clock.js'
import { manualClock } from '../support/manual-clock.js'

const TOLERANCE = 5_000
const ACTIVE: LiveAnswer = { active: true, facts: undefined }

/** An engine, and the authorization server it asks. */
function setUp({ age = 60_000, issuedAtIsEvidence = true, hasLive = true, reaches = true } = {}) {
  const clock = manualClock()
  const issuedAt = clock.now() - age
  const server = { answer: ACTIVE as LiveAnswer | UpstreamError, calls: 0 }
  const facts = { issuer: 'https://a.example', issuedAt, expiresAt: issuedAt + 3_600_000 } as TokenFacts
  const answers = new LiveAnswers<AnsweredFacts>({
    clock,
    clockTolerance: TOLERANCE,
    propagationDelay: 0,
    inactiveMemory: 10_000,
    capacity: 100,
  })
  const engine = createStrategyEngine({
    clock,
    clockTolerance: TOLERANCE,
    issuedAtIsEvidence,
    live: hasLive
      ? {
          check: {
            endpoints: ['introspection'],
            reaches: () => reaches,
            async ask() {
              server.calls += 1
              if (server.answer instanceof Error) throw server.answer
              return server.answer
            },
          },
          answers,
          flights: new LiveFlights(clock),
        }
      : undefined,
  })
  const key = new TokenKey('token', 'jti')
  const decide = (maxRevocationLag: RevocationLag, duringOutage?: number, changed: Partial<TokenFacts> = {}) =>
    engine.decide({
      token: 'token',
      key,
      facts: { ...facts, ...changed },
      arrival: readInstant(clock),
      maxRevocationLag,
      maxRevocationLagDuringOutage: duringOutage,
    })
  const fails = (code: UpstreamCode) => (server.answer = new UpstreamError(code, code))
  return { clock, issuedAt, server, engine, decide, fails, key, facts }
}

describe('a route that is content with the lifetime of its tokens', () => {
  it('asks nobody', async () => {
    const { server, decide, issuedAt } = setUp()
    expect(await decide('token-lifetime')).toMatchObject({
      decision: 'evidence',
      evidence: { source: 'local-validation', asOf: issuedAt - TOLERANCE, relaxed: false },
    })
    expect(server.calls).toBe(0)
  })

  it('refuses a token once another route has learned that it was revoked', async () => {
    const { server, decide, engine, key, facts } = setUp()
    server.answer = { active: false }
    expect(await decide(0)).toStrictEqual({ decision: 'refused', reason: 'token-revoked' })
    expect(await engine.isRevoked(key, facts)).toBe(true)
    expect(await engine.unlessRevoked(key, facts, () => 'granted')).toBeUndefined()
    expect(server.calls).toBe(1)
  })
})

describe('the name of a token', () => {
  it('is computed only where something inactive is remembered under the hint of the token', async () => {
    const { server, decide, engine, facts } = setUp()
    const isComputed = async (hint: string | undefined) => {
      const key = new TokenKey('another token', hint)
      expect(await engine.isRevoked(key, facts)).toBe(false)
      expect(await engine.unlessRevoked(key, facts, () => 'granted')).toBe('granted')
      return key.known !== undefined
    }
    expect(await isComputed('jti')).toBe(false)
    server.answer = { active: false }
    await decide(0)
    expect(await isComputed('another jti')).toBe(false)
    expect(await isComputed(undefined)).toBe(false)
    expect(await isComputed('jti')).toBe(true)
  })

  it('refuses the token that comes again under the same hint', async () => {
    const { server, decide, engine, facts } = setUp()
    server.answer = { active: false }
    await decide(0)
    expect(await engine.isRevoked(new TokenKey('token', 'jti'), facts)).toBe(true)
    expect(await engine.unlessRevoked(new TokenKey('token', 'jti'), facts, () => 'granted')).toBeUndefined()
  })
})

describe('a route with a bound', () => {
  it('takes a token that is young enough, tolerance included', async () => {
    const { server, decide } = setUp({ age: 25_000 })
    expect(await decide(30_000)).toMatchObject({ evidence: { source: 'local-validation' } })
    expect(server.calls).toBe(0)
    expect(await decide(29_999)).toMatchObject({ evidence: { source: 'live-call' } })
    expect(server.calls).toBe(1)
  })

  it('asks once, and then not again until the answer is too old', async () => {
    const { clock, server, decide } = setUp()
    const startedAt = clock.now()
    expect(await decide(30_000)).toMatchObject({ evidence: { source: 'live-call', asOf: startedAt, lagMs: 0 } })
    clock.advance(29_999)
    expect(await decide(30_000)).toMatchObject({
      evidence: { source: 'cached-answer', asOf: startedAt, lagMs: 29_999 },
    })
    clock.advance(1)
    expect(await decide(30_000)).toMatchObject({ evidence: { source: 'live-call' } })
    expect(server.calls).toBe(2)
  })

  it('takes no age for a proof where the issuer does not look when it issues', async () => {
    const { decide } = setUp({ age: 0, issuedAtIsEvidence: false })
    expect(await decide(30_000)).toMatchObject({ evidence: { source: 'live-call' } })
  })
})

describe('a route without any lag', () => {
  it('asks for each request, whatever is known', async () => {
    const { server, decide } = setUp({ age: 0 })
    for (let i = 1; i <= 3; i++) {
      expect(await decide(0)).toMatchObject({ evidence: { source: 'live-call' } })
      expect(server.calls).toBe(i)
    }
  })
})

describe('evidence that cannot be had', () => {
  it.each([
    ['no way to ask', { hasLive: false }],
    ['a token the server says nothing about', { reaches: false }],
  ])('with %s refuses: a new token would do where its age proves enough', async (_, how) => {
    const { server, decide } = setUp(how)
    expect(await decide(30_000)).toStrictEqual({ decision: 'refused', reason: 'revocation-lag-exceeded' })
    expect(await decide(TOLERANCE)).toStrictEqual({ decision: 'refused', reason: 'evidence-unobtainable' })
    expect(await decide(0)).toStrictEqual({ decision: 'refused', reason: 'evidence-unobtainable' })
    expect(await decide(30_000, undefined, { issuedAt: undefined })).toMatchObject({ reason: 'evidence-unobtainable' })
    expect(server.calls).toBe(0)
  })

  it('refuses for good where the age of a token proves nothing', async () => {
    const { decide } = setUp({ hasLive: false, issuedAtIsEvidence: false })
    expect(await decide(30_000)).toMatchObject({ reason: 'evidence-unobtainable' })
  })
})

describe('an outage', () => {
  it.each<UpstreamCode>(['connection-failed', 'timeout', 'circuit-open', 'server-error'])(
    '(%s) is unavailable, unless the route has a bound for it',
    async (code) => {
      const { clock, decide, fails } = setUp()
      await decide(0)
      fails(code)
      clock.advance(10_000)
      expect(await decide(0)).toStrictEqual({ decision: 'unavailable', reason: 'live-check-failed' })
      expect(await decide(0, 60_000)).toMatchObject({
        evidence: { source: 'cached-answer', relaxed: true, lagMs: 10_000 },
      })
      expect(await decide(0, 5_000)).toStrictEqual({ decision: 'unavailable', reason: 'live-check-failed' })
    },
  )

  it.each<UpstreamCode>([
    'throttled',
    'client-rejected',
    'unexpected-content',
    'unexpected-status',
    'redirect',
    'credentials-unavailable',
    'call-limited',
    'interrupted',
    'closed',
  ])('is not what %s is, which relaxes nothing', async (code) => {
    const { decide, fails } = setUp({ age: 1_000 })
    fails(code)
    expect(await decide(0, 3_600_000)).toStrictEqual({ decision: 'unavailable', reason: 'live-check-failed' })
  })

  it('is not what an error of the app is, in code that brings credentials', async () => {
    const { server, decide } = setUp({ age: 1_000 })
    server.answer = new Error('no credentials today') as UpstreamError
    expect(await decide(0, 3_600_000)).toStrictEqual({ decision: 'unavailable', reason: 'live-check-failed' })
  })

  it('overrides no refusal that was learned meanwhile', async () => {
    const { server, decide, fails, engine, key, facts } = setUp()
    await decide(1_000)
    server.answer = { active: false }
    await decide(0)
    fails('connection-failed')
    expect(await decide(0, 3_600_000)).toStrictEqual({ decision: 'refused', reason: 'token-revoked' })
    expect(await engine.isRevoked(key, facts)).toBe(true)
  })
})
