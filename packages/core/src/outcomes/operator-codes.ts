import type { WireCode } from './wire-codes.js'

interface RefusalKind {
  readonly status: 400 | 401 | 403
  /** `undefined` when the request had no credentials: RFC 6750 §3.1 wants no code then. */
  readonly error: WireCode | undefined
  /** Told to the client. It never says which check failed beyond what the client can see on its own token. */
  readonly description: string
}

const NO_CREDENTIALS = {
  status: 401,
  error: undefined,
  description: 'This request needs an access token',
} as const satisfies RefusalKind
const MALFORMED_REQUEST = {
  status: 400,
  error: 'invalid_request',
  description: 'Send exactly one access token, in the Authorization header',
} as const satisfies RefusalKind
const INVALID_TOKEN = {
  status: 401,
  error: 'invalid_token',
  description: 'The access token is invalid',
} as const satisfies RefusalKind
const EXPIRED = { ...INVALID_TOKEN, description: 'The access token expired' } as const satisfies RefusalKind
const NOT_ALLOWED = {
  status: 403,
  error: 'insufficient_scope',
  description: 'The access token does not allow this request',
} as const satisfies RefusalKind

/**
 * Every reason to refuse, and what the client is told. Pipelines pass the code alone; status, wire code and text
 * follow from this table and from nowhere else.
 */
export const refusals = {
  // The request
  'no-credentials': NO_CREDENTIALS,
  'authorization-malformed': MALFORMED_REQUEST,
  'several-credentials': MALFORMED_REQUEST,

  // The token, before its signature is checked
  'token-too-large': INVALID_TOKEN,
  'token-malformed': INVALID_TOKEN,
  'critical-header': INVALID_TOKEN,
  'issuer-not-trusted': INVALID_TOKEN,
  'algorithm-not-allowed': INVALID_TOKEN,
  'token-type-not-accepted': INVALID_TOKEN,
  'claims-malformed': INVALID_TOKEN,
  'token-expired': EXPIRED,
  'token-not-yet-valid': INVALID_TOKEN,
  'issued-in-the-future': INVALID_TOKEN,
  'token-too-old': INVALID_TOKEN,
  'id-token-presented': INVALID_TOKEN,
  'token-use-not-accepted': INVALID_TOKEN,
  'client-not-accepted': INVALID_TOKEN,
  'audience-not-accepted': INVALID_TOKEN,

  // Its key and signature
  'unknown-key': INVALID_TOKEN,
  'key-not-usable': INVALID_TOKEN,
  'signature-invalid': INVALID_TOKEN,
  'sender-constraint-unchecked': INVALID_TOKEN,

  // The route
  'issuer-not-accepted': NOT_ALLOWED,
  'scope-missing': { ...NOT_ALLOWED, description: 'The access token lacks a required scope' },
  'group-missing': NOT_ALLOWED,
  'claims-not-accepted': NOT_ALLOWED,
  'claims-schema-failed': NOT_ALLOWED,
} as const satisfies Record<string, RefusalKind>

/** Why a token could not be checked now; nothing is said about the token. */
export const unavailabilities = {
  /** No usable key set, and the issuer's key endpoint did not give one. */
  'jwks-unreachable': { retryAfter: 1 },
  /** The token names a key that is not known, and looking it up now would exceed the limit on look-ups. */
  'key-lookup-limited': { retryAfter: 1 },
  /** `close()` was called. */
  'resource-server-closed': { retryAfter: 1 },
} as const satisfies Record<string, { readonly retryAfter: number }>

/** Why a request was refused, for logs and metrics. Never sent to the client. */
export type RefusalCode = keyof typeof refusals
/** Why a token could not be checked, for logs and metrics. Never sent to the client. */
export type UnavailableCode = keyof typeof unavailabilities
/** Every reason an operator may see for an answer that is not a grant. */
export type OperatorCode = RefusalCode | UnavailableCode

export function isRefusalCode(code: string): code is RefusalCode {
  return Object.hasOwn(refusals, code)
}
