import type { VerificationKey } from '../keys/signature.js'
import type { JoseHeader } from './jose-header.js'
import type { TokenFacts } from './token-facts.js'

/** A token whose signature and claims were checked, and what they were checked with. */
export interface VerifiedToken {
  readonly facts: TokenFacts
  readonly header: JoseHeader
  /** The key that made the signature. */
  readonly key: VerificationKey
  /** The `nbf` of the token, in milliseconds since the epoch; `undefined` without one. */
  readonly notBefore: number | undefined
}
