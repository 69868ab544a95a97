import type { RefusalCode } from '../outcomes/operator-codes.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import type { CompiledPolicy } from './route-policy.js'

/** The first rule of the policy that a token's facts break, or `undefined`. Runs on every request, cached or not. */
export function refusalByPolicy(policy: CompiledPolicy<unknown>, facts: TokenFacts): RefusalCode | undefined {
  const { scopes, anyScope, groups } = policy
  const hasScopes = scopes.every((scope) => facts.scopes.includes(scope))
  const hasAnyScope = anyScope.every((list) => list.some((scope) => facts.scopes.includes(scope)))
  if (!hasScopes || !hasAnyScope) return 'scope-missing'
  const hasGroups = groups.every((list) => list.some((group) => facts.groups.includes(group)))
  return hasGroups ? undefined : 'group-missing'
}

export type ClaimsCheck<Claims> =
  | { readonly accepted: true; readonly claims: Claims }
  | { readonly accepted: false; readonly reason: RefusalCode }

/** Runs the policy's schema over the claims. A schema that throws has not accepted anything. */
export function checkClaims<Claims>(
  { claims: schema }: CompiledPolicy<Claims>,
  { claims }: TokenFacts,
): ClaimsCheck<Claims> | Promise<ClaimsCheck<Claims>> {
  // Without a schema the claims have their default type, which is then what `Claims` is.
  return schema === undefined ? { accepted: true, claims: claims as Claims } : checkBySchema(schema, claims)
}

async function checkBySchema<Claims>(
  schema: NonNullable<CompiledPolicy<Claims>['claims']>,
  claims: TokenFacts['claims'],
): Promise<ClaimsCheck<Claims>> {
  try {
    const result: object | null = await schema['~standard'].validate(claims)
    if ('issues' in result && result.issues !== undefined) return { accepted: false, reason: 'claims-not-accepted' }
    // What is neither a success nor a failure of the standard has accepted nothing, either.
    if ('value' in result) return { accepted: true, claims: result.value as Claims }
  } catch {
    // as below
  }
  return { accepted: false, reason: 'claims-schema-failed' }
}
