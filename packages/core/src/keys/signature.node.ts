import crypto from 'node:crypto'
import { parametersOf } from './algorithms.js'
import type { Digest, MessageAuthentication, RawDigest, SignatureVerifier } from './signature.js'

/** Node takes other spellings, too; Deno takes this one alone. */
const DIGESTS = { 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' } as const

/**
 * Node's crypto, synchronous: handing one RSA verification to another thread costs more than the verification. The
 * bare `KeyObject` is passed wherever the algorithm allows; wrapped in options it is much slower on some Node lines.
 */
export const signatureVerifier: SignatureVerifier = {
  importKey(jwk, algorithm) {
    return { algorithm, handle: crypto.createPublicKey({ key: { ...jwk }, format: 'jwk' }) }
  },

  verifySignature(key, data, signature) {
    const { kty, hash, saltLength, signatureLength } = parametersOf(key.algorithm)
    const digest = hash === undefined ? null : DIGESTS[hash]
    const handle = key.handle as crypto.KeyObject
    if (signatureLength !== undefined && signature.length !== signatureLength) return false
    if (kty === 'EC') {
      const der = derSignature(signature)
      return der !== undefined && crypto.verify(digest, data, handle, der)
    }
    if (saltLength !== undefined) {
      const padding = crypto.constants.RSA_PKCS1_PSS_PADDING
      return crypto.verify(digest, data, { key: handle, padding, saltLength }, signature)
    }
    return crypto.verify(digest, data, handle, signature)
  },
}

/** In one call, which takes half the time; not every runtime with Node's crypto has it. */
export const sha256: Digest =
  typeof crypto.hash === 'function'
    ? (data) => crypto.hash('sha256', data, 'base64url')
    : (data) => crypto.createHash('sha256').update(data).digest('base64url')

export const rawSha256: RawDigest = (data) => crypto.createHash('sha256').update(data).digest()

export const hmacSha256: MessageAuthentication = (secret, text) =>
  crypto.createHmac('sha256', secret).update(text).digest()

/** ECDSA signatures are r and s side by side in a JWS (RFC 7518 §3.4), a DER sequence in OpenSSL. Neither may be 0. */
function derSignature(signature: Uint8Array): Uint8Array | undefined {
  const half = signature.length / 2
  const r = derInteger(signature.subarray(0, half))
  const s = derInteger(signature.subarray(half))
  if (r === undefined || s === undefined) return undefined
  const length = r.length + s.length
  const lengthBytes = length < 128 ? [length] : [0x81, length]
  return Uint8Array.from([0x30, ...lengthBytes, ...r, ...s])
}

function derInteger(bytes: Uint8Array): number[] | undefined {
  const first = bytes.findIndex((byte) => byte !== 0)
  if (first === -1) return undefined
  const magnitude = bytes.subarray(first)
  // A leading 1 bit would mean a negative number.
  const sign = (magnitude[0] ?? 0) >= 0x80 ? [0] : []
  return [0x02, sign.length + magnitude.length, ...sign, ...magnitude]
}
