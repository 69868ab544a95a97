import { ConfigurationError } from '../outcomes/errors.js'
import { decodeBase64url } from '../vocabulary/base64url.js'
import { isJsonObject, type JsonValue, member } from '../vocabulary/json-object.js'
import { isSignatureAlgorithm, parametersOf, type SignatureAlgorithm } from './algorithms.js'
import { isOfSmallOrder } from './small-order-point.js'
import { hasRocaFingerprint } from './weak-rsa-modulus.js'

/** One public key as RFC 7517 §4 writes it. Other members are allowed and ignored. */
export interface JsonWebKey {
  /** Key type: `'RSA'`, `'EC'` or `'OKP'`; others cannot verify (RFC 7518 §6.1, RFC 8037 §2). */
  readonly kty: string
  /** Name of the key, which tokens repeat (RFC 7517 §4.5). */
  readonly kid?: string | undefined
  /** The one algorithm it is for (RFC 7517 §4.4). */
  readonly alg?: string | undefined
  /** Must be `'sig'` where it is given (RFC 7517 §4.2). */
  readonly use?: string | undefined
  /** Must hold `'verify'` where it is given (RFC 7517 §4.3). */
  readonly key_ops?: readonly string[] | undefined
  /** RSA modulus, base64url, 2048 to 8192 bits (RFC 7518 §6.3.1.1). */
  readonly n?: string | undefined
  /** RSA exponent, base64url, odd and at least 65537 (RFC 7518 §6.3.1.2). */
  readonly e?: string | undefined
  /** Curve of an EC or OKP key (RFC 7518 §6.2.1.1, RFC 8037 §2). */
  readonly crv?: string | undefined
  /** Coordinate, base64url (RFC 7518 §6.2.1.2), or Ed25519 point, of no small order (RFC 8037 §2, RFC 8032 §5.1.2). */
  readonly x?: string | undefined
  /** Second coordinate of an EC key, base64url (RFC 7518 §6.2.1.3). */
  readonly y?: string | undefined
  readonly [name: string]: unknown
}

/** A key set as RFC 7517 §5 writes it. */
export interface JsonWebKeySet {
  /** At least one must be usable. */
  readonly keys: readonly JsonWebKey[]
}

/** A key that may be used, reduced to the members that make it up, and the algorithms it may be used with. */
export interface SigningKeyDescription {
  readonly kid: string | undefined
  /** The one it is published for, if it says so. */
  readonly alg: SignatureAlgorithm | undefined
  readonly jwk: PublicJwk
  readonly algorithms: readonly SignatureAlgorithm[]
}

/** Public members only, so that nothing else of a JWK ever reaches a crypto library. */
export type PublicJwk =
  | { readonly kty: 'RSA'; readonly n: string; readonly e: string }
  | { readonly kty: 'EC'; readonly crv: string; readonly x: string; readonly y: string }
  | { readonly kty: 'OKP'; readonly crv: string; readonly x: string }

/** RFC 7518 §3.3 demands 2048. The upper end bounds the cost of one verification. */
const MIN_MODULUS_BITS = 2048
const MAX_MODULUS_BITS = 8192
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const
const COORDINATE_BYTES: Readonly<Record<string, number>> = { 'P-256': 32, 'P-384': 48, 'P-521': 66, Ed25519: 32 }

/**
 * Describes a JWK for verifying signatures with one of `allowed`, or says why it cannot be used. Everything a JWK says
 * about its use is respected: `use`, `key_ops`, `alg`, `crv` (RFC 7517 §4, RFC 8725 §3.1).
 */
export function describeKey(
  jwk: JsonValue,
  allowed: readonly SignatureAlgorithm[],
): SigningKeyDescription | { readonly problem: string } {
  if (!isJsonObject(jwk)) return { problem: 'is not a JSON object' }
  const kid = member(jwk, 'kid')
  if (kid !== undefined && typeof kid !== 'string') return { problem: 'has a kid that is not a string' }
  const use = member(jwk, 'use')
  if (use !== undefined && use !== 'sig') return { problem: 'is not for signatures (use)' }
  const operations = member(jwk, 'key_ops')
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    return { problem: 'is not for verifying (key_ops)' }
  }
  if (PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name))) {
    return { problem: 'holds private or secret key material' }
  }
  const publicJwk = publicMembers(jwk)
  if ('problem' in publicJwk) return publicJwk
  const alg = member(jwk, 'alg')
  if (alg !== undefined && !isSignatureAlgorithm(alg)) return { problem: 'has an alg that is not supported' }
  const algorithms = allowed.filter((algorithm) => {
    const { kty, crv } = parametersOf(algorithm)
    if (alg !== undefined && alg !== algorithm) return false
    return kty === publicJwk.kty && (publicJwk.kty === 'RSA' || crv === publicJwk.crv)
  })
  if (algorithms.length === 0) return { problem: 'fits none of the accepted algorithms' }
  return { kid, alg, jwk: publicJwk, algorithms }
}

