import { UpstreamError } from '../outcomes/errors.js'
import type { RefusalCode, UnavailableCode } from '../outcomes/operator-codes.js'
import type { UpstreamCode } from '../outcomes/upstream-codes.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import type { Clock, Instant } from '../transport/clock.js'
import { type Evidence, evidence, evidenceOfLocalValidation } from '../vocabulary/evidence.js'
import type { JsonObject } from '../vocabulary/json-object.js'
import { ageOfAnswer, ageOfIssue, keepsPromise, newTokenKeepsPromise, type RevocationLag } from './evidence-rule.js'
import type { LiveAnswers } from './live-answers.js'
import type { LiveFlights } from './live-flights.js'

/** What an authorization server answers about one token. */
export type LiveAnswer = { readonly active: false } | { readonly active: true; readonly response: JsonObject }

/** A way to ask the authorization server about a token. */
export interface LiveCheck {
  /** Whether it can say anything about this token at all. Decided before any call. */
  reaches(facts: TokenFacts): boolean
  /** Asks. Throws {@link UpstreamError} when there is no answer. */
  ask(token: string, facts: TokenFacts): Promise<LiveAnswer>
}

export interface StrategyEngineOptions {
  readonly clock: Clock
  /** Milliseconds two clocks may differ. */
  readonly clockTolerance: number
  /** Whether the issuer checks the session when it issues, so that the age of a token proves something. */
  readonly issuedAtIsEvidence: boolean
  /** How to ask, with what was answered and what is being asked. */
  readonly live?:
    | {
        readonly check: LiveCheck
        readonly answers: LiveAnswers<JsonObject>
        readonly flights: LiveFlights<LiveAnswer>
      }
    | undefined
}

/** A request whose token has passed every check that needs no evidence. */
export interface EvidenceQuestion {
  readonly token: string
  /** Names the token in the memories of the engine. */
  readonly key: string
  readonly facts: TokenFacts
  /** When the request came. Every comparison uses this one instant. */
  readonly arrival: Instant
  readonly maxRevocationLag: RevocationLag
  readonly maxRevocationLagDuringOutage?: number | undefined
}

export type EvidenceDecision =
  | { readonly decision: 'evidence'; readonly evidence: Evidence }
  | { readonly decision: 'refused'; readonly reason: RefusalCode }
  | { readonly decision: 'unavailable'; readonly reason: UnavailableCode }

/** Picks the cheapest evidence that keeps the promise of the route, for the tokens of one issuer. */
export interface StrategyEngine {
  decide(question: EvidenceQuestion): Promise<EvidenceDecision>
  /** What is known by now, asked right before a grant: a revocation may have been learned while others were asked. */
  isRevoked(key: string): boolean
}

/** Only these say that the server is down; whatever else goes wrong relaxes nothing. */
const OUTAGES: ReadonlySet<UpstreamCode> = new Set(['connection-failed', 'timeout', 'circuit-open', 'server-error'])

const REVOKED: EvidenceDecision = { decision: 'refused', reason: 'token-revoked' }
const UNCHECKED: EvidenceDecision = { decision: 'unavailable', reason: 'live-check-failed' }

export function createStrategyEngine(options: StrategyEngineOptions): StrategyEngine {
  const { clock, clockTolerance, issuedAtIsEvidence, live } = options

  const isRevoked = (key: string) => live?.answers.isInactive(key) === true

  /** Evidence that is at hand, cheapest first. */
  function atHand({ key, facts, arrival }: EvidenceQuestion, lag: RevocationLag, relaxed: boolean) {
    const { issuedAt } = facts
    if (lag === 'token-lifetime') return evidenceOfLocalValidation(issuedAt, clock.now(), clockTolerance)
    if (issuedAtIsEvidence && issuedAt !== undefined) {
      if (keepsPromise(ageOfIssue(issuedAt, arrival, clockTolerance), lag)) {
        const asOf = Math.min(issuedAt, arrival.wall) - clockTolerance
        return evidence('local-validation', asOf, clock.now(), relaxed)
      }
    }
    const answer = live?.answers.active(key)
    if (answer !== undefined && keepsPromise(ageOfAnswer(answer.startedAt, arrival), lag)) {
      return evidence('cached-answer', answer.startedAt.wall, clock.now(), relaxed)
    }
    return undefined
  }

  async function askLive(question: EvidenceQuestion, { check, answers, flights }: NonNullable<typeof live>) {
    const { token, key, facts, arrival, maxRevocationLag } = question
    const { startedAt, answer } = await flights.ask({
      key,
      arrival,
      maxLag: maxRevocationLag as number,
      send: async (sentAt) => {
        const landed = await check.ask(token, facts)
        const about = { key, issuedAt: facts.issuedAt, endsAt: facts.expiresAt + clockTolerance }
        if (landed.active) answers.recordActive(about, { startedAt: sentAt, response: landed.response })
        else answers.recordInactive(about, sentAt)
        return landed
      },
    })
    return answer.active ? evidence('live-call', startedAt.wall, clock.now()) : undefined
  }

  return {
    isRevoked,
    async decide(question) {
      const { key, facts, maxRevocationLag, maxRevocationLagDuringOutage } = question
      if (isRevoked(key)) return REVOKED
      const known = atHand(question, maxRevocationLag, false)
      if (known !== undefined) return { decision: 'evidence', evidence: known }
      if (live === undefined || !live.check.reaches(facts)) {
        const newTokenWouldDo =
          issuedAtIsEvidence && facts.issuedAt !== undefined && newTokenKeepsPromise(maxRevocationLag, clockTolerance)
        return { decision: 'refused', reason: newTokenWouldDo ? 'revocation-lag-exceeded' : 'evidence-unobtainable' }
      }
      try {
        const answered = await askLive(question, live)
        return answered === undefined || isRevoked(key) ? REVOKED : { decision: 'evidence', evidence: answered }
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error
        if (isRevoked(key)) return REVOKED
        if (maxRevocationLagDuringOutage === undefined || !OUTAGES.has(error.code)) return UNCHECKED
        const relaxed = atHand(question, maxRevocationLagDuringOutage, true)
        return relaxed === undefined ? UNCHECKED : { decision: 'evidence', evidence: relaxed }
      }
    },
  }
}
