import type { Algorithm } from '../tokens.ts'

/** What every contender is given. */
export interface VerificationSetup {
  readonly algorithm: Algorithm
  readonly tokens: readonly string[]
  readonly jwks: object
  /** PEM. */
  readonly publicKey: string
  /** Serves the key set under `/.well-known/jwks.json`, for those that take it from nowhere else. */
  readonly endpoint: string
}
