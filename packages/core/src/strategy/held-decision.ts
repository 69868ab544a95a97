import { ConfigurationError } from '../outcomes/errors.js'
import { durationOption } from '../outcomes/option-check.js'
import { type Duration, formatDuration } from '../vocabulary/duration.js'
import type { Evidence } from '../vocabulary/evidence.js'
import type { DecisionDemand } from './decision-demand.js'
import type { RevocationLags } from './revocation-lag.js'

/** What a decision must still keep when it is repeated for the last time. */
export interface HeldDecision extends RevocationLags {
  /** Milliseconds for which whoever asked repeats the answer without asking again; 0: for this request alone. */
  readonly heldFor: number
}

const RANGE = { byDefault: 0, min: 0, max: 86_400_000 }

export function checkHeldFor(owner: string, { heldFor }: { readonly heldFor?: Duration }): number {
  return durationOption(`${owner}.heldFor`, heldFor, RANGE)
}

/** A promise that ends before the decision does could not be kept; what is asked of each request cannot be repeated. */
export function assertHoldable(
  owner: string,
  policy: HeldDecision & {
    readonly maxAge: number | undefined
    readonly senderConstrained: string
    readonly decisions: readonly DecisionDemand[]
  },
): void {
  const { heldFor, maxRevocationLag, maxAge, senderConstrained, decisions } = policy
  if (heldFor === 0) return
  const bounds = { maxRevocationLag: maxRevocationLag === 'token-lifetime' ? undefined : maxRevocationLag, maxAge }
  for (const [name, bound] of Object.entries(bounds)) {
    if (bound === undefined || bound > heldFor) continue
    const held = formatDuration(heldFor)
    throw new ConfigurationError(
      `${owner}.${name}`,
      `must be above ${held}, for which a decision is held: one made now would break it by then`,
    )
  }
  if (senderConstrained === 'required') {
    throw new ConfigurationError(
      `${owner}.senderConstrained`,
      'is for decisions about one request: whoever gets the same answer later may be another sender',
    )
  }
  if (decisions.length > 0) {
    throw new ConfigurationError(
      `${owner}.action`,
      'is for decisions about one request: what a decision point says of it must not be held for others',
    )
  }
}

/** The bounds for evidence that will have grown older by `heldFor` when the decision is repeated for the last time. */
export function lagsWhenDecided({
  heldFor,
  maxRevocationLag: lag,
  maxRevocationLagDuringOutage: duringOutage,
}: HeldDecision): RevocationLags {
  return {
    maxRevocationLag: lag === 'token-lifetime' ? lag : Math.max(0, lag - heldFor),
    maxRevocationLagDuringOutage: duringOutage === undefined ? undefined : Math.max(0, duringOutage - heldFor),
  }
}

/**
 * Whether evidence is young enough at the very end of deciding. For one request its arrival counts and not how long it was
 * thought about; those that get the same answer later count from now.
 */
export function canBeHeld(policy: HeldDecision, { asOf, lagMs = 0, relaxed }: Evidence, now: number): boolean {
  const { maxRevocationLag, maxRevocationLagDuringOutage } = lagsWhenDecided(policy)
  if (policy.heldFor === 0 || maxRevocationLag === 'token-lifetime') return true
  const bound = relaxed ? (maxRevocationLagDuringOutage ?? maxRevocationLag) : maxRevocationLag
  return asOf !== undefined && Math.max(lagMs, now - asOf) <= bound
}
