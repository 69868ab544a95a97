import { describe, expect, it } from 'vitest'
import type { SignatureAlgorithm } from '../../src/keys/algorithms.js'
import { checkJwks, describeKey, type SigningKeyDescription, signatureLengthOf } from '../../src/keys/json-web-key.js'
import { ConfigurationError } from '../../src/outcomes/errors.js'
import type { JsonObject, JsonValue } from '../../src/vocabulary/json-object.js'
import { signer } from '../support/signing.js'

const every: readonly SignatureAlgorithm[] = ['RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
const jwkOf = (alg: string, options = {}) => signer(alg, options).jwk as JsonObject
const rsa = jwkOf('RS256')
const ec = jwkOf('ES256')
const okp = jwkOf('EdDSA')

function without(jwk: JsonObject, ...names: string[]): JsonObject {
  return Object.fromEntries(Object.entries(jwk).filter(([name]) => !names.includes(name)))
}

describe('describeKey', () => {
  it('keeps the public members and nothing else', () => {
    const { n, e } = rsa
    expect(describeKey({ ...rsa, x5c: ['certificate'], other: 1 }, ['RS256'])).toStrictEqual({
      kid: rsa['kid'],
      alg: 'RS256',
      jwk: { kty: 'RSA', n, e },
      algorithms: ['RS256'],
    })
  })

  it.each([
    ['RSA', rsa, ['RS256', 'PS256']],
    ['EC', ec, ['ES256']],
    ['OKP', okp, ['EdDSA', 'Ed25519']],
  ])(
    'lets a key of type %s without alg be used with every accepted algorithm of its type and curve',
    (_, jwk, algorithms) => {
      expect(describeKey(without(jwk, 'alg', 'use', 'kid'), every)).toMatchObject({ kid: undefined, algorithms })
    },
  )

  it('uses a key with alg for that algorithm only', () => {
    expect(describeKey({ ...rsa, alg: 'PS256' }, every)).toMatchObject({ algorithms: ['PS256'] })
    expect(describeKey({ ...rsa, alg: 'PS256' }, ['RS256'])).toHaveProperty(
      'problem',
      'fits none of the accepted algorithms',
    )
  })

  it.each<[string, JsonValue, string]>([
    ['no object', 'key', 'is not a JSON object'],
    ['null', null, 'is not a JSON object'],
    ['a kid that is no string', { ...rsa, kid: 7 }, 'kid'],
    ['use enc', { ...rsa, use: 'enc' }, 'use'],
    ['use null', { ...rsa, use: null }, 'use'],
    ['key_ops without verify', { ...rsa, key_ops: ['encrypt'] }, 'key_ops'],
    ['key_ops that is no array', { ...rsa, key_ops: 'verify' }, 'key_ops'],
    ['an unknown key type', { ...rsa, kty: 'XYZ' }, 'key type'],
    ['no key type', without(rsa, 'kty'), 'key type'],
    ['a secret', { kty: 'oct', k: 'AAAA' }, 'private or secret'],
    ['a private RSA key', { ...rsa, d: 'AAAA' }, 'private or secret'],
    ['a private EC key', { ...ec, d: 'AAAA' }, 'private or secret'],
    ['an encryption algorithm', { ...rsa, alg: 'RSA-OAEP' }, 'not supported'],
    ['an HMAC algorithm', { ...rsa, alg: 'HS256' }, 'not supported'],
    ['alg none', { ...rsa, alg: 'none' }, 'not supported'],
    ['an algorithm of another key type', { ...rsa, alg: 'ES256' }, 'fits none'],
    ['an algorithm of another curve', { ...ec, alg: 'ES384' }, 'fits none'],
    ['no modulus', without(rsa, 'n'), 'complete RSA'],
    ['a modulus with padding', { ...rsa, n: `${rsa['n'] as string}=` }, 'complete RSA'],
    ['no exponent', without(rsa, 'e'), 'complete RSA'],
    ['exponent 3', { ...rsa, e: 'Aw' }, 'exponent'],
    ['exponent 1', { ...rsa, e: 'AQ' }, 'exponent'],
    ['an even exponent', { ...rsa, e: 'AQAC' }, 'exponent'],
    ['a huge exponent', { ...rsa, e: Buffer.alloc(9, 1).toString('base64url') }, 'exponent'],
    ['an empty exponent', { ...rsa, e: '' }, 'exponent'],
    ['an empty modulus', { ...rsa, n: '' }, 'modulus'],
    ['no curve', without(ec, 'crv'), 'complete EC'],
    ['an unknown curve', { ...ec, crv: 'secp256k1' }, 'complete EC'],
    ['a coordinate of another length', { ...ec, x: 'AAAA' }, 'complete EC'],
    ['no y', without(ec, 'y'), 'complete EC'],
    ['a curve for key agreement', { ...okp, crv: 'X25519' }, 'Ed25519'],
    ['a point of another length', { ...okp, x: 'AAAA' }, 'Ed25519'],
  ])('refuses %s', (_, jwk, problem) => {
    expect(describeKey(jwk, every)).toHaveProperty('problem', expect.stringContaining(problem))
  })

  it('takes RSA keys from 2048 to 8192 bits', () => {
    const modulus = (bits: number) => {
      const bytes = Buffer.alloc(Math.ceil(bits / 8), 0xff)
      if (bits % 8 !== 0) bytes[0] = 0xff >> (8 - (bits % 8))
      return { ...rsa, n: bytes.toString('base64url') }
    }
    for (const bits of [2048, 3072, 8192]) expect(describeKey(modulus(bits), every)).not.toHaveProperty('problem')
    for (const bits of [512, 1024, 2047, 8193]) expect(describeKey(modulus(bits), every)).toHaveProperty('problem')
  })

  it('counts the bits of a modulus, not the zeros before it', () => {
    const padded = Buffer.concat([Buffer.alloc(128), Buffer.alloc(128, 0xff)]).toString('base64url')
    expect(describeKey({ ...rsa, n: padded }, every)).toHaveProperty('problem', expect.stringContaining('modulus'))
  })

  it('is not misled by inherited members', () => {
    const polluted = Object.create({ use: 'sig', kty: 'RSA', n: rsa['n'], e: rsa['e'] })
    expect(describeKey(polluted, every)).toHaveProperty('problem')
  })
})

describe('checkJwks', () => {
  const check = (jwks: unknown, allowed: readonly SignatureAlgorithm[] = ['ES256']) =>
    checkJwks('issuer.jwks', jwks, allowed)

  it('gives usable keys, and of each what it takes to verify', () => {
    const { kty, crv, x, y, kid } = ec
    expect(check({ keys: [{ ...ec, x5c: ['certificate'] }, without(ec, 'kid', 'alg')] })).toStrictEqual({
      keys: [
        { kty, crv, x, y, alg: 'ES256', kid },
        { kty, crv, x, y },
      ],
    })
  })

  it.each([{}, { keys: [] }, { keys: 'a' }, null, undefined, 7, 'keys', []])('finds %j to be no key set', (jwks) => {
    expect(() => check(jwks)).toThrow(ConfigurationError)
    expect(() => check(jwks)).toThrow('issuer.jwks must be a JSON Web Key Set')
  })

  it('names the key that cannot be used', () => {
    expect(() => check({ keys: [ec, rsa] })).toThrow('issuer.jwks has a key (keys[1]) that fits none')
    expect(() => check({ keys: Object.assign([ec], { length: 2 }) })).toThrow('(keys[1]) that is not a JSON object')
  })
})

describe('signatureLengthOf', () => {
  it.each([
    ['RS256', 2048, 256],
    ['PS512', 3072, 384],
  ] as const)('is that of the modulus of an RSA key: %s, %i bits', (alg, modulusLength, expected) => {
    const description = describeKey(jwkOf(alg, { modulusLength }), [alg]) as SigningKeyDescription
    expect(signatureLengthOf(description.jwk, alg)).toBe(expected)
  })

  it('counts a byte that is not full', () => {
    // Not every runtime makes keys of such a length.
    const n = Buffer.concat([Buffer.of(1), Buffer.from(rsa['n'] as string, 'base64url')]).toString('base64url')
    const description = describeKey({ ...rsa, n }, ['RS256']) as SigningKeyDescription
    expect(signatureLengthOf(description.jwk, 'RS256')).toBe(257)
  })

  it.each([
    ['ES256', 64],
    ['ES512', 132],
    ['EdDSA', 64],
  ] as const)('is that of the algorithm else: %s', (alg, expected) => {
    const description = describeKey(jwkOf(alg), [alg]) as SigningKeyDescription
    expect(signatureLengthOf(description.jwk, alg)).toBe(expected)
  })
})
