import { generateKeyPairSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { hasRocaFingerprint } from '../../src/keys/weak-rsa-modulus.js'

it('is absent from moduli of a sound generator', () => {
  for (let i = 0; i < 20; i++) {
    const { n } = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })
    expect(hasRocaFingerprint(Buffer.from(n as string, 'base64url'))).toBe(false)
  }
})

it('is seen in a power of 65537', () => {
  const modulus = (65_537n ** 120n).toString(16)
  expect(hasRocaFingerprint(Buffer.from(modulus.padStart(modulus.length + (modulus.length % 2), '0'), 'hex'))).toBe(
    true,
  )
})
