import { encodeBase64url } from '../vocabulary/base64url.js'
import { parametersOf, type SignatureAlgorithm } from './algorithms.js'
import { signatureLengthOf } from './json-web-key.js'
import type { Digest, MessageAuthentication, RawDigest, SignatureVerifier } from './signature.js'

const utf8 = new TextEncoder()

type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>

/** WebCrypto, for runtimes without `node:crypto`. */
export const signatureVerifier: SignatureVerifier = {
  importsAtOnce: false,

  async importKey(jwk, algorithm) {
    const handle = await crypto.subtle.importKey('jwk', { ...jwk }, webCryptoName(algorithm), false, ['verify'])
    return { algorithm, handle, signatureLength: signatureLengthOf(jwk, algorithm) }
  },

  async verifySignature(key, signingInput, signature) {
    if (signature.length !== key.signatureLength) return false
    return crypto.subtle.verify(webCryptoName(key.algorithm), key.handle as Key, signature, utf8.encode(signingInput))
  },
}

export const sha256: Digest = async (text) =>
  encodeBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8.encode(text))))

export const rawSha256: RawDigest = async (data) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', data as Uint8Array<ArrayBuffer>))

export const hmacSha256: MessageAuthentication = async (secret, text) => {
  const encoder = new TextEncoder()
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text)))
}

function webCryptoName(algorithm: SignatureAlgorithm) {
  const { kty, crv, hash, saltLength } = parametersOf(algorithm)
  switch (kty) {
    case 'RSA':
      return saltLength === undefined
        ? { name: 'RSASSA-PKCS1-v1_5', hash: hash ?? '' }
        : { name: 'RSA-PSS', hash: hash ?? '', saltLength }
    case 'EC':
      return { name: 'ECDSA', namedCurve: crv ?? '', hash: hash ?? '' }
    case 'OKP':
      return { name: crv ?? '' }
  }
}
