import type { IssuerRegistry } from '../issuers/issuer-registry.js'
import { ConfigurationError } from '../outcomes/errors.js'
import { type ClaimsSchema, type CompiledPolicy, definePolicy, type RoutePolicy } from '../strategy/route-policy.js'
import { checkDecisions, type PolicyDecisionPoint } from './policy-decision-point.js'

/** A policy, written out or compiled. */
export type PolicyOrLiteral<Schema extends ClaimsSchema | undefined, Claims> =
  | RoutePolicy<Schema>
  | CompiledPolicy<Claims>

/** What may stand where a policy is optional: nothing, or a policy. */
export type PolicyArgument<Schema extends ClaimsSchema | undefined, Claims> = [
  policy?: PolicyOrLiteral<Schema, Claims> | undefined,
]

/** Compiles policies for one server; each is checked against its issuers once, and `onNew` is told of it. */
export function createPolicyCompiler(
  issuers: IssuerRegistry,
  {
    decisionPoint,
    bindsSenders = false,
    onNew = () => {},
  }: {
    readonly decisionPoint?: PolicyDecisionPoint | undefined
    /** Whether anything is checked that a token may be bound to. */
    readonly bindsSenders?: boolean
    readonly onNew?: (policy: CompiledPolicy<unknown>) => void
  } = {},
) {
  const checked = new WeakSet<object>()

  return function compile<Schema extends ClaimsSchema | undefined, Claims>(
    ...given: PolicyArgument<Schema, Claims>
  ): CompiledPolicy<Claims> {
    const [policy] = given
    if (policy !== undefined && checked.has(policy)) return policy as CompiledPolicy<Claims>
    const compiled = policyOf(given)
    if (!checked.has(compiled)) {
      checkAgainst(issuers, compiled)
      checkDecisions(compiled.decisions, decisionPoint)
      if (compiled.senderConstrained === 'required' && !bindsSenders) {
        throw new ConfigurationError(
          'policy.senderConstrained',
          'can never be met: give createResourceServer senderConstraints, certificateBound() or dpop()',
        )
      }
      checked.add(compiled)
      onNew(compiled)
    }
    return compiled
  }
}

const anyValidToken = definePolicy({})

/** Leaving the policy out asks for any valid token; a variable that turned out to be undefined does not. */
export function policyOf<Schema extends ClaimsSchema | undefined, Claims>(
  given: PolicyArgument<Schema, Claims>,
): CompiledPolicy<Claims> {
  const [policy] = given
  if (given.length > 0 && policy === undefined) {
    throw new ConfigurationError('policy', 'is undefined; leave the argument out to accept any valid token')
  }
  return (policy === undefined ? anyValidToken : definePolicy(policy)) as CompiledPolicy<Claims>
}

function checkAgainst(issuers: IssuerRegistry, { issuers: named, scopes, anyScope }: CompiledPolicy<unknown>): void {
  const unknown = named.flat().find((issuer) => issuers.select(issuer) === undefined)
  if (unknown !== undefined) {
    const configured = issuers.connected.map(({ identifier }) => identifier).join(', ')
    throw new ConfigurationError(
      'policy.issuers',
      `names ${unknown}, which is none of the configured ones: ${configured}`,
    )
  }
  const admitted = issuers.connected.filter(({ identifier }) => issuers.isAmong(identifier, named))
  if (admitted.length === 0) {
    throw new ConfigurationError('policy.issuers', 'leaves no issuer: what was combined takes no issuer in common')
  }
  const opaque = issuers.ofOpaqueTokens(named)
  if (opaque.length > 1) {
    const all = opaque.map((trusted) => trusted.issuers[0]).join(' or ')
    throw new ConfigurationError(
      'policy.issuers',
      `must name the issuer whose opaque tokens are taken here, ${all}; a token that is no JWT does not say`,
    )
  }
  const demand = scopes.length > 0 ? 'scopes' : anyScope.length > 0 ? 'anyScope' : undefined
  if (demand !== undefined && !admitted.some(({ definition }) => definition.carriesScopes)) {
    throw new ConfigurationError(
      `policy.${demand}`,
      'can never be met: the issuers here accept ID tokens, which carry no scopes',
    )
  }
}
