import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hmacSha256, rawSha256, signatureVerifier } from '#signature'
import { algorithms, type SignatureAlgorithm } from '../../src/keys/algorithms.js'
import type { PublicJwk } from '../../src/keys/json-web-key.js'
import { sealed, signer } from '../support/signing.js'

const names = Object.keys(algorithms) as SignatureAlgorithm[]
const input = 'header.payload'

function publicJwk(jwk: Readonly<Record<string, unknown>>): PublicJwk {
  const { kid: _, alg: __, use: ___, ...members } = jwk
  return members as unknown as PublicJwk
}

describe.each(names)('verifySignature with %s', (algorithm) => {
  const own = signer(algorithm)
  const signature = Buffer.from(sealed(input, own).split('.').at(-1) as string, 'base64url')
  const key = () => signatureVerifier.importKey(publicJwk(own.jwk), algorithm)

  it('accepts a genuine signature', async () => {
    expect(await signatureVerifier.verifySignature(await key(), input, signature)).toBe(true)
  })

  it('refuses other data', async () => {
    const other = 'header.Payload'
    expect(await signatureVerifier.verifySignature(await key(), other, signature)).toBe(false)
  })

  it('refuses a signature with any one bit changed', async () => {
    const imported = await key()
    for (const position of [0, signature.length >> 1, signature.length - 1]) {
      const changed = Uint8Array.from(signature)
      changed[position] = (changed[position] as number) ^ 1
      expect(await signatureVerifier.verifySignature(imported, input, changed)).toBe(false)
    }
  })

  it('refuses a signature of another length', async () => {
    const imported = await key()
    for (const other of [
      new Uint8Array(),
      signature.subarray(1),
      signature.subarray(0, -1),
      Buffer.concat([signature, Buffer.alloc(1)]),
      Buffer.concat([Buffer.alloc(1), signature]),
      Buffer.concat([signature, signature]),
      // The same numbers, each with a zero before it: another text for the same signature.
      Buffer.concat([
        Buffer.alloc(1),
        signature.subarray(0, signature.length / 2),
        Buffer.alloc(1),
        signature.subarray(signature.length / 2),
      ]),
    ]) {
      expect(await signatureVerifier.verifySignature(imported, input, other)).toBe(false)
    }
  })

  it('refuses all zeros (CVE-2022-21449)', async () => {
    const zeros = new Uint8Array(signature.length)
    expect(await signatureVerifier.verifySignature(await key(), input, zeros)).toBe(false)
    const onlyR = Uint8Array.from(signature).fill(0, signature.length / 2)
    expect(await signatureVerifier.verifySignature(await key(), input, onlyR)).toBe(false)
  })

  it('refuses a signature of another key', async () => {
    const other = Buffer.from(sealed(input, signer(algorithm)).split('.').at(-1) as string, 'base64url')
    expect(await signatureVerifier.verifySignature(await key(), input, other)).toBe(false)
  })
})

describe('verifySignature', () => {
  it('does not mix up the RSA paddings', async () => {
    const own = signer('RS256')
    const signature = Buffer.from(sealed(input, own).split('.').at(-1) as string, 'base64url')
    const key = await signatureVerifier.importKey(publicJwk(own.jwk), 'PS256')
    expect(await signatureVerifier.verifySignature(key, input, signature)).toBe(false)
  })

  it.each(['PS256', 'PS384', 'PS512'] as const)(
    'refuses an %s signature without its leading zero',
    async (algorithm) => {
      const own = signer(algorithm)
      const key = await signatureVerifier.importKey(publicJwk(own.jwk), algorithm)
      const made = () => Buffer.from(sealed(input, own).split('.').at(-1) as string, 'base64url')
      let signature = made()
      while (signature[0] !== 0) signature = made()
      expect(await signatureVerifier.verifySignature(key, input, signature)).toBe(true)
      expect(await signatureVerifier.verifySignature(key, input, signature.subarray(1))).toBe(false)
    },
  )

  it('refuses a DER signature, which is another encoding of the same numbers', async () => {
    const own = signer('ES256')
    const { sign } = await import('node:crypto')
    const der = sign('sha256', Buffer.from(input), own.privateKey)
    const key = await signatureVerifier.importKey(publicJwk(own.jwk), 'ES256')
    expect(await signatureVerifier.verifySignature(key, input, der)).toBe(false)
  })

  it('verifies many ECDSA signatures, whatever leading zeros their numbers have', async () => {
    for (const algorithm of ['ES256', 'ES384', 'ES512'] as const) {
      const own = signer(algorithm)
      const key = await signatureVerifier.importKey(publicJwk(own.jwk), algorithm)
      for (let i = 0; i < 150; i++) {
        const text = `${algorithm}.${i}`
        const signature = Buffer.from(sealed(text, own).split('.').at(-1) as string, 'base64url')
        expect(await signatureVerifier.verifySignature(key, text, signature)).toBe(true)
      }
    }
  })
})

describe('importKey', () => {
  it('refuses a point that is not on its curve', async () => {
    const { x, y } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
    const jwk: PublicJwk = { kty: 'EC', crv: 'P-256', x: y as string, y: x as string }
    await expect(Promise.resolve().then(() => signatureVerifier.importKey(jwk, 'ES256'))).rejects.toThrow(Error)
  })
})

describe('digests', () => {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

  it('of bytes are SHA-256 (FIPS 180-4, example of "abc")', async () => {
    expect(hex(await rawSha256(new TextEncoder().encode('abc')))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
  })

  it('under a secret are HMAC with SHA-256 (RFC 4231 §4.3)', async () => {
    expect(hex(await hmacSha256('Jefe', 'what do ya want for nothing?'))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
  })
})
