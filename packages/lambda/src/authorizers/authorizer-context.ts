import { ConfigurationError, type Evidence, type Principal } from '@tokenward/core'

/** What the function behind the route is told, where the format takes lists and objects. */
export interface AuthorizerContext {
  /** The subject of the token. */
  readonly subject: string
  /** The client the token was issued to. */
  readonly clientId?: string
  /** Its scopes. */
  readonly scopes: readonly string[]
  /** The groups of the user. */
  readonly groups: readonly string[]
  /** Who issued it. */
  readonly issuer: string
  /** When it ends, in milliseconds since the epoch. */
  readonly expiresAt: number
  /** Why it counted as not revoked, and as of when. Of a result that is kept, as of when it was decided. */
  readonly evidence: { readonly source: string; readonly asOf?: number; readonly relaxed: boolean }
  /** What was left out because all of it would not fit: `groups`, or `groups` and `scopes`. */
  readonly omitted?: readonly string[]
}

/** The most that API Gateway takes of one result, in bytes. */
export const MAX_RESULT_BYTES = 8_192
/** What is left out first, where all does not fit: a caller without groups may do less. */
const OMITTED = [[], ['groups'], ['groups', 'scopes']] as const

export function contextOf(principal: Principal<unknown>, omitted: readonly string[] = []): AuthorizerContext {
  const { subject, clientId, scopes, groups, issuer, expiresAt, evidence } = principal
  const { source, asOf, relaxed } = evidence
  return {
    subject,
    ...(clientId !== undefined && { clientId }),
    scopes: omitted.includes('scopes') ? [] : scopes,
    groups: omitted.includes('groups') ? [] : groups,
    issuer,
    expiresAt,
    evidence: { source, ...(asOf !== undefined && { asOf }), relaxed },
    ...(omitted.length > 0 && { omitted }),
  }
}

/**
 * The same as text alone, which is all that policy documents and AppSync take: scopes with spaces in between, as in the
 * token, and groups as JSON, as their names may have spaces.
 */
export function textContextOf(principal: Principal<unknown>, omitted: readonly string[] = []): Record<string, string> {
  const { scopes, groups, expiresAt, evidence, omitted: left, ...texts } = contextOf(principal, omitted)
  const { source, asOf, relaxed } = evidence
  return {
    ...texts,
    scopes: scopes.join(' '),
    groups: JSON.stringify(groups),
    expiresAt: String(expiresAt),
    evidenceSource: source,
    ...(asOf !== undefined && { evidenceAsOf: String(asOf) }),
    evidenceRelaxed: String(relaxed),
    ...(left !== undefined && { omitted: left.join(' ') }),
  }
}

/** The result with as much of the context as fits. */
export function fitting<Result>(owner: string, resultWith: (omitted: readonly string[]) => Result): Result {
  for (const omitted of OMITTED) {
    const result = resultWith(omitted)
    if (Buffer.byteLength(JSON.stringify(result)) <= MAX_RESULT_BYTES) return result
  }
  throw new ConfigurationError(
    `${owner}.routes`,
    `make a result of more than ${MAX_RESULT_BYTES} bytes, which API Gateway takes for none; put the route among the identity sources, or use several authorizers`,
  )
}

/** Of several grants of one token, the principal whose evidence is the oldest: it holds for all of them. */
export function leastProven(principals: readonly Principal<unknown>[]): Principal<unknown> | undefined {
  return principals.toSorted((one, other) => instantOf(one.evidence) - instantOf(other.evidence))[0]
}

function instantOf({ asOf }: Evidence): number {
  return asOf ?? 0
}
