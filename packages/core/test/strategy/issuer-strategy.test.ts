import { describe, expect, it } from 'vitest'
import { type IssuerDefinition, trustedIssuer } from '../../src/issuers/trusted-issuer.js'
import { UpstreamError } from '../../src/outcomes/errors.js'
import type { TokenwardEvent } from '../../src/outcomes/events.js'
import type { KnownRevocations } from '../../src/revocation/known-revocations.js'
import { createIssuerStrategy } from '../../src/strategy/issuer-strategy.js'
import type { RevocationLag } from '../../src/strategy/revocation-lag.js'
import type { LiveAnswer } from '../../src/tokens/live-check.js'
import type { TokenFacts } from '../../src/tokens/token-facts.js'
import { TokenKey } from '../../src/tokens/token-key.js'
import { readInstant } from '../../src/transport/clock.js'
import type { HttpClient } from '../../src/transport/http-client.js'
import { manualClock } from '../support/manual-clock.js'
import { factsOf, SECOND } from '../support/revoked-tokens.js'

const ISSUERS = ['https://a.example', 'https://a.example/updated']

/** The strategy for one issuer, and the server it asks. */
function setUp({
  evidence = {},
  hasLive = true,
  revocations,
  maxRememberedTokens = 100,
}: {
  evidence?: Partial<IssuerDefinition['evidence']>
  hasLive?: boolean
  revocations?: KnownRevocations
  maxRememberedTokens?: number
} = {}) {
  const clock = manualClock()
  const events: TokenwardEvent[] = []
  const server = { answer: { active: true, facts: undefined } as LiveAnswer | UpstreamError, calls: 0, connected: 0 }
  const trusted = trustedIssuer(ISSUERS, {
    clockTolerance: 5 * SECOND,
    carriesScopes: true,
    evidence: {
      propagationDelay: 0,
      issuedAtIsEvidence: true,
      maxTokenLifetime: undefined,
      inactiveMemory: 10 * SECOND,
      ...evidence,
    },
    opaqueTokens: false,
    connect() {
      throw new Error('a strategy needs no keys')
    },
    connectLive: hasLive
      ? () => {
          server.connected += 1
          return {
            endpoints: ['introspection'],
            reaches: () => true,
            async ask() {
              server.calls += 1
              if (server.answer instanceof Error) throw server.answer
              return server.answer
            },
          }
        }
      : undefined,
  })
  const context = { http: {} as HttpClient, clock, emit: (event: TokenwardEvent) => void events.push(event) }
  const strategy = createIssuerStrategy(trusted, context, { revocations, maxRememberedTokens })
  const issuedAt = clock.now() - 60 * SECOND
  const decide = (maxRevocationLag: RevocationLag, { name = 'token', facts = {} as Partial<TokenFacts> } = {}) =>
    strategy.decide({
      token: name,
      key: new TokenKey(name),
      facts: { ...factsOf({ issuer: ISSUERS[0] as string, issuedAt }), ...facts },
      arrival: readInstant(clock),
      maxRevocationLag,
    })
  const isRevoked = (name = 'token') => strategy.isRevoked(new TokenKey(name), undefined)
  return { clock, events, server, strategy, issuedAt, decide, isRevoked }
}

