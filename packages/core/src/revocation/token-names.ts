import type { TokenFacts } from '../tokens/token-facts.js'
import type { RevocationEntry } from './revocation-entry.js'

/** What names the login of a token: Cognito's claim, and that of OpenID Connect (Front-Channel Logout 1.0 §3). */
export const LOGIN_CLAIMS = ['origin_jti', 'sid'] as const

/** A claim by its own name, so that nothing inherited stands in; only text that is not empty names anything. */
export function textClaim(claims: unknown, name: string): string | undefined {
  if (typeof claims !== 'object' || claims === null || !Object.hasOwn(claims, name)) return undefined
  const value = (claims as Readonly<Record<string, unknown>>)[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

type Named = Exclude<RevocationEntry['kind'], 'issuer'>

interface TokenName {
  /** Of the entries that name tokens by it. */
  readonly kind: Named
  readonly of: (facts: TokenFacts) => string | undefined
}

/** Every name that an entry could name a token by. */
export const TOKEN_NAMES: readonly TokenName[] = [
  { kind: 'client', of: ({ clientId }) => (clientId === '' ? undefined : clientId) },
  { kind: 'user', of: ({ subject }) => (subject === '' ? undefined : subject) },
  ...LOGIN_CLAIMS.map((claim): TokenName => ({ kind: 'login', of: ({ claims }) => textClaim(claims, claim) })),
  { kind: 'token', of: ({ claims }) => textClaim(claims, 'jti') },
]

/** Whether an entry of the kind could name the token at all. */
export function isNameable(facts: TokenFacts, kind: Named): boolean {
  return TOKEN_NAMES.some((name) => name.kind === kind && name.of(facts) !== undefined)
}
