import { describe, expect, it } from 'vitest'
import { algorithms, isSignatureAlgorithm, parametersOf, type SignatureAlgorithm } from '../../src/keys/algorithms.js'

const names = Object.keys(algorithms) as SignatureAlgorithm[]

describe('isSignatureAlgorithm', () => {
  it.each(names)('takes %s', (name) => {
    expect(isSignatureAlgorithm(name)).toBe(true)
  })

  it.each(['none', 'HS256', 'HS384', 'HS512', 'ES256K', 'RS1', 'rs256', '', 'constructor', '__proto__', 7, undefined])(
    'refuses %j',
    (name) => {
      expect(isSignatureAlgorithm(name)).toBe(false)
    },
  )
})

describe('the parameters of an algorithm', () => {
  it.each(names.filter((name) => /^[RPE]S/.test(name)))('give %s the hash in its name', (name) => {
    expect(parametersOf(name).hash).toBe(`SHA-${name.slice(2)}`)
  })

  it.each(names.filter((name) => name.startsWith('PS')))('give %s a salt as long as its hash', (name) => {
    expect(parametersOf(name).saltLength).toBe(Number(name.slice(2)) / 8)
  })

  it.each([
    ['ES256', 'P-256', 64],
    ['ES384', 'P-384', 96],
    ['ES512', 'P-521', 132],
    ['EdDSA', 'Ed25519', 64],
    ['Ed25519', 'Ed25519', 64],
  ] as const)('give %s the curve %s and signatures of %i bytes', (name, crv, signatureLength) => {
    expect(parametersOf(name)).toMatchObject({ crv, signatureLength })
  })
})
