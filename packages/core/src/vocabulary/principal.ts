import type { AccessTokenClaims } from './access-token-claims.js'
import type { Evidence } from './evidence.js'

/** Who is calling, according to a token that was accepted. Frozen, and it survives JSON. */
export interface Principal<Claims = AccessTokenClaims> {
  /** The `sub` claim. */
  readonly subject: string
  /** The `client_id` claim; `azp` with the generic profile; the audience of a Cognito ID token. */
  readonly clientId: string | undefined
  /** The scopes of the token; empty for a Cognito ID token, which carries none. */
  readonly scopes: readonly string[]
  /** `cognito:groups` or `groups` (RFC 9068 §2.2.3.1). */
  readonly groups: readonly string[]
  /** The `iss` claim: one of the configured issuers. */
  readonly issuer: string
  /** When the token ends (`exp`), in milliseconds since the epoch. */
  readonly expiresAt: number
  /** All claims, or the output of the route's `claims` schema. */
  readonly claims: Claims
  /** Why the token counts as not revoked. */
  readonly evidence: Evidence
}
