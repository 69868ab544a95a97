import type { IssuerContext, TrustedIssuer } from '../issuers/trusted-issuer.js'
import { definitionOf } from '../issuers/trusted-issuer.js'
import type { KnownRevocations } from '../revocation/known-revocations.js'
import type { LiveCheck } from '../tokens/live-check.js'
import { LiveAnswers } from './live-answers.js'
import { LiveFlights } from './live-flights.js'
import { type AnsweredFacts, createStrategyEngine, type StrategyEngine } from './strategy-engine.js'

/** The engine for the tokens of one issuer, with memories of its own: answers never cross issuers, as keys do not. */
export interface IssuerStrategy extends StrategyEngine {
  readonly check: LiveCheck | undefined
  /** Forgets what was answered. */
  close(): void
}

export interface IssuerStrategyOptions {
  readonly revocations: KnownRevocations | undefined
  /** Tokens whose answers are remembered. */
  readonly maxRememberedTokens: number
}

export function createIssuerStrategy(
  trusted: TrustedIssuer,
  context: IssuerContext,
  { revocations, maxRememberedTokens }: IssuerStrategyOptions,
): IssuerStrategy {
  const { clock, emit } = context
  const { clockTolerance, evidence, connectLive } = definitionOf(trusted, 'issuers')
  const { propagationDelay, issuedAtIsEvidence, inactiveMemory } = evidence
  const check = connectLive?.(context)
  const answers = new LiveAnswers<AnsweredFacts>({
    clock,
    clockTolerance,
    propagationDelay,
    inactiveMemory,
    capacity: maxRememberedTokens,
  })
  const engine = createStrategyEngine({
    clock,
    clockTolerance,
    issuedAtIsEvidence,
    revocations,
    live: check && { check, answers, flights: new LiveFlights(clock) },
    onLiveFailure({ code, httpStatus }) {
      if (code === 'closed') return
      const [issuer] = trusted.issuers as readonly [string]
      emit({ type: 'live-check-failed', at: clock.now(), issuer, reason: code, httpStatus })
    },
  })
  return { ...engine, check, close: () => answers.clear() }
}
