import type { Evidence } from '../vocabulary/evidence.js'
import type { RefusalCode, UnavailableCode } from './operator-codes.js'
import type { BackChannelLogoutRefusalCode, SignOutFailureCode } from './sign-out-codes.js'
import type { UpstreamCode } from './upstream-codes.js'
import type { WireCode } from './wire-codes.js'

interface RequestEvent {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** The policy's `name`. */
  readonly route: string | undefined
  /**
   * The configured issuer that the token names; `undefined` when it names none of them. Only a grant proves that the
   * token came from there.
   */
  readonly issuer: string | undefined
}

/** A request was let in. */
export interface RequestGranted extends RequestEvent {
  /** Tells the events apart. */
  readonly type: 'request-granted'
  /** The client the token was issued to, when it says so. */
  readonly clientId: string | undefined
  /** Why the token counts as not revoked. */
  readonly evidence: Evidence
}

/** A request was turned away; `reason` says why, to the operator alone. */
export interface RequestRefused extends RequestEvent {
  /** Tells the events apart. */
  readonly type: 'request-refused'
  /** Known only once the signature was verified. */
  readonly clientId: string | undefined
  /** HTTP status of the answer. */
  readonly status: 400 | 401 | 403
  /** What the client is told; `undefined` without credentials (RFC 6750 §3.1). */
  readonly error: WireCode | undefined
  /** Why. Not for the client. */
  readonly reason: RefusalCode
}

/** A request could not be decided. */
export interface RequestUnavailable extends RequestEvent {
  /** Tells the events apart. */
  readonly type: 'request-unavailable'
  /** Why. Not for the client. */
  readonly reason: UnavailableCode
}

/** The decision point has decided; one event for each time it was asked. */
export interface PolicyDecided extends RequestEvent {
  /** Tells the events apart. */
  readonly type: 'policy-decided'
  /** What was to be done. */
  readonly action: string
  /** What was decided. */
  readonly decision: 'permit' | 'deny'
  /** Names of the policies that determined it, as the decision point says. */
  readonly determiningPolicies: readonly string[]
  /** Policies that could not be evaluated, though the decision stands, as the decision point says. */
  readonly policyErrors: readonly string[]
}

/** There was no decision; the request was not let in. */
export interface PolicyDecisionFailed extends RequestEvent {
  /** Tells the events apart. */
  readonly type: 'policy-decision-failed'
  /**
   * `'request-data'`: policies could not be evaluated on the data of this request, 403. `'unavailable'`: whoever decides
   * was not reached, or threw. `'timeout'`: it took longer than its `timeout`. `'configuration'`: nothing is decided until
   * somebody mends it. `'input'`: a function of the policy threw, or gave what is none. All but the first are 503.
   */
  readonly reason: 'request-data' | 'unavailable' | 'timeout' | 'configuration' | 'input'
  /** What was thrown, or the decision point's `cause`, as it is: whatever your code has put there. */
  readonly error: unknown
}

interface IssuerEvent {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** The configured issuer it is about. */
  readonly issuer: string
}

/** A key set was fetched and is in use. */
export interface JwksRefreshed extends IssuerEvent {
  /** Tells the events apart. */
  readonly type: 'jwks-refreshed'
  /** Usable keys in it. */
  readonly keys: number
}

/** A key set could not be fetched or used; the last good one stays in use until `maxAge`. */
export interface JwksRefreshFailed extends IssuerEvent {
  /** Tells the events apart. */
  readonly type: 'jwks-refresh-failed'
  /** What went wrong. */
  readonly reason: UpstreamCode
  /** HTTP status, where that is what was wrong: with `'unexpected-status'` and `'redirect'`. */
  readonly httpStatus: number | undefined
}

/** One key of a set cannot be used; the others are. */
export interface JwkIgnored extends IssuerEvent {
  /** Tells the events apart. */
  readonly type: 'jwk-ignored'
  /** Position in the `keys` array. */
  readonly index: number
  /** What is wrong with the key, for people. It holds nothing of the key. */
  readonly problem: string
}

