/** Why a token counts as not revoked, and as of when. Every grant carries it. */
export interface Evidence {
  /** `'local-validation'`: signature and claims were checked here; a token cannot be revoked before it was issued. */
  readonly source: 'local-validation'
  /** Milliseconds since the epoch: not revoked as of then. `undefined` when the token has no `iat` to prove it. */
  readonly asOf: number | undefined
  /** Milliseconds between `asOf` and the decision. */
  readonly lagMs: number | undefined
  /** Whether an outage bound was used instead of the route's own. */
  readonly relaxed: false
}

/**
 * Evidence of a locally validated token: `min(iat, now) − clockTolerance`. The tolerance is charged to the evidence,
 * because the issuer's clock may be that far ahead of ours.
 */
export function evidenceOfLocalValidation(issuedAt: number | undefined, now: number, clockTolerance: number): Evidence {
  const asOf = issuedAt === undefined ? undefined : Math.min(issuedAt, now) - clockTolerance
  return Object.freeze({
    source: 'local-validation',
    asOf,
    lagMs: asOf === undefined ? undefined : now - asOf,
    relaxed: false,
  })
}
