import type { TokenFacts } from '../tokens/token-facts.js'
import type { RevocationEntry } from './revocation-entry.js'

/** What the list has to know of one issuer, however many identifiers it has. Durations in milliseconds. */
export interface RevocationIssuer {
  /** Its issuer identifiers. An entry that names one of them denies the tokens of each. */
  readonly identifiers: readonly string[]
  /** How far two clocks may differ. Also the leeway with which tokens are accepted after `exp`. */
  readonly clockTolerance: number
  /** How long it may take until every replica of the issuer refuses a revoked token. */
  readonly propagationDelay: number
  /** Whether it checks the login when it issues. */
  readonly issuedAtIsEvidence: boolean
  /** The longest `exp − iat` of its tokens; `undefined` when nobody has said. */
  readonly maxTokenLifetime: number | undefined
}

/** An entry as it stands on a list. */
export interface ListedEntry {
  /** The entry itself. */
  readonly entry: RevocationEntry
  /**
   * Milliseconds since the epoch from which the issuer issues no further token that the entry is about; `undefined` when
   * it always may. Of no use for a single token.
   */
  readonly lastIssueAt: number | undefined
}

type Tolerances = Pick<RevocationIssuer, 'clockTolerance' | 'propagationDelay'>

/**
 * Whether an entry denies a token that it names. A sign-out and a login within the same moment cannot be told apart, so
 * that a user who comes back at once may have to log in again; the other way round a token would survive its user.
 */
export function entryDenies(entry: RevocationEntry, facts: TokenFacts, issuer: Tolerances): boolean {
  switch (entry.kind) {
    case 'token':
    case 'login':
      return true
    case 'user':
      // A refresh moves `iat`, not `auth_time`: what counts is when the user logged in.
      return isUpTo(authenticatedAt(facts), entry.notBefore, issuer)
    case 'client':
    case 'issuer':
      return entry.notBefore === undefined || isUpTo(facts.issuedAt, entry.notBefore, issuer)
  }
}

/** Asks for what must hold to let the token pass: one without a time, or with one that is no number, fails it. */
function isUpTo(instant: number | undefined, notBefore: number, { clockTolerance, propagationDelay }: Tolerances) {
  return !(instant !== undefined && instant > notBefore + clockTolerance + propagationDelay)
}

function authenticatedAt({ claims, issuedAt }: TokenFacts): number | undefined {
  if (!Object.hasOwn(claims, 'auth_time')) return issuedAt
  const authTime = claims['auth_time']
  return typeof authTime === 'number' ? authTime * 1_000 : undefined
}

/**
 * When no token that the entry denies can be accepted any more, in milliseconds since the epoch; `Infinity` for an entry
 * that never ends. A token that lives longer than the issuer's declared maximum may outlive its entry.
 */
export function entryEnd({ entry, lastIssueAt }: ListedEntry, issuer: RevocationIssuer | undefined): number {
  if (issuer === undefined) return Infinity
  const { clockTolerance, propagationDelay, maxTokenLifetime } = issuer
  const leeway = clockTolerance
  if (entry.kind === 'token') return entry.expiresAt + leeway + clockTolerance
  if (lastIssueAt === undefined || maxTokenLifetime === undefined) return Infinity
  return lastIssueAt + maxTokenLifetime + leeway + 2 * clockTolerance + propagationDelay
}
