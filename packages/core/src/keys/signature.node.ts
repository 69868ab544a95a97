import type { KeyObject } from 'node:crypto'
import { parametersOf } from './algorithms.js'
import { signatureLengthOf } from './json-web-key.js'
import type { Digest, MessageAuthentication, RawDigest, SignatureVerifier } from './signature.js'

/** Not imported: what is compiled to CommonJS would copy every member of it as it starts. */
const crypto = process.getBuiltinModule('node:crypto')

/** Node takes other spellings, too; Deno takes this one alone. */
const DIGESTS = { 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' } as const

/** What a verification takes, worked out once for each key. */
interface Handle {
  readonly key: KeyObject
  readonly digest: string | null
  readonly isEcdsa: boolean
  readonly saltLength: number | undefined
}

/**
 * Node's crypto, synchronous: handing one RSA verification to another thread costs more than the verification. The
 * bare `KeyObject` is passed wherever the algorithm allows; wrapped in options it is much slower on some Node lines.
 */
export const signatureVerifier: SignatureVerifier = {
  importsAtOnce: true,

  importKey(jwk, algorithm) {
    const { kty, hash, saltLength } = parametersOf(algorithm)
    const handle: Handle = {
      key: crypto.createPublicKey({ key: { ...jwk }, format: 'jwk' }),
      digest: hash === undefined ? null : DIGESTS[hash],
      isEcdsa: kty === 'EC',
      saltLength,
    }
    return { algorithm, handle, signatureLength: signatureLengthOf(jwk, algorithm) }
  },

  verifySignature(verificationKey, signingInput, signature) {
    if (signature.length !== verificationKey.signatureLength) return false
    const { key, digest, isEcdsa, saltLength } = verificationKey.handle as Handle
    const data = bytesOf(signingInput)
    if (isEcdsa) {
      const der = derSignature(signature)
      return der !== undefined && crypto.verify(digest, data, key, der)
    }
    if (saltLength !== undefined) {
      const padding = crypto.constants.RSA_PKCS1_PSS_PADDING
      return crypto.verify(digest, data, { key, padding, saltLength }, signature)
    }
    return crypto.verify(digest, data, key, signature)
  },
}

/** In one call, which takes half the time; not every runtime with Node's crypto has it. */
export const sha256: Digest =
  typeof crypto.hash === 'function'
    ? (text) => crypto.hash('sha256', text, 'base64url')
    : (text) => crypto.createHash('sha256').update(text).digest('base64url')

/** A verification is over before the next begins, so that all can have their input in the same place. */
const scratch = Buffer.allocUnsafeSlow(16_384)

/** Bytes of an ASCII text, good until the next call. */
function bytesOf(text: string): Uint8Array {
  return text.length > scratch.length ? Buffer.from(text) : scratch.subarray(0, scratch.write(text))
}

/** The longest, of P-521: two numbers of 66 bytes with what goes before them. */
const derScratch = Buffer.allocUnsafeSlow(144)

export const rawSha256: RawDigest = (data) => crypto.createHash('sha256').update(data).digest()

export const hmacSha256: MessageAuthentication = (secret, text) =>
  crypto.createHmac('sha256', secret).update(text).digest()

/** ECDSA signatures are r and s side by side in a JWS (RFC 7518 §3.4), a DER sequence in OpenSSL. Neither may be 0. */
function derSignature(signature: Uint8Array): Uint8Array | undefined {
  const half = signature.length / 2
  const r = startOfInteger(signature, 0, half)
  const s = startOfInteger(signature, half, signature.length)
  if (r === half || s === signature.length) return undefined
  const length = 4 + half - r + signOf(signature, r) + signature.length - s + signOf(signature, s)
  let at = 0
  derScratch[at++] = 0x30
  if (length >= 128) derScratch[at++] = 0x81
  derScratch[at++] = length
  at = writeInteger(signature, r, half, at)
  return derScratch.subarray(0, writeInteger(signature, s, signature.length, at))
}

/** Without leading zeros, of which DER allows none. */
function startOfInteger(bytes: Uint8Array, from: number, to: number): number {
  let start = from
  while (start < to && bytes[start] === 0) start++
  return start
}

/** A leading 1 bit would mean a negative number. */
function signOf(bytes: Uint8Array, start: number): 0 | 1 {
  return (bytes[start] as number) >= 0x80 ? 1 : 0
}

/** Returns where the next one begins. */
function writeInteger(bytes: Uint8Array, from: number, to: number, start: number): number {
  const sign = signOf(bytes, from)
  let at = start
  derScratch[at++] = 0x02
  derScratch[at++] = sign + to - from
  if (sign === 1) derScratch[at++] = 0
  for (let i = from; i < to; i++) derScratch[at++] = bytes[i] as number
  return at
}
