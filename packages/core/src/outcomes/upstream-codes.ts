/** What went wrong with a call to the authorization server. */
export type UpstreamCode =
  /** No connection, a TLS failure or a connection that broke. */
  | 'connection-failed'
  /** The answer was not complete within the `timeout` option. */
  | 'timeout'
  /** The process stood still for so long that the `timeout` passed: it was frozen, or its event loop was at work. */
  | 'interrupted'
  /** Redirects are never followed. */
  | 'redirect'
  /** Any status but 200. */
  | 'unexpected-status'
  /** A status from 500 on: the server is at fault. */
  | 'server-error'
  /** It failed several times in a row; it is asked again in less than a second. */
  | 'circuit-open'
  /** Not `application/json` or another JSON media type. */
  | 'unexpected-content-type'
  /** Larger than the limit, counted after decompression. */
  | 'too-large'
  /** Not JSON, or not of the shape the endpoint must answer with. */
  | 'unexpected-content'
  /** A key set without one usable key, or none at hand to verify a signed answer with. */
  | 'no-usable-key'
  /** The metadata names another issuer (RFC 8414 §3.3). */
  | 'issuer-mismatch'
  /** The metadata points to an address that may not be used: not https, or with a password in it. */
  | 'address-not-allowed'
  /** It does not accept this API's client credentials (RFC 6749 §5.2). */
  | 'client-rejected'
  /** This API's own credentials could not be made: a function that brings a token failed, or took too long. */
  | 'credentials-unavailable'
  /** A limit of this API's own: calls at once, or calls in a second. It says nothing about the server. */
  | 'call-limited'
  /** It cannot revoke tokens of this type (RFC 7009 §2.2.1): Cognito revokes refresh tokens alone. */
  | 'token-type-not-supported'
  /** Status 429 (RFC 6585 §4): fewer calls, please. */
  | 'throttled'
  /** An earlier call failed a moment ago; the next is not due yet. */
  | 'backing-off'
  /** `close()` was called. */
  | 'closed'
