import type { RefusalCode, UnavailableCode } from './operator-codes.js'
import type { UpstreamCode } from './upstream-codes.js'

/** Why an authorization server has not confirmed a sign-out. */
export type SignOutFailureCode =
  | UpstreamCode
  /** The application's own `tell` function threw or rejected. */
  | 'tell-failed'

/** Why a back-channel logout was not acted on. With an {@link UnavailableCode} or `'list-failed'` it may come again. */
export type BackChannelLogoutRefusalCode =
  /** Not a POST with one `logout_token` in a form, or too long. */
  | 'request-malformed'
  | Extract<
      RefusalCode,
      | 'token-too-large'
      | 'token-malformed'
      | 'critical-header'
      | 'issuer-not-trusted'
      | 'algorithm-not-allowed'
      | 'token-type-not-accepted'
      | 'claims-malformed'
      | 'token-expired'
      | 'issued-in-the-future'
      | 'token-too-old'
      | 'audience-not-accepted'
      | 'unknown-key'
      | 'key-not-usable'
      | 'signature-invalid'
    >
  /** The issuer is configured without `backChannelLogout`. */
  | 'logout-not-expected'
  /** `events` has no logout event: a token of another kind, such as an access token. */
  | 'no-logout-event'
  /** It has a `nonce`, as only an ID token may. */
  | 'nonce-present'
  /** The revocation list could not take the entry. */
  | 'list-failed'
  | UnavailableCode
