import { UpstreamError } from '../outcomes/errors.js'
import type { RefusalCode, UnavailableCode } from '../outcomes/operator-codes.js'
import type { UpstreamCode } from '../outcomes/upstream-codes.js'
import type { KnownRevocations } from '../revocation/known-revocations.js'
import type { LiveAnswer, LiveCheck } from '../tokens/live-check.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import type { TokenKey } from '../tokens/token-key.js'
import { type Clock, elapsedSince, type Instant, readInstant } from '../transport/clock.js'
import { type Evidence, evidence, evidenceOfLocalValidation } from '../vocabulary/evidence.js'
import { ageOfAnswer, ageOfIssue, ageOfList, keepsPromise, newTokenKeepsPromise } from './evidence-rule.js'
import type { LiveAnswers } from './live-answers.js'
import type { LiveFlights } from './live-flights.js'
import type { RevocationLag } from './revocation-lag.js'

/** What an active answer made known of a token; see {@link LiveAnswer}. */
export type AnsweredFacts = TokenFacts | RefusalCode | undefined

export interface StrategyEngineOptions {
  readonly clock: Clock
  /** Milliseconds two clocks may differ. */
  readonly clockTolerance: number
  /** Whether the issuer checks the session when it issues, so that the age of a token proves something. */
  readonly issuedAtIsEvidence: boolean
  readonly revocations?: KnownRevocations | undefined
  /** How to ask, with what was answered and what is being asked. */
  readonly live?: LiveMeans | undefined
  /** Told of each call that brought no answer. */
  readonly onLiveFailure?: ((error: UpstreamError) => void) | undefined
}

interface LiveMeans {
  readonly check: LiveCheck
  readonly answers: LiveAnswers<AnsweredFacts>
  readonly flights: LiveFlights<LiveAnswer>
}

/** A request whose token has passed every check that needs no evidence; an opaque token comes without facts. */
interface EvidenceQuestion {
  /** `undefined`: nobody can be asked about it. */
  readonly token: string | undefined
  readonly key: TokenKey
  readonly facts: TokenFacts | undefined
  /** When the request came. Every comparison uses this one instant. */
  readonly arrival: Instant
  readonly maxRevocationLag: RevocationLag
  readonly maxRevocationLagDuringOutage?: number | undefined
}

type EvidenceDecision =
  | { readonly decision: 'evidence'; readonly evidence: Evidence; readonly facts: TokenFacts }
  | { readonly decision: 'refused'; readonly reason: RefusalCode }
  | { readonly decision: 'unavailable'; readonly reason: UnavailableCode }

/** Picks the cheapest evidence that keeps the promise of the route, for the tokens of one issuer. */
export interface StrategyEngine {
  /** At once where what is at hand will do. */
  decide(question: EvidenceQuestion): EvidenceDecision | Promise<EvidenceDecision>
  /** What is known by now, from the list and from answers. At once, unless the token has to be hashed first. */
  isRevoked(key: TokenKey, facts: TokenFacts | undefined): boolean | Promise<boolean>
  /**
   * Runs `grant` unless the token is known to be revoked by then, with nothing in between: it may have been revoked
   * while others were asked. `undefined`: it was.
   */
  unlessRevoked<T>(key: TokenKey, facts: TokenFacts, grant: () => T): T | undefined | Promise<T | undefined>
}

/** Only these say that the server is down; whatever else goes wrong relaxes nothing. */
const OUTAGES: ReadonlySet<UpstreamCode> = new Set(['connection-failed', 'timeout', 'circuit-open', 'server-error'])

const REVOKED: EvidenceDecision = { decision: 'refused', reason: 'token-revoked' }
const UNCHECKED: EvidenceDecision = { decision: 'unavailable', reason: 'live-check-failed' }

