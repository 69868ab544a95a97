import type { RevocationIssuer } from '../../src/revocation/deny-rule.js'
import type { TokenFacts } from '../../src/tokens/token-facts.js'

export const ISSUER = 'https://auth.example.com'
/** A whole second, so that what is rounded up shows. */
export const NOW = 1_800_000_000_000
export const SECOND = 1_000
export const HOUR = 3_600_000
export const DAY = 24 * HOUR

export const issuer: RevocationIssuer = {
  identifiers: [ISSUER],
  clockTolerance: 5 * SECOND,
  propagationDelay: 2 * SECOND,
  issuedAtIsEvidence: true,
  maxTokenLifetime: HOUR,
}

interface FactsWanted {
  readonly issuer?: string
  readonly subject?: string
  readonly clientId?: string | undefined
  /** Milliseconds since the epoch; `undefined` for a token that does not say. */
  readonly issuedAt?: number | undefined
  /** Milliseconds. */
  readonly lifetime?: number
  /** In place of `jti`, `origin_jti` and nothing else. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/** What is known of a token of `user`, issued now for an hour, unless said otherwise. */
export function factsOf(wanted: FactsWanted = {}): TokenFacts {
  const { subject = 'user', lifetime = HOUR } = wanted
  const issuedAt = Object.hasOwn(wanted, 'issuedAt') ? wanted.issuedAt : NOW
  const clientId = Object.hasOwn(wanted, 'clientId') ? wanted.clientId : 'client'
  const expiresAt = (issuedAt ?? NOW) + lifetime
  const named = { iss: wanted.issuer ?? ISSUER, sub: subject, exp: expiresAt / SECOND }
  return {
    issuer: named.iss,
    subject,
    clientId,
    scopes: [],
    groups: [],
    claims: { ...named, ...(wanted.claims ?? { jti: 'jti-1', origin_jti: 'login-1' }) },
    expiresAt,
    issuedAt,
  }
}
