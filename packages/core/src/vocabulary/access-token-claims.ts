/**
 * The claims of a verified token, exactly as it carried them (RFC 7519 §4, RFC 9068 §2.2), frozen. Only what every
 * accepted token has is typed; give the route a `claims` schema to have more.
 */
export interface AccessTokenClaims {
  readonly iss: string
  readonly sub: string
  /** Seconds since the epoch. */
  readonly exp: number
  readonly [name: string]: unknown
}
