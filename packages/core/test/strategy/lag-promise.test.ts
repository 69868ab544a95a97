import fc from 'fast-check'
import { expect, it } from 'vitest'
import { UpstreamError } from '../../src/outcomes/errors.js'
import { LiveAnswers } from '../../src/strategy/live-answers.js'
import { LiveFlights } from '../../src/strategy/live-flights.js'
import { createStrategyEngine, type EvidenceDecision } from '../../src/strategy/strategy-engine.js'
import type { TokenFacts } from '../../src/tokens/token-facts.js'
import type { Clock } from '../../src/transport/clock.js'
import { SimulatedIssuer, type SimulatedToken } from '../support/simulated-issuer.js'

const TOLERANCE = 400
const LAGS = [0, 300, 800, 2_000] as const
const DOWN = new UpstreamError('connection-failed', 'down')

/** Lets every promise that can settle do so. */
const settle = async () => {
  for (let i = 0; i < 12; i++) await Promise.resolve()
}

const index = fc.nat({ max: 1 })
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), by: fc.constantFrom(0, 1, 40, 250, 600, 1_500) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('issue' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoke' as const), token: index }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('request' as const),
      token: index,
      lag: fc.constantFrom(...LAGS, 'token-lifetime' as const),
      duringOutage: fc.option(fc.constantFrom(3_000, 10_000), { nil: undefined }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      call: index,
      replicaLag: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('land' as const, 'land' as const, 'fail' as const), call: index }),
  },
)

const schedule = fc.record({
  steps: fc.array(step, { minLength: 5, maxLength: 50 }),
  propagationDelay: fc.constantFrom(0, 0, 500),
  issuerOffset: fc.integer({ min: -TOLERANCE / 2, max: TOLERANCE / 2 }),
  nodeOffset: fc.integer({ min: -TOLERANCE / 2, max: TOLERANCE / 2 }),
})

interface Decided {
  readonly token: SimulatedToken
  readonly arrival: number
  readonly bound: number
  readonly relaxedBound: number
  readonly decision: EvidenceDecision
}

it('no request that arrives after a bound has passed since the revocation is granted, over random schedules', async () => {
  const seen: Record<string, number> = {}
  await fc.assert(
    fc.asyncProperty(schedule, async ({ steps, propagationDelay, issuerOffset, nodeOffset }) => {
      const time = { now: 1_000_000 }
      const issuer = new SimulatedIssuer(time, issuerOffset)
      const clock: Clock = { now: () => time.now + nodeOffset, monotonic: () => time.now }
      const answers = new LiveAnswers<never>({
        clock,
        clockTolerance: TOLERANCE,
        propagationDelay,
        inactiveMemory: 2_000,
        capacity: 50,
      })
      const engine = createStrategyEngine({
        clock,
        clockTolerance: TOLERANCE,
        issuedAtIsEvidence: true,
        live: {
          check: {
            reaches: () => true,
            async ask(name) {
              const token = issuer.tokens.find((candidate) => candidate.name === name) as SimulatedToken
              return (await issuer.ask(token, DOWN)) ? { active: true, response: {} } : { active: false }
            },
          },
          answers,
          flights: new LiveFlights(clock),
        },
      })
      const revokedFinally = new Set<SimulatedToken>()
      const outcomes: Promise<unknown>[] = []

      function check({ token, arrival, bound, relaxedBound, decision }: Decided): void {
        const kind =
          decision.decision === 'evidence'
            ? `${decision.evidence.source}${decision.evidence.relaxed ? ' (relaxed)' : ''}`
            : decision.reason
        seen[kind] = (seen[kind] ?? 0) + 1
        if (decision.decision !== 'evidence') return
        const promised = decision.evidence.relaxed ? relaxedBound : bound
        const known = token.revokedAt ?? Infinity
        expect(known >= arrival - promised - propagationDelay, `${kind} at ${arrival}, revoked at ${known}`).toBe(true)
        expect(revokedFinally.has(token), 'revoked is final').toBe(false)
      }

      function request(token: SimulatedToken, lag: (typeof LAGS)[number] | 'token-lifetime', duringOutage?: number) {
        const arrival = time.now
        const bound = lag === 'token-lifetime' ? Infinity : lag
        const facts = { issuer: 'i', issuedAt: token.iat, expiresAt: Number.MAX_SAFE_INTEGER } as TokenFacts
        const revokedBefore = engine.isRevoked(token.name)
        if (revokedBefore) revokedFinally.add(token)
        const question = {
          token: token.name,
          key: token.name,
          facts,
          arrival: { wall: clock.now(), monotonic: time.now },
          maxRevocationLag: lag,
          maxRevocationLagDuringOutage: duringOutage,
        }
        outcomes.push(
          engine
            .decide(question)
            .then((decision) =>
              check({ token, arrival, bound, relaxedBound: Math.max(bound, duringOutage ?? 0), decision }),
            ),
        )
      }

      for (const next of steps) {
        if (next.kind === 'pass') time.now += next.by
        else if (next.kind === 'issue') issuer.issue()
        else if (next.kind === 'revoke') {
          const token = issuer.tokens[next.token % Math.max(1, issuer.tokens.length)]
          if (token !== undefined) issuer.revoke(token)
        } else if (next.kind === 'request') {
          const token = issuer.tokens[next.token % Math.max(1, issuer.tokens.length)] ?? issuer.issue()
          request(token, next.lag, next.duringOutage)
        } else {
          const call = issuer.pending[next.call % Math.max(1, issuer.pending.length)]
          if (next.kind === 'read') call?.read(Math.floor(next.replicaLag * propagationDelay))
          else call?.[next.kind]()
        }
        await settle()
      }
      while (issuer.pending.length > 0) {
        issuer.pending[0]?.land()
        await settle()
      }
      await Promise.all(outcomes)
    }),
    { numRuns: 10_000 },
  )
  const kinds = [
    'local-validation',
    'cached-answer',
    'live-call',
    'token-revoked',
    'live-check-failed',
    'cached-answer (relaxed)',
  ]
  for (const kind of kinds) expect(seen[kind] ?? 0, kind).toBeGreaterThan(20)
})
