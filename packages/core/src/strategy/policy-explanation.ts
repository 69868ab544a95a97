import type { CompiledPolicy } from './route-policy.js'

/** What a policy means on one server, for boot logs and reviews. */
export interface PolicyExplanation {
  /** The policy's `name`. */
  readonly route: string | undefined
  /** How long a revoked token may still be accepted. */
  readonly maxRevocationLag: 'token-lifetime'
  /** One entry for each configured issuer whose tokens the policy admits. */
  readonly issuers: readonly IssuerExplanation[]
}

/** What a policy means for the tokens of one issuer. */
export interface IssuerExplanation {
  /** All identifiers of the issuer. */
  readonly issuers: readonly string[]
  /** Evidence that can satisfy the route, in the order it is asked for. */
  readonly sources: readonly 'local-validation'[]
  /**
   * What happens while the issuer cannot be reached. `'unaffected'`: keys that are at hand serve until their `maxAge`,
   * and nothing else is needed.
   */
  readonly duringOutage: 'unaffected'
}

export function explainPolicy(
  policy: CompiledPolicy<unknown>,
  admitted: readonly { readonly issuers: readonly string[] }[],
): PolicyExplanation {
  return {
    route: policy.name,
    maxRevocationLag: policy.maxRevocationLag,
    issuers: admitted.map(({ issuers }) => ({ issuers, sources: ['local-validation'], duringOutage: 'unaffected' })),
  }
}