/**
 * A call about a token brought no answer; one event for each call, however many requests waited for it.
 */
export interface LiveCheckFailed extends IssuerEvent {
  /** Tells the events apart. */
  readonly type: 'live-check-failed'
  /** What went wrong. */
  readonly reason: UpstreamCode
  /** HTTP status, where that is what was wrong. */
  readonly httpStatus: number | undefined
}

/**
 * A policy asks for evidence that no token of the issuer can ever have: its requests will be refused. Once for each
 * policy, when the server first meets it.
 */
export interface EvidenceUnobtainable extends IssuerEvent {
  /** Tells the events apart. */
  readonly type: 'evidence-unobtainable'
  /** The policy's `name`. */
  readonly route: string | undefined
  /** Which of the issuer's tokens. */
  readonly tokens: 'jwt' | 'opaque'
}

/**
 * An app client of Cognito issues tokens that its logins cannot be revoked with: `EnableTokenRevocation` is off for it,
 * so that its tokens have no `origin_jti`. Reported once for each server and pool, on the first token of a user that
 * shows it (Amazon Cognito, "Ending user sessions with token revocation").
 */
export interface TokenRevocationOff extends IssuerEvent {
  /** Tells the events apart. */
  readonly type: 'token-revocation-off'
  /** The app client; others of the pool may have it off as well. */
  readonly clientId: string | undefined
}

/**
 * The issuer does not accept this API's credentials, so that no token can be introspected until somebody mends them.
 * Reported at most once a minute.
 */
export interface ClientCredentialsRejected extends IssuerEvent {
  /** Tells the events apart. */
  readonly type: 'client-credentials-rejected'
}

/**
 * An answer to introspection contradicts what the token says, which its issuer signed: the request is refused, and
 * either the endpoint answers about another token, or somebody stands between. One event for each answer.
 */
export interface IntrospectionContradiction extends IssuerEvent {
  /** Tells the events apart. */
  readonly type: 'introspection-contradiction'
  /** The client the token was issued to, as the token says. */
  readonly clientId: string | undefined
}

/**
 * A certificate that a client has just proved itself with is about to end. Once a day for each client and certificate, as
 * long as it is used.
 */
export interface ClientCertificateExpiring extends IssuerEvent {
  /** Tells the events apart. */
  readonly type: 'client-certificate-expiring'
  /** The client the token was issued to. */
  readonly clientId: string | undefined
  /** When the certificate ends, in milliseconds since the epoch. */
  readonly expiresAt: number
}

/** Whether a proof of DPoP came before could not be found out; the request was not let in. */
export interface ReplayMemoryFailed extends IssuerEvent {
  /** Tells the events apart. */
  readonly type: 'replay-memory-failed'
  /** What the replay memory threw, or rejected with, as it is; or that it took too long. */
  readonly error: unknown
}

/** An entry was added to the revocation list. */
export interface RevocationListed extends IssuerEvent {
  /** Tells the events apart. */
  readonly type: 'revocation-listed'
  /** What the entry ends. */
  readonly kind: 'token' | 'login' | 'user' | 'client' | 'issuer'
  /** The feed that brought it; `undefined` when the application added it. */
  readonly feed: string | undefined
}

/** A feed of the revocation list no longer proves anything new until its stream is followed afresh. */
export interface RevocationFeedInterrupted extends IssuerEvent {
  /** Tells the events apart. */
  readonly type: 'revocation-feed-interrupted'
  /** The feed. */
  readonly feed: string
  /**
   * `'sequence-gap'`: a message is missing. `'entry-malformed'`: one could not be applied. `'list-full'`: an entry had no
   * place. `'lost'`: the application said so.
   */
  readonly reason: 'sequence-gap' | 'entry-malformed' | 'list-full' | 'lost'
}

