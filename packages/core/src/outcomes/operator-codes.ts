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
const SENDER_NOT_SHOWN = {
  ...INVALID_TOKEN,
  description: 'The access token is not shown to come from its sender',
} as const satisfies RefusalKind
const INVALID_PROOF = {
  status: 401,
  error: 'invalid_dpop_proof',
  description: 'The DPoP proof is invalid',
} as const satisfies RefusalKind
const NONCE_NEEDED = {
  status: 401,
  error: 'use_dpop_nonce',
  description: 'The DPoP proof needs the nonce that came with this answer',
} as const satisfies RefusalKind
const EXPIRED = { ...INVALID_TOKEN, description: 'The access token expired' } as const satisfies RefusalKind
const LOGIN_INSUFFICIENT = { status: 401, error: 'insufficient_user_authentication' } as const
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
  /** No `Authorization` header of a scheme that is taken here, or a token in the query alone. */
  'no-credentials': NO_CREDENTIALS,
  /** The scheme is taken here, and what follows is not one token. */
  'authorization-malformed': MALFORMED_REQUEST,
  /** Two `Authorization` values, or a token in the query beside the header. */
  'several-credentials': MALFORMED_REQUEST,

  // The token, before its signature is checked
  /** Longer than `maxTokenBytes`. */
  'token-too-large': INVALID_TOKEN,
  /** No three parts of canonical base64url, or no strict JSON objects in them. */
  'token-malformed': INVALID_TOKEN,
  /** The header has `crit` (RFC 7515 §4.1.11); no extension is understood here. */
  'critical-header': INVALID_TOKEN,
  /** `iss` is none of the configured issuers. */
  'issuer-not-trusted': INVALID_TOKEN,
  /** `alg` is none of the algorithms accepted of this issuer. */
  'algorithm-not-allowed': INVALID_TOKEN,
  /** `typ` says another kind of token (RFC 8725 §3.11). */
  'token-type-not-accepted': INVALID_TOKEN,
  /** A claim has the wrong type, or a required one is missing. */
  'claims-malformed': INVALID_TOKEN,
  /** Past `exp` and the clock tolerance. */
  'token-expired': EXPIRED,
  /** Within the time for which the decision is held (`heldFor`). */
  'token-ends-too-soon': { ...INVALID_TOKEN, description: 'The access token ends too soon' },
  /** Before `nbf`, less the clock tolerance. */
  'token-not-yet-valid': INVALID_TOKEN,
  /** `iat` lies further ahead than the clock tolerance. */
  'issued-in-the-future': INVALID_TOKEN,
  /** `auth_time` lies further ahead than the clock tolerance. */
  'authenticated-in-the-future': INVALID_TOKEN,
  /** `iat` lies further back than `maxTokenAge`. */
  'token-too-old': INVALID_TOKEN,
  /** An ID token on a route for access tokens. */
  'id-token-presented': INVALID_TOKEN,
  /** A logout token on a route for access tokens (OpenID Connect Back-Channel Logout 1.0 §2.4). */
  'logout-token-presented': INVALID_TOKEN,
  /** A Cognito `token_use` other than the configured one. */
  'token-use-not-accepted': INVALID_TOKEN,
  /** `client_id` is none of the configured clients. */
  'client-not-accepted': INVALID_TOKEN,
  /** `aud` does not name this API. */
  'audience-not-accepted': INVALID_TOKEN,

  // Its key and signature
  /** The issuer's key set, fetched since the token arrived or a moment before, has no key of that `kid`. */
  'unknown-key': INVALID_TOKEN,
  /** The key exists, but may not be used with this algorithm. */
  'key-not-usable': INVALID_TOKEN,
  /** The signature does not verify. */
  'signature-invalid': INVALID_TOKEN,

  // Its sender
  /** The token is bound to its sender (`cnf`) in a way that nothing here checks, or more than one of which one is not. */
  'sender-constraint-unchecked': INVALID_TOKEN,
  /** The route, or `dpop({ required: true })`, takes tokens that are bound to their sender; this one is not. */
  'sender-constraint-missing': {
    ...INVALID_TOKEN,
    description: 'This request needs an access token that is bound to its sender',
  },
  /** The token is bound to a client certificate, or its client is pinned to some; none came from where they are taken from. */
  'certificate-missing': SENDER_NOT_SHOWN,
  /** What stands where the certificate should is none. */
  'certificate-malformed': SENDER_NOT_SHOWN,
  /** Nobody vouches for the certificate: it is self-signed, or of an authority that is not trusted here. */
  'certificate-not-verified': SENDER_NOT_SHOWN,
  /** The certificate is past its end, or before its beginning. */
  'certificate-expired': SENDER_NOT_SHOWN,
  /** The token is bound to another certificate (RFC 8705 §3). */
  'certificate-mismatch': SENDER_NOT_SHOWN,
  /** The certificate is none of those that `pinnedClients` names for the client of the token, or the token names no client. */
  'certificate-not-pinned': SENDER_NOT_SHOWN,
  /** The token is bound to a key and came as `Bearer`, as a thief would send it (RFC 9449 §7.2). */
  'dpop-token-as-bearer': SENDER_NOT_SHOWN,
  /** The token came as `DPoP` and is bound to no key (RFC 9449 §7.1). */
  'dpop-token-not-bound': SENDER_NOT_SHOWN,
  /** The token is bound to another key than the proof was signed with (RFC 9449 §4.3). */
  'dpop-key-mismatch': SENDER_NOT_SHOWN,
  /** The token came as `DPoP`, and no proof with it. */
  'dpop-proof-missing': INVALID_PROOF,
  /** More than one `DPoP` header. */
  'dpop-proof-repeated': INVALID_PROOF,
  /** No strict JWS, of another type, or a claim is missing or of the wrong type. */
  'dpop-proof-malformed': INVALID_PROOF,
  /** `alg` is none of the accepted ones. */
  'dpop-algorithm-not-allowed': INVALID_PROOF,
  /** `jwk` is no public key that fits the algorithm, or holds a private one. */
  'dpop-key-not-usable': INVALID_PROOF,
  /** The signature does not verify with `jwk`. */
  'dpop-signature-invalid': INVALID_PROOF,
  /** `htm` is another method. */
  'dpop-method-mismatch': INVALID_PROOF,
  /** `htu` is another address. */
  'dpop-target-mismatch': INVALID_PROOF,
  /** `iat` lies further back than `maxProofAge`. */
  'dpop-proof-too-old': INVALID_PROOF,
  /** `iat` lies further ahead than the clock tolerance. */
  'dpop-proof-from-the-future': INVALID_PROOF,
  /** `ath` is not the hash of the token. */
  'dpop-token-mismatch': INVALID_PROOF,
  /** The proof came before. */
  'dpop-proof-replayed': INVALID_PROOF,
  /** As many proofs of this key are alive as are remembered of one. */
  'dpop-proofs-exceeded': INVALID_PROOF,
  /** The proof has no `nonce`, and needs one. */
  'dpop-nonce-missing': NONCE_NEEDED,
  /** The `nonce` is too old, or none of this server's. */
  'dpop-nonce-not-accepted': NONCE_NEEDED,

  // What the authorization server says of it
  /** The answer to introspection contradicts what the token says, which its issuer signed. */
  'introspection-contradicts-token': INVALID_TOKEN,

  // Its revocation
  /** The authorization server says that the token is not active, or said so before. */
  'token-revoked': INVALID_TOKEN,
  /** Nothing proves that the token was not revoked within the route's bound; a new token would do. */
  'revocation-lag-exceeded': INVALID_TOKEN,
  /** No token of this kind can ever be proven fresh enough for the route. */
  'evidence-unobtainable': NOT_ALLOWED,

  // The route
  /** The route takes tokens of other issuers. */
  'issuer-not-accepted': NOT_ALLOWED,
  /** A scope the route demands is missing. */
  'scope-missing': { ...NOT_ALLOWED, description: 'The access token lacks a required scope' },
  /** A group the route demands is missing. */
  'group-missing': NOT_ALLOWED,
  /** The route's claims schema found issues. */
  'claims-not-accepted': NOT_ALLOWED,
  /** The route's claims schema threw, or gave no answer of the standard. */
  'claims-schema-failed': NOT_ALLOWED,
  /** `acr` is none of the route's `acrValues`, or missing (RFC 9470 §3). */
  'acr-not-accepted': { ...LOGIN_INSUFFICIENT, description: 'A different authentication level is required' },
  /** `auth_time` lies further back than the route's `maxAge`, or is missing (RFC 9470 §3). */
  'authentication-too-old': { ...LOGIN_INSUFFICIENT, description: 'More recent authentication is required' },
  /** The policy's `resource`, or what loads its attributes, says that there is no such thing. */
  'resource-unknown': NOT_ALLOWED,
  /** The decision point says no. */
  'decision-denied': NOT_ALLOWED,
  /** The decision point cannot evaluate its policies on the data of this request. */
  'decision-failed': NOT_ALLOWED,
} as const satisfies Record<string, RefusalKind>

