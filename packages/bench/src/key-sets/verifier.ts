/** What a library is made with, as far as it lets anybody say. */
export interface VerifierSettings {
  /** Address of the key set. */
  readonly jwksUrl: string
  /** Where `/.well-known/jwks.json` stands, for those that append it themselves. */
  readonly origin: string
  /** Milliseconds after which keys are to be fetched again. */
  readonly refreshAfter: number
  /** Milliseconds after which keys must no longer be used. */
  readonly maxAge: number
  /** Milliseconds for one fetch. */
  readonly timeout: number
}

/** Verifies tokens with keys from an endpoint. Rejects what it does not accept. */
export type Verify = (token: string) => Promise<unknown>

/** Makes a verifier with nothing in its memory. */
export type MakeVerifier = (settings: VerifierSettings) => Verify
