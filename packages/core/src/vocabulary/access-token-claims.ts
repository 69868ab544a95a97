/**
 * The claims of a verified token, exactly as it carried them (RFC 7519 §4, RFC 9068 §2.2), frozen. Only what every
 * accepted token has is typed; give the route a `claims` schema to have more.
 */
export interface AccessTokenClaims {
  /** The issuer (RFC 7519 §4.1.1). */
  readonly iss: string
  /** The subject (RFC 7519 §4.1.2). */
  readonly sub: string
  /** When the token ends (RFC 7519 §4.1.4), in seconds since the epoch. */
  readonly exp: number
  readonly [name: string]: unknown
}
