/** What every contender is given of tokens that are bound to keys. The proof of the same index is for the token. */
export interface ProofSetup {
  readonly jwks: object
  /** Of the authorization server, PEM. */
  readonly publicKey: string
  readonly tokens: readonly string[]
  readonly proofs: readonly string[]
  /** Of each client, PEM; the client of a proof is its index modulo their number. */
  readonly clientKeys: readonly string[]
  /** Serves the key set under `/.well-known/jwks.json`, for those that take it from nowhere else. */
  readonly endpoint: string
}

/** The same of tokens that are bound to a client certificate. */
export interface CertificateSetup {
  readonly jwks: object
  /** Come again and again, so that none is verified while it is measured. */
  readonly tokens: readonly string[]
  /** PEM, for the token of the same index modulo their number. Each text is another one. */
  readonly certificates: readonly string[]
}

/** Where all requests go. */
export const METHOD = 'GET'
export const PATH = '/orders'
export const TARGET = `https://api.example.com${PATH}`