/**
 * The authorization server has not confirmed a sign-out: there the token, login or user may still be alive. An entry on
 * the revocation list denies them here all the same.
 */
export interface SignOutUnconfirmed extends IssuerEvent {
  /** Tells the events apart. */
  readonly type: 'sign-out-unconfirmed'
  /** What the sign-out ends. */
  readonly ends: 'token' | 'login' | 'user'
  /** Why the last attempt failed; `'timeout'` when none has come to an end yet. */
  readonly reason: SignOutFailureCode
  /** HTTP status, where that is what was wrong. */
  readonly httpStatus: number | undefined
  /** Whether it is tried again; then another event follows, or {@link SignOutConfirmed}. */
  readonly retrying: boolean
}

/** The authorization server has confirmed a sign-out after all that was reported as unconfirmed. */
export interface SignOutConfirmed extends IssuerEvent {
  /** Tells the events apart. */
  readonly type: 'sign-out-confirmed'
  /** What the sign-out ends. */
  readonly ends: 'token' | 'login' | 'user'
}

/** A back-channel logout was not acted on: nobody was signed out by it. */
export interface BackChannelLogoutRefused {
  /** Tells the events apart. */
  readonly type: 'back-channel-logout-refused'
  /** Milliseconds since the epoch. */
  readonly at: number
  /** The configured issuer that the logout token names; nothing proves that it came from there. */
  readonly issuer: string | undefined
  /** Why. Not for the sender. */
  readonly reason: BackChannelLogoutRefusalCode
}

/**
 * A CloudTrail event was read that ended something, or should have, and gave no entry: tokens live on until they expire.
 * Told by `cloudTrailRevocations`, to its own `onEvent`.
 */
export interface CloudTrailEventNotApplied {
  /** Tells events apart. */
  readonly type: 'cloud-trail-event-not-applied'
  /** Milliseconds since the epoch. */
  readonly at: number
  /** The first issuer identifier of the pool it is about, where it names a configured one. */
  readonly issuer: string | undefined
  /** The API call, where it is one that is known. */
  readonly eventName: string | undefined
  /** Why: what it revokes cannot be named in an entry, or it cannot be read. */
  readonly reason: CloudTrailReason
}

/** Why an event of CloudTrail gave no entry; see `CloudTrailIgnored` and `CloudTrailRefused`. */
export type CloudTrailReason =
  | 'login-unknown'
  | 'revokes-nothing'
  | 'event-malformed'
  | 'time-malformed'
  | 'user-pool-unknown'
  | 'user-unknown'

/**
 * What `onEvent` receives. No event holds token text, a claim value or a subject, unless your own code has put one into
 * the `error` of a `policy-decision-failed` or a `replay-memory-failed`.
 */
export type TokenwardEvent =
  | RequestGranted
  | RequestRefused
  | RequestUnavailable
  | PolicyDecided
  | PolicyDecisionFailed
  | JwksRefreshed
  | JwksRefreshFailed
  | JwkIgnored
  | LiveCheckFailed
  | EvidenceUnobtainable
  | TokenRevocationOff
  | ClientCredentialsRejected
  | IntrospectionContradiction
  | ClientCertificateExpiring
  | ReplayMemoryFailed
  | RevocationListed
  | RevocationFeedInterrupted
  | SignOutUnconfirmed
  | SignOutConfirmed
  | BackChannelLogoutRefused
  | CloudTrailEventNotApplied

/** Hands an event to the observer. */
export type Emit = (event: TokenwardEvent) => void

/** An observer must never change a decision: what it throws, or rejects with, is dropped. */
export function emitTo(onEvent: ((event: TokenwardEvent) => unknown) | undefined): Emit {
  if (onEvent === undefined) return () => {}
  return (event) => {
    try {
      // Resolved rather than recognised: a promise of another realm or library is one, too.
      Promise.resolve(onEvent(event)).catch(() => {})
    } catch {
      // dropped on purpose, see above
    }
  }
}