describe('the strategy for one issuer', () => {
  it('connects to it once', async () => {
    const { server, decide } = setUp()
    await decide(0)
    await decide(0)
    expect([server.connected, server.calls]).toStrictEqual([1, 2])
  })

  it('has no check where the issuer has no way to be asked', async () => {
    const { strategy, decide } = setUp({ hasLive: false })
    expect(strategy.check).toBeUndefined()
    expect(await decide(0)).toStrictEqual({ decision: 'refused', reason: 'evidence-unobtainable' })
    expect(setUp().strategy.check?.endpoints).toStrictEqual(['introspection'])
  })

  it('knows nothing of what another has learned of the same text', async () => {
    const [one, other] = [setUp(), setUp()]
    one.server.answer = { active: false }
    await one.decide(0)
    expect([await one.isRevoked(), await other.isRevoked()]).toStrictEqual([true, false])
  })

  it('takes the tolerance of its issuer off the age of tokens', async () => {
    const { clock, issuedAt, decide } = setUp()
    const age = clock.now() - issuedAt
    expect(await decide(age + 5 * SECOND)).toMatchObject({ evidence: { source: 'local-validation' } })
    expect(await decide(age + 5 * SECOND - 1)).toMatchObject({ evidence: { source: 'live-call' } })
  })

  it('takes no age for proof where its issuer does not look when it issues', async () => {
    const { decide } = setUp({ evidence: { issuedAtIsEvidence: false } })
    expect(await decide(3_600 * SECOND)).toMatchObject({ evidence: { source: 'live-call' } })
  })

  it.each([
    [0, 6 * SECOND],
    [20 * SECOND, 26 * SECOND],
  ])(
    'with replicas that lag by %d ms believes that a token is revoked for good from %d ms of its age on',
    async (propagationDelay, age) => {
      const { clock, server, decide, isRevoked } = setUp({ evidence: { propagationDelay } })
      server.answer = { active: false }
      const young = { facts: { issuedAt: clock.now() - age + 1 } }
      expect(await decide(0, young)).toStrictEqual({ decision: 'refused', reason: 'token-revoked' })
      expect(await isRevoked()).toBe(false)
      clock.advance(1)
      await decide(0, young)
      expect(await isRevoked()).toBe(true)
      clock.advance(3_000 * SECOND)
      expect(await isRevoked()).toBe(true)
    },
  )

  it('remembers an inactive answer about a token of unknown age for as long as its issuer says', async () => {
    const { clock, server, decide, isRevoked } = setUp({ evidence: { inactiveMemory: 2 * SECOND } })
    server.answer = { active: false }
    await decide(0, { facts: { issuedAt: undefined } })
    clock.advance(2 * SECOND - 1)
    expect(await isRevoked()).toBe(true)
    clock.advance(1)
    expect(await isRevoked()).toBe(false)
  })

  it('remembers no more tokens than it may', async () => {
    const { server, decide } = setUp({ maxRememberedTokens: 2 })
    for (const name of ['a', 'b', 'c']) await decide(30 * SECOND, { name })
    for (const name of ['b', 'c']) {
      expect(await decide(30 * SECOND, { name })).toMatchObject({ evidence: { source: 'cached-answer' } })
    }
    expect(server.calls).toBe(3)
    expect(await decide(30 * SECOND, { name: 'a' })).toMatchObject({ evidence: { source: 'live-call' } })
  })

  it('asks the list that the server has', async () => {
    const completeAsOf = Date.now()
    const { decide, strategy } = setUp({
      revocations: { denies: ({ subject }) => subject === 'gone', completeAsOf: () => completeAsOf },
    })
    expect(await decide(30 * SECOND)).toMatchObject({ evidence: { source: 'revocation-list' } })
    const key = new TokenKey('')
    expect(await strategy.isRevoked(key, factsOf({ subject: 'gone' }))).toBe(true)
    expect(await strategy.unlessRevoked(key, factsOf({ subject: 'gone' }), () => 'granted')).toBeUndefined()
  })

  it('reports a call that brought no answer, under the first name of its issuer', async () => {
    const { clock, server, events, decide } = setUp()
    server.answer = new UpstreamError('server-error', 'text with a secret', { httpStatus: 502 })
    await decide(0)
    expect(events).toStrictEqual([
      { type: 'live-check-failed', at: clock.now(), issuer: ISSUERS[0], reason: 'server-error', httpStatus: 502 },
    ])
  })

  it('reports nothing of a call that close() ended', async () => {
    const { server, events, decide } = setUp()
    server.answer = new UpstreamError('closed', 'closed')
    expect(await decide(0)).toStrictEqual({ decision: 'unavailable', reason: 'live-check-failed' })
    expect(events).toStrictEqual([])
  })

  it('forgets everything when it is closed', async () => {
    const { server, strategy, decide, isRevoked } = setUp()
    await decide(30 * SECOND)
    server.answer = { active: false }
    await decide(0, { name: 'revoked' })
    strategy.close()
    expect(await isRevoked('revoked')).toBe(false)
    expect(await decide(30 * SECOND)).toStrictEqual({ decision: 'refused', reason: 'token-revoked' })
  })
})
