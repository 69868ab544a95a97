import { type RefusalCode, refusals } from '../outcomes/operator-codes.js'
import type { CompiledPolicy } from '../strategy/route-policy.js'

/** How every challenge names this API. */
export interface ToldResource {
  readonly realm: string
  /** Address of the metadata (RFC 9728 §5.1). */
  readonly resourceMetadata?: string | undefined
}

/** What a route demands, as far as clients are told. Each part is told when it is what is missing, and only then. */
export interface ToldDemands extends ToldResource {
  /** Scopes, of which those of an `anyScope` are alternatives: RFC 6750 §3 has no way to say so. */
  readonly scopes: readonly string[]
  /** Authentication context classes, of which one is demanded. */
  readonly acrValues: readonly string[]
  /** Milliseconds since the login. */
  readonly maxAge: number | undefined
}

export function demandsOf(
  { scopes, anyScope, acrValues, maxAge }: CompiledPolicy<unknown>,
  resource: ToldResource,
): ToldDemands {
  return { ...resource, scopes: [...new Set([scopes, anyScope].flat(2))], acrValues, maxAge }
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

/** The `WWW-Authenticate` value of a refusal (RFC 6750 §3). The realm is there because a challenge needs a parameter. */
export function bearerChallenge(reason: RefusalCode, demands: ToldDemands): string {
  const { error, description } = refusals[reason]
  const parameters: [string, string][] = [['realm', demands.realm]]
  if (demands.resourceMetadata !== undefined) parameters.push(['resource_metadata', demands.resourceMetadata])
  if (error !== undefined) parameters.push(['error', error], ['error_description', description])
  const others = { ...scopeParameter(reason, demands), ...loginParameters(reason, demands) }
  for (const [name, value] of Object.entries(others)) parameters.push([name, String(value)])
  return `Bearer ${parameters.map(([name, value]) => `${name}=${quoted(value)}`).join(', ')}`
}

/** A quoted-string (RFC 9110 §5.6.4): what could end it is escaped, what no header may hold is dropped. */
function quoted(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, '').replace(/["\\]/g, '\\$&')}"`
}
