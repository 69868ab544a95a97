import type { SignatureAlgorithm } from './algorithms.js'
import type { PublicJwk } from './json-web-key.js'

/** A public key in the form the runtime's crypto wants, imported once per key and algorithm. */
export interface VerificationKey {
  readonly algorithm: SignatureAlgorithm
  /** The runtime's own key object. */
  readonly handle: unknown
  /**
   * Bytes a signature has. Some runtimes take an RSA signature whose leading zeros were left out, which would make two
   * texts of one signature (RFC 8017 §8.1.2, §8.2.2).
   */
  readonly signatureLength: number
}

/** SHA-256 of a text in UTF-8, in base64url; at once where the runtime can. */
export type Digest = (text: string) => string | Promise<string>

/** SHA-256 of some bytes as it is; at once where the runtime can. */
export type RawDigest = (data: Uint8Array) => Uint8Array | Promise<Uint8Array>

/** HMAC with SHA-256 (RFC 2104) of a text, under a secret; at once where the runtime can. */
export type MessageAuthentication = (secret: string, text: string) => Uint8Array | Promise<Uint8Array>

/**
 * The port to the runtime's crypto. `importKey` rejects or throws when the key itself is wrong, for example a point
 * that is not on its curve. `verifySignature` takes an ASCII text and answers `false` for every signature that does not verify, and a boolean
 * rather than a promise where the runtime can.
 */
export interface SignatureVerifier {
  /** Whether `importKey` never answers with a promise. */
  readonly importsAtOnce: boolean
  importKey(jwk: PublicJwk, algorithm: SignatureAlgorithm): VerificationKey | Promise<VerificationKey>
  verifySignature(key: VerificationKey, signingInput: string, signature: Uint8Array): boolean | Promise<boolean>
}
