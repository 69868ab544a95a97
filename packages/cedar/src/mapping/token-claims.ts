import type { Principal } from '@tokenward/core'
import { UNBOUNDED } from './request-limits.js'
import { Unmappable } from './unmappable.js'
import { defineMember, isWellFormed, writeValue, type Writing } from './value-writer.js'

/** Claims as attributes: those of an access token of `context.token`, those of an ID token of the principal. */
export type ClaimKind = 'access' | 'id'

/** Which claims have a place, and which of those are sets. `'any'`: no schema says. `'none'`: it declares no place. */
export type DeclaredClaims =
  | 'any'
  | 'none'
  | {
      readonly names: ReadonlySet<string>
      readonly sets: ReadonlySet<string>
      /** The scopes that matter, where not all do. */
      readonly scopes?: ReadonlySet<string> | undefined
    }

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
  const unbounded = { writer: writing.writer, budget: UNBOUNDED, reference: writing.reference }
  const written: Record<string, Out> = {}
  if (declared === 'none') return written
  for (const name of declared === 'any' ? Object.keys(claims) : declared.names) {
    if (GROUP_CLAIMS.has(name)) continue
    if (!Object.hasOwn(claims, name)) continue
    try {
      const claim: unknown = claims[name as keyof typeof claims]
      const value = name === 'scope' ? scopeValue(scopes, declared) : claim
      defineMember(written, name, writeValue(unbounded, `${path}.${name}`, value))
    } catch (error) {
      if (!(error instanceof Unmappable)) throw error
    }
  }
  return written
}

/**
 * `scope` is a set of texts, one for each scope, unless the schema says that it is one text. Scopes that a live check has taken
 * from the token since are not among them.
 */
function scopeValue(scopes: readonly string[], declared: Exclude<DeclaredClaims, 'none'>): unknown {
  const texts = distinct(scopes)
  if (declared === 'any') return texts
  const { sets, scopes: read } = declared
  if (!sets.has('scope')) return texts.join(' ')
  // One that is no text makes the claim one that Cedar has no value for, whoever reads it.
  return read === undefined ? texts : texts.filter((scope) => read.has(scope) || !isWellFormed(scope))
}

/** Lists in tokens are short, and as a rule name nothing twice. */
export function distinct(texts: readonly string[]): readonly string[] {
  if (texts.length > FEW) return [...new Set(texts)]
  for (let index = 1; index < texts.length; index += 1) {
    if (texts.indexOf(texts[index] as string) < index) return [...new Set(texts)]
  }
  return texts
}

/** Up to here it takes less to compare each with each. */
const FEW = 8

/** Whether the principal has fewer scopes than its token says. */
export function isNarrowed({ claims, scopes }: Principal<object>): boolean {
  const { scope } = claims as { readonly scope?: unknown }
  const inToken: readonly unknown[] = typeof scope === 'string' ? scope.split(' ').filter(Boolean) : []
  return inToken.some((token) => !scopes.includes(token as string))
}
