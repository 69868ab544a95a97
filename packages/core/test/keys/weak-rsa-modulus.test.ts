import { generateKeyPairSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { hasRocaFingerprint } from '../../src/keys/weak-rsa-modulus.js'

/** All that 65537 does not generate, up to 167 as in the publication of ROCA. */
const TELLING_PRIMES = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157].map(BigInt)
const POWER = 65_537n ** 120n

it('is absent from moduli of a sound generator', () => {
  for (let i = 0; i < 20; i++) {
    const { n } = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })
    expect(hasRocaFingerprint(Buffer.from(n as string, 'base64url'))).toBe(false)
  }
})

it('is seen in a power of 65537', () => {
  expect(hasRocaFingerprint(bytesOf(POWER))).toBe(true)
})

it('is seen in a number that is a power of it modulo each telling prime alone', () => {
  expect(hasRocaFingerprint(bytesOf(POWER + TELLING_PRIMES.reduce((product, prime) => product * prime)))).toBe(true)
})

it.each(TELLING_PRIMES)('is absent where it is none modulo %i', (prime) => {
  const others = TELLING_PRIMES.filter((other) => other !== prime).reduce((product, other) => product * other)
  let modulus = POWER
  while (isPowerModulo(modulus, prime)) modulus += others
  expect(hasRocaFingerprint(bytesOf(modulus))).toBe(false)
})

function isPowerModulo(number: bigint, prime: bigint): boolean {
  for (let power = 1n, i = 0n; i < prime; power = (power * 65_537n) % prime, i += 1n) {
    if (power === number % prime) return true
  }
  return false
}

function bytesOf(number: bigint): Buffer {
  const digits = number.toString(16)
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex')
}
