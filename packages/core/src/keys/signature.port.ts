import type { Digest, MessageAuthentication, RawDigest, SignatureVerifier } from './signature.js'

/** What `#signature` provides; the `imports` conditions of package.json choose the implementation. */
export declare const signatureVerifier: SignatureVerifier
export declare const sha256: Digest
export declare const rawSha256: RawDigest
export declare const hmacSha256: MessageAuthentication
