/** Why a token counts as not revoked, and as of when. Every grant carries it. */
export interface Evidence {
  /**
   * `'local-validation'`: signature and claims were checked here; a token cannot be revoked before it was issued.
   * `'live-call'`: the authorization server was asked for this request. `'cached-answer'`: it was asked before.
   * `'revocation-list'`: a complete feed of revocations has not named the token.
   */
  readonly source: EvidenceSource
  /** Milliseconds since the epoch: not revoked as of then. `undefined` when the token has no `iat` to prove it. */
  readonly asOf: number | undefined
  /** Milliseconds between `asOf` and the decision. */
  readonly lagMs: number | undefined
  /** Whether `maxRevocationLagDuringOutage` was used instead of `maxRevocationLag`. */
  readonly relaxed: boolean
}

/** Where evidence comes from. */
export type EvidenceSource = 'local-validation' | 'revocation-list' | 'cached-answer' | 'live-call'

/**
 * Evidence of a locally validated token: `min(iat, now) − clockTolerance`. The tolerance is charged to the evidence,
 * because the issuer's clock may be that far ahead of ours.
 */
export function evidenceOfLocalValidation(issuedAt: number | undefined, now: number, clockTolerance: number): Evidence {
  const asOf = issuedAt === undefined ? undefined : Math.min(issuedAt, now) - clockTolerance
  return evidence('local-validation', asOf, now)
}

/** The same proof some milliseconds later. */
export function laterEvidence({ source, asOf, lagMs, relaxed }: Evidence, elapsed: number): Evidence {
  return evidence(source, asOf, (asOf ?? 0) + (lagMs ?? 0) + elapsed, relaxed)
}

export function evidence(source: EvidenceSource, asOf: number | undefined, now: number, relaxed = false): Evidence {
  return Object.freeze({ source, asOf, lagMs: asOf === undefined ? undefined : now - asOf, relaxed })
}
