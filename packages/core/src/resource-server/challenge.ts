import { type RefusalCode, refusals } from '../outcomes/operator-codes.js'
import type { SenderChecks } from '../sender-constraints/sender-checks.js'
import type { CompiledPolicy } from '../strategy/route-policy.js'
import type { TokenScheme } from '../tokens/sender-constraint.js'

/** How every challenge names this API. */
export interface ToldResource {
  readonly realm: string
  /** Address of the metadata (RFC 9728 §5.1). */
  readonly resourceMetadata?: string | undefined
  /** What may hold tokens to their senders, and under which schemes. Default: nothing, and `Bearer`. */
  readonly senders?: Pick<SenderChecks, 'methods' | 'dpop'> | undefined
}

/** What a route demands, as far as clients are told. Each part is told when it is what is missing, and only then. */
export interface ToldDemands extends ToldResource {
  /** Scopes, of which those of an `anyScope` are alternatives: RFC 6750 §3 has no way to say so. */
  readonly scopes: readonly string[]
  /** Authentication context classes, of which one is demanded. */
  readonly acrValues: readonly string[]
  /** Milliseconds since the login. */
  readonly maxAge: number | undefined
  /** Schemes a token may come under, the one it came under first: that one is told the error. */
  readonly schemes: readonly TokenScheme[]
}

export function demandsOf(policy: CompiledPolicy<unknown>, resource: ToldResource, used?: TokenScheme): ToldDemands {
  const { scopes, anyScope, acrValues, maxAge } = policy
  const schemes = schemesFor(policy, resource).toSorted((a, b) => Number(b === used) - Number(a === used))
  return { ...resource, scopes: [...new Set([scopes, anyScope].flat(2))], acrValues, maxAge, schemes }
}

/** A token bound to a key may never come as `Bearer`, and one bound to a certificate always does (RFC 9449 §7.2). */
function schemesFor({ senderConstrained }: CompiledPolicy<unknown>, { senders }: ToldResource): readonly TokenScheme[] {
  if (senders?.dpop === undefined) return ['Bearer']
  const takesKeysAlone =
    senders.dpop.required || (senderConstrained === 'required' && !senders.methods.includes('x5t#S256'))
  return takesKeysAlone ? ['DPoP'] : ['Bearer', 'DPoP']
}

/** The scopes to ask for, where one of them is what is missing (RFC 6750 §3). */
export function scopeParameter(reason: RefusalCode, { scopes }: ToldDemands): { readonly scope?: string } {
  return reason === 'scope-missing' ? { scope: scopes.join(' ') } : {}
}

/** What a new login has to be like, as members of a body: all of it, whichever part was missing (RFC 9470 §3). */
export function loginParameters(
  reason: RefusalCode,
  { acrValues, maxAge }: ToldDemands,
): { readonly acr_values?: string; readonly max_age?: number } {
  if (refusals[reason].error !== 'insufficient_user_authentication') return {}
  return {
    ...(acrValues.length > 0 && { acr_values: acrValues.join(' ') }),
    ...(maxAge !== undefined && { max_age: maxAge / 1_000 }),
  }
}

/**
 * The `WWW-Authenticate` value of a refusal: a challenge for each scheme that is taken (RFC 6750 §3, RFC 9449 §7.2). What
 * is wrong stands in the first of them.
 */
export function challengesOf(reason: RefusalCode, demands: ToldDemands): string {
  return demands.schemes
    .map((scheme, index) => challengeOf(scheme, index === 0 ? parametersOf(reason, demands) : [], demands))
    .join(', ')
}

/** The realm is there because a challenge needs a parameter. */
function challengeOf(
  scheme: TokenScheme,
  reason: readonly (readonly [string, string])[],
  { realm, resourceMetadata, senders }: ToldDemands,
): string {
  const parameters: (readonly [string, string])[] = [['realm', realm]]
  if (resourceMetadata !== undefined) parameters.push(['resource_metadata', resourceMetadata])
  parameters.push(...reason)
  if (scheme === 'DPoP' && senders?.dpop !== undefined) parameters.push(['algs', senders.dpop.algorithms])
  return `${scheme} ${parameters.map(([name, value]) => `${name}=${quoted(value)}`).join(', ')}`
}

function parametersOf(reason: RefusalCode, demands: ToldDemands): readonly (readonly [string, string])[] {
  const { error, description } = refusals[reason]
  const parameters: (readonly [string, string])[] = []
  if (error !== undefined) parameters.push(['error', error], ['error_description', description])
  const others = { ...scopeParameter(reason, demands), ...loginParameters(reason, demands) }
  for (const [name, value] of Object.entries(others)) parameters.push([name, String(value)])
  return parameters
}

/** A quoted-string (RFC 9110 §5.6.4): what could end it is escaped, what no header may hold is dropped. */
function quoted(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, '').replace(/["\\]/g, '\\$&')}"`
}
