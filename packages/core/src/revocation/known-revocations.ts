import type { TokenFacts } from '../tokens/token-facts.js'

/** What a revocation list means for the tokens of the configured issuers. Both questions are answered at once. */
export interface KnownRevocations {
  /** Whether an entry denies the token. Asked on every request, and once more right before a grant. */
  denies(facts: TokenFacts): boolean
  /**
   * Milliseconds since the epoch, on the source's clock: whatever revoked the token before then stands in the list.
   * `undefined`: the list proves nothing about this token.
   */
  completeAsOf(facts: TokenFacts): number | undefined
}
