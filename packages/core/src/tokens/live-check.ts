import type { RefusalCode } from '../outcomes/operator-codes.js'
import type { Instant } from '../transport/clock.js'
import type { TokenFacts } from './token-facts.js'

/** What an authorization server is asked about. */
export interface TokenInQuestion {
  readonly token: string
  /** What was validated here; `undefined` for an opaque token. */
  readonly facts: TokenFacts | undefined
  /**
   * Whether the token is known to be one of the issuer's: validated here, or active before. What goes wrong with a call
   * about any other token may be the token's fault, and says nothing about the server.
   */
  readonly credible: boolean
  /** When the call is sent. */
  readonly sentAt: Instant
}

/** What it says about a token as of the instant the call was sent. */
export type LiveAnswer =
  | { readonly active: false }
  | {
      readonly active: true
      /**
       * What is known of the token by this answer; `undefined` when what was validated here stands as it is. A code when
       * the answer makes the token one to refuse, although it is active.
       */
      readonly facts: TokenFacts | RefusalCode | undefined
    }

/** Introspection (RFC 7662), the Cognito operation `GetUser`, or its userInfo endpoint. */
export type LiveEndpoint = 'introspection' | 'GetUser' | 'userInfo'

/** A way to ask an authorization server about the tokens it issued. */
export interface LiveCheck {
  /** For `explain`: where it asks; the first that a token's scopes allow. */
  readonly endpoints: readonly LiveEndpoint[]
  /** Whether it can say anything about this token at all. Decided before any call; `undefined` is an opaque token. */
  reaches(facts: TokenFacts | undefined): boolean
  /** Asks. Throws {@link UpstreamError} when there is no answer. */
  ask(question: TokenInQuestion): Promise<LiveAnswer>
}
