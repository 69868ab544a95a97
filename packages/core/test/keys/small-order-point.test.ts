import { describe, expect, it } from 'vitest'
import { describeKey } from '../../src/keys/json-web-key.js'
import { isOfSmallOrder } from '../../src/keys/small-order-point.js'
import { json } from '../support/loopback-server.js'
import { signer } from '../support/signing.js'
import { serverFor, testIssuer, withToken } from '../support/test-issuer.js'

const P = 2n ** 255n - 19n
const SIGN_OF_X = 2n ** 255n
/** Of the curve -x² + y² = 1 + dx²y² (RFC 8032 §5.1). */
const D = (-121_665n * power(121_666n, P - 2n)) % P
/** Of a point of order 8: its double has y = 0, so that x² = -y², and the curve leaves dy⁴ + 2y² = 1. */
const ORDER_8 = numberOf('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05')
const small = [0n, 1n, P - 1n, ORDER_8, P - ORDER_8]
/** Each as it is and, where that fits into 255 bits, with p added; with either sign. */
const encodings = small
  .flatMap((y) => (y + P < SIGN_OF_X ? [y, y + P] : [y]))
  .flatMap((y) => [y, y + SIGN_OF_X])
  .map(bytesOf)
const jwkOf = (point: Uint8Array) => ({ kty: 'OKP', crv: 'Ed25519', x: Buffer.from(point).toString('base64url') })

describe('a point of small order', () => {
  it('of order 8 solves the equation of those', () => {
    expect((D * ORDER_8 ** 4n + 2n * ORDER_8 ** 2n - 1n) % P).toBe(0n)
  })

  it('is known in each of its encodings', () => {
    expect(encodings).toHaveLength(14)
    expect(encodings.filter((point) => !isOfSmallOrder(point))).toStrictEqual([])
  })

  it('is none of its neighbours, the base point or keys of a sound generator', () => {
    const neighbours = [2n, P - 2n, P + 2n, ORDER_8 - 1n, ORDER_8 + 1n, SIGN_OF_X - 1n].map(bytesOf)
    const generated = Array.from({ length: 20 }, () => Buffer.from(signer('EdDSA').jwk['x'] as string, 'base64url'))
    const base = Buffer.from('58'.padEnd(64, '66'), 'hex')
    expect([...neighbours, base, ...generated].filter(isOfSmallOrder)).toStrictEqual([])
  })

  it.each(encodings.map((point) => [Buffer.from(point).toString('hex'), jwkOf(point)]))('is no key: %s', (_, jwk) => {
    expect(describeKey(jwk, ['EdDSA', 'Ed25519'])).toStrictEqual({
      problem: 'has an Ed25519 point of small order, under which anybody can sign',
    })
  })

  it('lets nobody in with the one signature that fits every token', async () => {
    const issuer = await testIssuer({ alg: 'EdDSA' })
    const neutral = { ...jwkOf(bytesOf(1n)), kid: 'neutral' }
    issuer.jwks.answer = json({ keys: [issuer.key.jwk, neutral] })
    const { api, events } = serverFor(issuer)
    // R is the base point and S is 1, so that SB = R + kA whatever k is.
    const signature = Buffer.concat([Buffer.from('58'.padEnd(64, '66'), 'hex'), bytesOf(1n)]).toString('base64url')
    const forged = (sub: string) => issuer.token({ sub }, { kid: 'neutral' }).replace(/[^.]*$/, signature)
    for (const sub of ['u1', 'u2']) {
      expect(await api.authorize(withToken(forged(sub)))).toMatchObject({ status: 401, reason: 'unknown-key' })
    }
    expect(await api.authorize(withToken(issuer.token()))).toMatchObject({ outcome: 'granted' })
    expect(events).toContainEqual(expect.objectContaining({ type: 'jwk-ignored', index: 1 }))
  })
})

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let bit = 254n; bit >= 0n; bit--) {
    result = (result * result) % P
    if ((exponent >> bit) & 1n) result = (result * base) % P
  }
  return result
}

/** Little-endian, as RFC 8032 has it. */
function bytesOf(number: bigint): Uint8Array {
  return Buffer.from(number.toString(16).padStart(64, '0'), 'hex').toReversed()
}

function numberOf(hex: string): bigint {
  return BigInt(`0x${Buffer.from(Buffer.from(hex, 'hex').toReversed()).toString('hex')}`)
}
