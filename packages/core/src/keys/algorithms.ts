/**
 * The asymmetric signature algorithms a token may use (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2). `none` and the
 * HMAC family are absent on purpose: a resource server shares no secret.
 */
export const algorithms = {
  RS256: { kty: 'RSA', hash: 'SHA-256' },
  RS384: { kty: 'RSA', hash: 'SHA-384' },
  RS512: { kty: 'RSA', hash: 'SHA-512' },
  PS256: { kty: 'RSA', hash: 'SHA-256', saltLength: 32 },
  PS384: { kty: 'RSA', hash: 'SHA-384', saltLength: 48 },
  PS512: { kty: 'RSA', hash: 'SHA-512', saltLength: 64 },
  ES256: { kty: 'EC', crv: 'P-256', hash: 'SHA-256', signatureLength: 64 },
  ES384: { kty: 'EC', crv: 'P-384', hash: 'SHA-384', signatureLength: 96 },
  ES512: { kty: 'EC', crv: 'P-521', hash: 'SHA-512', signatureLength: 132 },
  EdDSA: { kty: 'OKP', crv: 'Ed25519', signatureLength: 64 },
  Ed25519: { kty: 'OKP', crv: 'Ed25519', signatureLength: 64 },
} as const satisfies Record<string, AlgorithmParameters>

interface AlgorithmParameters {
  readonly kty: 'RSA' | 'EC' | 'OKP'
  readonly crv?: string
  readonly hash?: 'SHA-256' | 'SHA-384' | 'SHA-512'
  /** PSS only (RFC 7518 §3.5): as long as the hash. */
  readonly saltLength?: number
  /** Fixed lengths in bytes (RFC 7518 §3.4, RFC 8037 §3.1); an RSA signature is as long as its modulus. */
  readonly signatureLength?: number
}

/** A JWS algorithm of {@link algorithms}, by its registered name. */
export type SignatureAlgorithm = keyof typeof algorithms

export function parametersOf(algorithm: SignatureAlgorithm): AlgorithmParameters {
  return algorithms[algorithm]
}

export function isSignatureAlgorithm(value: unknown): value is SignatureAlgorithm {
  return typeof value === 'string' && Object.hasOwn(algorithms, value)
}
