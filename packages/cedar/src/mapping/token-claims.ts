import type { Principal } from '@tokenward/core'
import { sizeBudget } from './request-limits.js'
import { Unmappable } from './unmappable.js'
import { writeValue, type Writing } from './value-writer.js'

/** Claims as attributes: those of an access token of `context.token`, those of an ID token of the principal. */
export type ClaimKind = 'access' | 'id'

/** Which claims have a place, and which of those are sets. `'any'`: no schema says. `'none'`: it declares no place. */
export type DeclaredClaims =
  | 'any'
  | 'none'
  | { readonly names: ReadonlySet<string>; readonly sets: ReadonlySet<string> }

/** Group membership becomes the parents of the principal, and nothing else (cognito-map-token-to-schema). */
const GROUP_CLAIMS = new Set(['cognito:groups', 'groups'])

/** Which of the two a token is; what is no ID token counts as an access token. */
export function claimKind(claims: object): ClaimKind {
  return (claims as { token_use?: unknown }).token_use === 'id' ? 'id' : 'access'
}

/**
 * The claims that become attributes, as Verified Permissions maps them: the group claim does not, and with a schema only
 * what it declares does. A claim that Cedar has no value for is left out, so that policies that read it err, and no other.
 */
export function writeClaims<Out>(
  writing: Writing<Out>,
  path: string,
  { claims, scopes }: Principal<object>,
  declared: DeclaredClaims,
): Readonly<Record<string, Out>> {
  // Core bounds tokens; what a request may grow by is for what comes beside them.
  const unbounded = { ...writing, budget: sizeBudget(Number.POSITIVE_INFINITY) }
  const written: [string, Out][] = []
  for (const name of namesIn(claims, declared)) {
    if (GROUP_CLAIMS.has(name)) continue
    try {
      const claim: unknown = claims[name as keyof typeof claims]
      const value = name === 'scope' ? scopeValue(scopes, declared) : claim
      written.push([name, writeValue(unbounded, `${path}.${name}`, value)])
    } catch (error) {
      if (!(error instanceof Unmappable)) throw error
    }
  }
  return Object.fromEntries(written)
}

/** The claims that have a place, and are there. */
function namesIn(claims: object, declared: DeclaredClaims): readonly string[] {
  if (declared === 'any') return Object.keys(claims)
  return declared === 'none' ? [] : [...declared.names].filter((name) => Object.hasOwn(claims, name))
}

/**
 * `scope` is a set of texts, one for each scope, unless the schema says that it is one text. Scopes that a live check has taken
 * from the token since are not among them.
 */
function scopeValue(scopes: readonly string[], declared: DeclaredClaims): unknown {
  const distinct = [...new Set(scopes)]
  return typeof declared === 'object' && !declared.sets.has('scope') ? distinct.join(' ') : distinct
}

/** Whether the principal has fewer scopes than its token says. */
export function isNarrowed({ claims, scopes }: Principal<object>): boolean {
  const { scope } = claims as { readonly scope?: unknown }
  const inToken: readonly unknown[] = typeof scope === 'string' ? scope.split(' ').filter(Boolean) : []
  return inToken.some((token) => !scopes.includes(token as string))
}
