import { describe, expect, it } from 'vitest'
import { createKeySet } from '../../src/keys/key-set.js'
import type { JsonObject } from '../../src/vocabulary/json-object.js'
import { signer } from '../support/signing.js'

const first = signer('RS256', { kid: 'first' })
const second = signer('RS256', { kid: 'second' })
const curve = signer('ES256', { kid: 'curve' })

async function keySet(...keys: unknown[]) {
  const ignored: [number, string][] = []
  const set = await createKeySet({ keys } as JsonObject, {
    allowed: ['RS256', 'ES256'],
    ignored: (index, problem) => ignored.push([index, problem]),
  })
  if (set === undefined) throw new Error('not a key set')
  return { set, ignored }
}

describe('createKeySet', () => {
  it('finds keys by name and algorithm', async () => {
    const { set } = await keySet(first.jwk, second.jwk, curve.jwk)
    expect(set.select({ kid: 'second', algorithm: 'RS256' })).toMatchObject([{ algorithm: 'RS256' }])
    expect(set.select({ kid: 'third', algorithm: 'RS256' })).toBeUndefined()
  })

  it('offers no key for an algorithm it does not fit', async () => {
    const { set } = await keySet(first.jwk, curve.jwk)
    expect(set.select({ kid: 'first', algorithm: 'ES256' })).toStrictEqual([])
  })

  it('offers every fitting key, four at most, to a token without a name', async () => {
    const { set } = await keySet(first.jwk, curve.jwk, second.jwk)
    expect(set.select({ kid: undefined, algorithm: 'RS256' })).toHaveLength(2)
    const many = Array.from({ length: 10 }, (_, index) => signer('ES256', { kid: `k${index}` }).jwk)
    expect((await keySet(...many)).set.select({ kid: undefined, algorithm: 'ES256' })).toHaveLength(4)
  })

  it('tries a key that stands there under several names once', async () => {
    const { set } = await keySet(first.jwk, { ...first.jwk, kid: 'again' }, { ...first.jwk, kid: undefined })
    expect(set.select({ kid: undefined, algorithm: 'RS256' })).toHaveLength(1)
    expect(set.select({ kid: 'again', algorithm: 'RS256' })).toHaveLength(1)
  })

  it('says that no key is known when a token without a name fits none', async () => {
    const { set } = await keySet(first.jwk)
    expect(set.select({ kid: undefined, algorithm: 'ES256' })).toBeUndefined()
  })

  it('offers keys that share a name, four at most', async () => {
    const same = Array.from({ length: 6 }, () => ({ ...signer('ES256').jwk, kid: 'same' }))
    const { set } = await keySet({ ...first.jwk, kid: 'same' }, ...same)
    expect(set.select({ kid: 'same', algorithm: 'RS256' })).toHaveLength(1)
    expect(set.select({ kid: 'same', algorithm: 'ES256' })).toHaveLength(4)
  })

  it('reports what it cannot use and keeps the rest', async () => {
    const notOnCurve = { ...curve.jwk, x: curve.jwk['y'], y: curve.jwk['x'] }
    const { set, ignored } = await keySet(null, { kty: 'oct', k: 'AAAA' }, notOnCurve, first.jwk)
    expect(set.size).toBe(1)
    expect(ignored).toStrictEqual([
      [0, 'is not a JSON object'],
      [1, 'holds private or secret key material'],
      [2, 'was refused by the crypto library'],
    ])
  })

  it('reads a hundred keys and no more', async () => {
    const { set, ignored } = await keySet(
      ...Array.from({ length: 300 }, (_, index) => ({ ...curve.jwk, kid: `k${index}` })),
    )
    expect(set.size).toBe(100)
    expect(ignored).toHaveLength(1)
  })

  it.each([{}, { keys: {} }, { keys: null }, { keys: 'first' }])('takes %j for no key set', async (document) => {
    expect(await createKeySet(document as JsonObject, { allowed: ['RS256'], ignored: () => {} })).toBeUndefined()
  })

  it('finds nothing under inherited names', async () => {
    const { set } = await keySet(first.jwk)
    for (const kid of ['__proto__', 'constructor', 'toString']) {
      expect(set.select({ kid, algorithm: 'RS256' })).toBeUndefined()
    }
  })
})
