import type { IssuerDefinition } from '../issuers/trusted-issuer.js'
import type { LiveCheck, LiveEndpoint } from '../tokens/live-check.js'
import type { SenderDemand } from '../tokens/sender-constraint.js'
import type { ConfirmationMethod } from '../vocabulary/confirmation.js'
import type { EvidenceSource } from '../vocabulary/evidence.js'
import type { PolicyQuestion } from './decision-demand.js'
import { newTokenKeepsPromise } from './evidence-rule.js'
import { type HeldDecision, lagsWhenDecided } from './held-decision.js'
import type { RevocationLags } from './revocation-lag.js'
import type { StepUp } from './step-up.js'

/** What a policy means on one server, for boot logs and reviews. */
export interface PolicyExplanation {
  /** The policy's `name`. */
  readonly route: string | undefined
  /** How long a revoked token may still be accepted, in milliseconds. */
  readonly maxRevocationLag: 'token-lifetime' | number
  /** The same while the authorization server cannot be reached; `undefined`: nothing is accepted then that is older. */
  readonly maxRevocationLagDuringOutage: number | undefined
  /** How long the answer is repeated without asking again, in milliseconds; the bounds hold at the end of it. */
  readonly heldFor: number
  /** Of these authentication context classes the user's login must have one; empty: none is needed (RFC 9470). */
  readonly acrValues: readonly string[]
  /** How long ago the user may have logged in, in milliseconds; `undefined`: at any time. */
  readonly maxAge: number | undefined
  /** Whether the token has to be bound to its sender, or is held to what it is bound to where it is. */
  readonly senderConstrained: SenderDemand
  /** What a token may be bound to, as members of `cnf`: a token that is bound to anything else is refused. */
  readonly confirmationMethods: readonly ConfirmationMethod[]
  /** What the decision point is asked; it must permit each. */
  readonly decisions: readonly DecisionExplanation[]
  /**
   * One entry for each configured issuer whose tokens the policy admits, and one more for its opaque tokens where it has
   * some.
   */
  readonly issuers: readonly IssuerExplanation[]
}

/** What the decision point is asked. */
export interface DecisionExplanation extends PolicyQuestion {
  /** What it says of the question itself; `undefined` when it says nothing. */
  readonly explanation: string | undefined
}

/** What a policy means for the tokens of one issuer. */
export interface IssuerExplanation {
  /** All identifiers of the issuer. */
  readonly issuers: readonly string[]
  /** Which of its tokens: those that are validated here, or those that only the issuer can read. */
  readonly tokens: 'jwt' | 'opaque'
  /**
   * Evidence that can satisfy the route, in the order it is asked for. Empty: no such token can enter. A token may lack
   * what a source needs, as a machine's token lacks the scope for Cognito's `GetUser`.
   */
  readonly sources: readonly EvidenceSource[]
  /** Where a live call goes: to the first that the token's scopes allow. Empty where none is made. */
  readonly liveEndpoints: readonly LiveEndpoint[]
  /**
   * What happens while the issuer cannot be reached. `'unaffected'`: nothing is asked of it, and keys that are at hand
   * serve until their `maxAge`. `'relaxed'`: evidence as old as `maxRevocationLagDuringOutage` will do.
   * `'unavailable'`: 503 wherever a live call would have been made. `'refused'`: as always, nothing can enter.
   */
  readonly duringOutage: 'unaffected' | 'relaxed' | 'unavailable' | 'refused'
}

/** What explaining needs to know of one issuer. */
export interface ExplainedIssuer {
  readonly issuers: readonly string[]
  readonly definition: IssuerDefinition
  readonly check: LiveCheck | undefined
  /** Whether a revocation list with a complete feed follows the issuer. */
  readonly hasCompleteList: boolean
}

/** The parts of a policy that an explanation tells. */
export interface ExplainedPolicy extends HeldDecision, StepUp {
  readonly name: string | undefined
  readonly senderConstrained: SenderDemand
  readonly confirmationMethods: readonly ConfirmationMethod[]
  readonly decisions: readonly DecisionExplanation[]
}

export function explainPolicy(policy: ExplainedPolicy, admitted: readonly ExplainedIssuer[]): PolicyExplanation {
  const lags = lagsWhenDecided(policy)
  return {
    route: policy.name,
    maxRevocationLag: policy.maxRevocationLag,
    maxRevocationLagDuringOutage: policy.maxRevocationLagDuringOutage,
    heldFor: policy.heldFor,
    acrValues: policy.acrValues,
    maxAge: policy.maxAge,
    senderConstrained: policy.senderConstrained,
    confirmationMethods: policy.confirmationMethods,
    decisions: policy.decisions,
    issuers: admitted.flatMap((issuer) => [
      explained(lags, issuer, 'jwt'),
      ...(issuer.definition.opaqueTokens ? [explained(lags, issuer, 'opaque')] : []),
    ]),
  }
}

function explained(lags: RevocationLags, issuer: ExplainedIssuer, tokens: 'jwt' | 'opaque'): IssuerExplanation {
  const sources = sourcesFor(lags, issuer, tokens)
  const asks = sources.includes('live-call')
  return {
    issuers: issuer.issuers,
    tokens,
    sources,
    liveEndpoints: asks ? (issuer.check?.endpoints ?? []) : [],
    duringOutage:
      sources.length === 0
        ? 'refused'
        : !asks
          ? 'unaffected'
          : lags.maxRevocationLagDuringOutage === undefined
            ? 'unavailable'
            : 'relaxed',
  }
}

function sourcesFor(
  { maxRevocationLag: lag }: RevocationLags,
  { definition, check, hasCompleteList }: ExplainedIssuer,
  tokens: 'jwt' | 'opaque',
): readonly EvidenceSource[] {
  const { clockTolerance, evidence } = definition
  if (lag === 'token-lifetime' && tokens === 'jwt') return ['local-validation']
  const sources: EvidenceSource[] = []
  const leavesRoom = newTokenKeepsPromise(lag, clockTolerance)
  if (tokens === 'jwt' && evidence.issuedAtIsEvidence && leavesRoom) sources.push('local-validation')
  // Entries end with the longest lifetime: without one the list proves nothing.
  const listIsEvidence = hasCompleteList && evidence.maxTokenLifetime !== undefined
  if (listIsEvidence && leavesRoom) sources.push('revocation-list')
  if (check !== undefined) sources.push(...(lag === 0 ? [] : ['cached-answer' as const]), 'live-call')
  return sources
}
