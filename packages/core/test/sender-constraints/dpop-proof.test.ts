import { dpopKey } from '@tokenward/testkit'
import { describe, expect, it } from 'vitest'
import { parseDpopProof } from '../../src/sender-constraints/dpop-proof.js'

const key = await dpopKey({ clock: { now: () => 1_700_000_000_000 } })
const request = { method: 'GET', url: 'https://api.example/orders', accessToken: 'token', nonce: 'n' }
const proof = await key.proof(request)
const made = (claims: Record<string, unknown>, header: Record<string, unknown> = {}) =>
  key.proof({ ...request, claims, header })
const encode = (text: string) => Buffer.from(text).toString('base64url')

describe('parseDpopProof', () => {
  it('takes a proof apart', () => {
    expect(parseDpopProof(proof)).toMatchObject({
      algorithm: 'ES256',
      jwk: key.publicJwk,
      encodedHeader: proof.split('.')[0],
      claims: {
        jti: expect.any(String),
        htm: 'GET',
        htu: 'https://api.example/orders',
        iat: 1_700_000_000_000,
        exp: undefined,
        nbf: undefined,
        ath: expect.any(String),
        nonce: 'n',
      },
    })
  })

  it.each([
    ['another type', {}, { typ: 'JWT' }],
    ['a longer type', {}, { typ: 'application/dpop+jwt' }],
    ['a type in capitals', {}, { typ: 'DPOP+JWT' }],
    ['no type', {}, { typ: undefined }],
    ['no algorithm', {}, { alg: undefined }],
    ['an algorithm that is no text', {}, { alg: ['ES256'] }],
    ['no key', {}, { jwk: undefined }],
    ['a key that is none', {}, { jwk: 'key' }],
    ['a list of keys', {}, { jwk: [key.publicJwk] }],
    ['a critical header', {}, { crit: ['a'], a: 1 }],
    ['an unencoded payload', {}, { b64: false }],
    ['a compressed payload', {}, { zip: 'DEF' }],
    ['no jti', { jti: undefined }, {}],
    ['an empty jti', { jti: '' }, {}],
    ['a jti that is no text', { jti: 7 }, {}],
    ['no htm', { htm: undefined }, {}],
    ['a htm that is no text', { htm: ['GET'] }, {}],
    ['no htu', { htu: undefined }, {}],
    ['a htu that is no text', { htu: { href: 'https://api.example/orders' } }, {}],
    ['no iat', { iat: undefined }, {}],
    ['an iat of text', { iat: '1700000000' }, {}],
    ['an iat of null', { iat: null }, {}],
    ['an iat beyond all time', { iat: 1e15 }, {}],
    ['an ath that is no text', { ath: 7 }, {}],
    ['a nonce that is no text', { nonce: 7 }, {}],
    ['an exp of text', { exp: '1' }, {}],
    ['an nbf of null', { nbf: null }, {}],
  ])('takes none with %s', async (_, claims, header) => {
    expect(parseDpopProof(await made(claims, header))).toBeUndefined()
  })

  it.each([
    ['nothing', ''],
    ['two parts', proof.split('.').slice(0, 2).join('.')],
    ['four parts', `${proof}.x`],
    ['a space', ` ${proof}`],
    ['padding', `${proof}=`],
    ['a header that is no JSON', `${encode('x')}.${proof.split('.').slice(1).join('.')}`],
    ['claims that are a list', `${proof.split('.')[0]}.${encode('[]')}.${proof.split('.')[2]}`],
    [
      'a claim that stands twice',
      `${proof.split('.')[0]}.${encode('{"jti":"a","htm":"GET","htu":"https://api.example/orders","iat":1,"iat":2}')}.AA`,
    ],
    ['an infinite time', `${proof.split('.')[0]}.${encode('{"jti":"a","htm":"GET","htu":"a","iat":1e999}')}.AA`],
  ])('takes none of %s', (_, text) => {
    expect(parseDpopProof(text)).toBeUndefined()
  })

  it('takes none that is longer than any proof', async () => {
    expect(parseDpopProof(await made({ jti: 'a'.repeat(4_000) }))).toBeDefined()
    expect(parseDpopProof(await made({ jti: 'a'.repeat(6_500) }))).toBeUndefined()
  })
})