/** What a key is published as: no more of it than it takes to use it again. */
export function publishedKey({ kid, alg, jwk }: SigningKeyDescription): JsonWebKey {
  return { ...jwk, ...(alg && { alg }), ...(kid !== undefined && { kid }) }
}

/**
 * The keys of a set given in the configuration, every one of which can be used, as far as can be told without the crypto
 * library. A fetched set may hold keys for other purposes; one written down by hand should not, so nothing is skipped
 * silently. They are copied: what becomes of the given object later is checked by nobody.
 *
 * @throws {@link ConfigurationError} naming the key that cannot be used.
 */
export function checkJwks(option: string, jwks: unknown, allowed: readonly SignatureAlgorithm[]): JsonWebKeySet {
  const given = (jwks as { keys?: unknown } | null | undefined)?.keys
  if (!Array.isArray(given) || given.length === 0) {
    throw new ConfigurationError(option, 'must be a JSON Web Key Set: { keys: [one or more public keys] }')
  }
  const keys = Array.from(given, (key, index) => {
    const description = describeKey(key, allowed)
    if (!('problem' in description)) return publishedKey(description)
    throw new ConfigurationError(option, `has a key (keys[${index}]) that ${description.problem}`)
  })
  return { keys }
}

function publicMembers(jwk: { readonly [name: string]: JsonValue }): PublicJwk | { readonly problem: string } {
  switch (member(jwk, 'kty')) {
    case 'RSA':
      return rsaMembers(member(jwk, 'n'), member(jwk, 'e'))
    case 'EC': {
      const crv = member(jwk, 'crv')
      const x = member(jwk, 'x')
      const y = member(jwk, 'y')
      if (typeof crv !== 'string' || !crv.startsWith('P-') || !isCoordinate(x, crv) || !isCoordinate(y, crv)) {
        return { problem: 'is not a complete EC public key' }
      }
      return { kty: 'EC', crv, x, y }
    }
    case 'OKP':
      return ed25519Members(member(jwk, 'crv'), member(jwk, 'x'))
    default:
      return { problem: 'has a key type that cannot verify signatures (kty)' }
  }
}

function rsaMembers(n: unknown, e: unknown): PublicJwk | { readonly problem: string } {
  const modulus = typeof n === 'string' ? decodeBase64url(n) : undefined
  const exponent = typeof e === 'string' ? decodeBase64url(e) : undefined
  if (modulus === undefined || exponent === undefined) return { problem: 'is not a complete RSA public key' }
  const bits = bitLength(modulus)
  if (bits < MIN_MODULUS_BITS || bits > MAX_MODULUS_BITS) {
    return { problem: `has an RSA modulus outside ${MIN_MODULUS_BITS} to ${MAX_MODULUS_BITS} bits` }
  }
  // NIST SP 800-56B rev. 2 §6.2: odd, and above 2^16; small exponents have a history of forged signatures.
  const isOdd = ((exponent.at(-1) ?? 0) & 1) === 1
  if (!isOdd || bitLength(exponent) < 17 || bitLength(exponent) > 64) {
    return { problem: 'has an RSA exponent that is even, below 65537 or above 64 bits' }
  }
  if (hasRocaFingerprint(modulus)) return { problem: 'has an RSA modulus that can be factored (CVE-2017-15361)' }
  return { kty: 'RSA', n: n as string, e: e as string }
}

function ed25519Members(crv: unknown, x: unknown): PublicJwk | { readonly problem: string } {
  if (crv !== 'Ed25519' || !isCoordinate(x, crv)) return { problem: 'is not a complete Ed25519 public key' }
  if (isOfSmallOrder(decodeBase64url(x) as Uint8Array)) {
    return { problem: 'has an Ed25519 point of small order, under which anybody can sign' }
  }
  return { kty: 'OKP', crv, x }
}

function bitLength(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0)
  return first === -1 ? 0 : (bytes.length - first) * 8 - Math.clz32(bytes[first] ?? 0) + 24
}

function isCoordinate(value: unknown, crv: string): value is string {
  return typeof value === 'string' && decodeBase64url(value)?.length === COORDINATE_BYTES[crv]
}

/** Bytes that a signature of the key has: as many as the modulus of an RSA key, else what the algorithm says. */
export function signatureLengthOf(jwk: PublicJwk, algorithm: SignatureAlgorithm): number {
  const { signatureLength } = parametersOf(algorithm)
  if (signatureLength !== undefined || jwk.kty !== 'RSA') return signatureLength ?? 0
  return Math.ceil(bitLength(decodeBase64url(jwk.n) ?? new Uint8Array()) / 8)
}
