/**
 * Remembers proofs of DPoP, so that each serves once (RFC 9449 §11.1). Instances of an API that do not share one let a proof
 * in once each.
 */
export interface ReplayMemory {
  /**
   * Remembers a proof that is new. To look and to remember is one step: of any number of calls with one proof, whoever makes
   * them, one is told `'new'`. What is thrown, or rejected with, is no answer: the request is unavailable, 503.
   */
  remember(proof: SpentProof): ReplayVerdict | Promise<ReplayVerdict>
}

/** A proof that has passed every check that needs no memory. */
export interface SpentProof {
  /** Thumbprint of the key it was signed with (RFC 7638), base64url. */
  readonly key: string
  /** SHA-256 of its `jti`, base64url. */
  readonly id: string
  /** The time by the server's clock, in milliseconds since the epoch. */
  readonly now: number
  /** From then on it is refused for its age, and may be forgotten. */
  readonly expiresAt: number
}

/**
 * `'new'`: it is remembered now. `'replayed'`: it came before, or nobody can tell any more. `'key-full'`: as many proofs of
 * this key are remembered as one may have; others are not concerned. `'full'`: there is no place for any.
 */
export type ReplayVerdict = 'new' | 'replayed' | 'key-full' | 'full'
