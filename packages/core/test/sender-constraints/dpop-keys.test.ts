import { generateKeyPairSync } from 'node:crypto'
import { dpopKey } from '@tokenward/testkit'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import type { SignatureAlgorithm } from '../../src/index.js'
import { DpopKeys } from '../../src/sender-constraints/dpop-keys.js'
import { type DpopProof, parseDpopProof } from '../../src/sender-constraints/dpop-proof.js'

const all: readonly SignatureAlgorithm[] = ['ES256', 'ES384', 'EdDSA', 'Ed25519', 'RS256', 'PS256']
const proofWith = (jwk: object, algorithm = 'ES256', encodedHeader = 'header') =>
  ({ algorithm, jwk, encodedHeader }) as unknown as DpopProof
const publicJwk = (kind: 'ec' | 'rsa' | 'ed25519', options: object = {}) =>
  generateKeyPairSync(kind as 'rsa', options as { modulusLength: number }).publicKey.export({ format: 'jwk' })

describe('the key of a proof', () => {
  it.each([
    ['ES256', publicJwk('ec', { namedCurve: 'P-256' })],
    ['ES384', publicJwk('ec', { namedCurve: 'P-384' })],
    ['RS256', publicJwk('rsa', { modulusLength: 2_048 })],
    ['PS256', publicJwk('rsa', { modulusLength: 2_048 })],
    ['Ed25519', publicJwk('ed25519')],
    ['EdDSA', publicJwk('ed25519')],
  ] as const)('of %s has the thumbprint of RFC 7638, whatever else stands in it', async (algorithm, jwk) => {
    const found = await new DpopKeys(all).find(proofWith({ kid: 'a', use: 'sig', ...jwk }, algorithm))
    expect(found).toMatchObject({ thumbprint: await calculateJwkThumbprint(jwk as JWK) })
  })

  const ec = publicJwk('ec', { namedCurve: 'P-256' })

  it.each([
    ['none', ec],
    ['HS256', { kty: 'oct', k: 'AAAA' }],
    ['ES512', ec],
    ['toString', ec],
    ['', ec],
  ])('is not used with %j, which is not accepted', async (algorithm, jwk) => {
    expect(await new DpopKeys(all).find(proofWith(jwk, algorithm))).toBe('dpop-algorithm-not-allowed')
  })

  it.each([
    ['a private key', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }), 'ES256'],
    ['a secret', { kty: 'oct', k: 'AAAA' }, 'ES256'],
    ['another curve', publicJwk('ec', { namedCurve: 'P-384' }), 'ES256'],
    ['another type', publicJwk('rsa', { modulusLength: 2_048 }), 'ES256'],
    ['a short key', publicJwk('rsa', { modulusLength: 1_024 }), 'RS256'],
    ['another algorithm', { ...ec, alg: 'ES384' }, 'ES256'],
    ['another use', { ...ec, use: 'enc' }, 'ES256'],
    ['a point off its curve', { ...ec, y: ec.x }, 'ES256'],
    ['a point of small order', { kty: 'OKP', crv: 'Ed25519', x: `AQ${'A'.repeat(41)}` }, 'EdDSA'],
    ['half a point', { ...ec, y: undefined }, 'ES256'],
    ['nothing', {}, 'ES256'],
  ])('is none of %s', async (_, jwk, algorithm) => {
    expect(await new DpopKeys(all).find(proofWith(jwk, algorithm))).toBe('dpop-key-not-usable')
  })

  it('is remembered by the header it came in, once that is told', async () => {
    const key = await dpopKey()
    const [first, second] = await Promise.all(
      [1, 2].map(() => key.proof({ method: 'GET', url: 'https://api.example/', accessToken: 't' })),
    )
    const [one, other] = [first, second].map((proof) => parseDpopProof(proof as string) as DpopProof)
    const keys = new DpopKeys(['ES256'])
    const found = await keys.find(one as DpopProof)
    expect(await keys.find(other as DpopProof)).not.toBe(found)
    keys.remember(one as DpopProof, found as never)
    expect(await keys.find(other as DpopProof)).toBe(found)
  })
})