export function createStrategyEngine(options: StrategyEngineOptions): StrategyEngine {
  const { clock, clockTolerance, issuedAtIsEvidence, revocations, live, onLiveFailure } = options

  /** Hashing is spared for a token that cannot be among those of which bad news is remembered. */
  const needsKey = (key: TokenKey) => key.known === undefined && live?.answers.mayBeInactive(key) === true

  function isKnownRevoked({ known }: TokenKey, facts: TokenFacts | undefined): boolean {
    if (facts !== undefined && revocations?.denies(facts) === true) return true
    return known !== undefined && live?.answers.isInactive(known) === true
  }

  /** Evidence that is at hand, cheapest first; at once, unless answers have to be looked through. */
  function atHand(question: EvidenceQuestion, lag: RevocationLag, relaxed: boolean) {
    const { facts: validated, arrival } = question
    const local = validated && evidenceWithoutAnswers(validated, arrival, lag, relaxed)
    if (local !== undefined) return found(local, validated as TokenFacts)
    return live === undefined || lag === 0 ? undefined : amongAnswers(question, live, lag, relaxed)
  }

  async function amongAnswers(
    question: EvidenceQuestion,
    { answers }: LiveMeans,
    lag: RevocationLag,
    relaxed: boolean,
  ) {
    const { key, facts: validated, arrival } = question
    const answer = answers.active(await key.compute())
    if (answer === undefined) return undefined
    const facts = answer.response ?? validated
    if (facts === undefined || typeof facts === 'string') return undefined
    // What an opaque token is known by ends with the answer, even where the token itself lives on.
    if (validated === undefined && clock.now() >= facts.expiresAt) return undefined
    const { servesFor } = facts
    if (servesFor !== undefined && elapsedSince(answer.startedAt, readInstant(clock)) >= servesFor) return undefined
    if (validated === undefined) {
      const listed = evidenceOfList(facts, arrival, lag, relaxed)
      if (listed !== undefined) return found(listed, facts)
    }
    if (!keepsPromise(ageOfAnswer(answer.startedAt, arrival), lag)) return undefined
    return found(evidenceOfAnswer('cached-answer', answer.startedAt, relaxed), facts)
  }

  function evidenceWithoutAnswers(facts: TokenFacts, arrival: Instant, lag: RevocationLag, relaxed: boolean) {
    const { issuedAt } = facts
    if (lag === 'token-lifetime') return evidenceOfLocalValidation(issuedAt, clock.now(), clockTolerance)
    if (issuedAtIsEvidence && issuedAt !== undefined) {
      if (keepsPromise(ageOfIssue(issuedAt, arrival, clockTolerance), lag)) {
        const asOf = Math.min(issuedAt, arrival.wall) - clockTolerance
        return evidence('local-validation', asOf, clock.now(), relaxed)
      }
    }
    return evidenceOfList(facts, arrival, lag, relaxed)
  }

  function evidenceOfList(facts: TokenFacts, arrival: Instant, lag: RevocationLag, relaxed: boolean) {
    const completeAsOf = lag === 0 ? undefined : revocations?.completeAsOf(facts)
    if (completeAsOf === undefined) return undefined
    if (!keepsPromise(ageOfList(completeAsOf, arrival, clockTolerance), lag)) return undefined
    return evidence('revocation-list', completeAsOf - clockTolerance, clock.now(), relaxed)
  }

  /** Its lag is measured as its age is: a wall clock that stepped back must not make it look younger. */
  function evidenceOfAnswer(source: 'cached-answer' | 'live-call', startedAt: Instant, relaxed = false): Evidence {
    const lag = elapsedSince(startedAt, readInstant(clock))
    return evidence(source, startedAt.wall, startedAt.wall + lag, relaxed)
  }

  async function askLive(
    question: EvidenceQuestion & { readonly token: string },
    { check, answers, flights }: LiveMeans,
  ) {
    const { token, facts, arrival, maxRevocationLag } = question
    const key = await question.key.compute()
    const { hint } = question.key
    const { startedAt, answer } = await flights.ask({
      key,
      arrival,
      // An answer to a call that was sent before the request came proves nothing newer than that.
      maxLag: maxRevocationLag === 'token-lifetime' ? Infinity : maxRevocationLag,
      send: async (sentAt) => {
        const known = answers.active(key)?.response
        const answeredFacts = typeof known === 'string' ? undefined : known
        const knownFacts = facts ?? answeredFacts
        let landed: LiveAnswer
        try {
          landed = await check.ask({ token, facts, credible: knownFacts !== undefined, sentAt })
        } catch (error) {
          const failure = error instanceof UpstreamError ? error : notSent(error)
          onLiveFailure?.(failure)
          throw failure
        }
        if (landed.active) {
          const told = landed.facts ?? facts
          // A reason to refuse is never looked up; it only takes the place of what was answered before.
          const endsAt = told === undefined || typeof told === 'string' ? sentAt.wall : told.expiresAt + clockTolerance
          answers.recordActive({ key, endsAt }, { startedAt: sentAt, response: landed.facts })
        } else {
          // An earlier answer may have told the age of a JWT that does not say.
          const issuedAt = facts?.issuedAt ?? answeredFacts?.issuedAt
          const validated = facts !== undefined
          answers.recordInactive({ key, hint, issuedAt, endsAt: endOf(knownFacts), validated }, sentAt)
        }
        return landed
      },
    })
    if (!answer.active) return REVOKED
    const told = answer.facts ?? facts
    if (typeof told === 'string') return { decision: 'refused', reason: told } as const
    // Without facts of its own an answer about an opaque token says nothing that could be granted.
    if (told === undefined) return UNCHECKED
    return found(evidenceOfAnswer('live-call', startedAt), told)
  }

  const endOf = (facts: TokenFacts | undefined) => (facts === undefined ? undefined : facts.expiresAt + clockTolerance)

  function unobtainable({ facts, maxRevocationLag }: EvidenceQuestion): EvidenceDecision {
    const newTokenWouldDo =
      issuedAtIsEvidence && facts?.issuedAt !== undefined && newTokenKeepsPromise(maxRevocationLag, clockTolerance)
    return { decision: 'refused', reason: newTokenWouldDo ? 'revocation-lag-exceeded' : 'evidence-unobtainable' }
  }

  async function lookFurther(
    question: EvidenceQuestion,
    atHandSoon: Promise<EvidenceDecision | undefined> | undefined,
  ) {
    const known = atHandSoon && (await atHandSoon)
    if (known !== undefined) return known
    const { token, key, facts, maxRevocationLagDuringOutage } = question
    if (live === undefined || token === undefined || !live.check.reaches(facts)) return unobtainable(question)
    try {
      return await askLive({ ...question, token }, live)
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error
      if (isKnownRevoked(key, facts)) return REVOKED
      if (maxRevocationLagDuringOutage === undefined || !OUTAGES.has(error.code)) return UNCHECKED
      return (await atHand(question, maxRevocationLagDuringOutage, true)) ?? UNCHECKED
    }
  }

  function unlessRevoked<T>(key: TokenKey, facts: TokenFacts, grant: () => T): T | undefined | Promise<T | undefined> {
    const hashed = needsKey(key) ? key.compute() : undefined
    if (hashed instanceof Promise) return hashed.then(() => unlessRevoked(key, facts, grant))
    return isKnownRevoked(key, facts) ? undefined : grant()
  }

  return {
    isRevoked(key, facts) {
      const hashed = needsKey(key) ? key.compute() : undefined
      return hashed instanceof Promise ? hashed.then(() => isKnownRevoked(key, facts)) : isKnownRevoked(key, facts)
    },
    unlessRevoked,
    decide(question) {
      const known = atHand(question, question.maxRevocationLag, false)
      return known === undefined || known instanceof Promise ? lookFurther(question, known) : known
    },
  }
}

/** The app's own code takes part in a call, as where it brings the credentials. */
function notSent(cause: unknown): UpstreamError {
  return new UpstreamError('credentials-unavailable', 'The call could not be made', { cause })
}

function found(given: Evidence, facts: TokenFacts): EvidenceDecision {
  return { decision: 'evidence', evidence: given, facts }
}