const UNCHECKED = { retryAfter: 1, description: 'The access token cannot be checked right now; try again' } as const
const UNDECIDED = { retryAfter: 1, description: 'The request cannot be decided right now; try again' } as const

/** Why a request could not be decided now; nothing is said about the token. */
export const unavailabilities = {
  /** No usable key set, and the issuer's key endpoint did not give one. */
  'jwks-unreachable': UNCHECKED,
  /** The token names a key that is not known, and looking it up now would exceed the limit on look-ups. */
  'key-lookup-limited': UNCHECKED,
  /** The authorization server could not be asked about the token. */
  'live-check-failed': UNCHECKED,
  /** Deciding took so long that the evidence is too old for a decision that is held (`heldFor`). */
  'decided-too-late': UNDECIDED,
  /** The decision point could not be reached, took too long, asked for fewer calls or threw. */
  'decision-unavailable': UNDECIDED,
  /** The decision point can decide nothing until somebody mends its configuration. */
  'decision-misconfigured': UNDECIDED,
  /** A function of the policy, `action`, `resource`, `context` or `attributes`, threw or gave what is none. */
  'policy-input-failed': UNDECIDED,
  /** As many DPoP proofs are alive as the replay memory holds. */
  'replay-memory-full': UNCHECKED,
  /** The replay memory could not be reached, took too long, or threw. */
  'replay-memory-failed': UNCHECKED,
  /** `close()` was called. */
  'resource-server-closed': UNCHECKED,
} as const satisfies Record<string, { readonly retryAfter: number; readonly description: string }>

/** Why a request was refused, for logs and metrics. Never sent to the client. */
export type RefusalCode = keyof typeof refusals
/** Why a request could not be decided, for logs and metrics. Never sent to the client. */
export type UnavailableCode = keyof typeof unavailabilities
/** Every reason an operator may see for an answer that is not a grant. */
export type OperatorCode = RefusalCode | UnavailableCode

export function isRefusalCode(code: string): code is RefusalCode {
  return Object.hasOwn(refusals, code)
}
