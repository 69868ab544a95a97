import { describe, expect, it } from 'vitest'
import { createStaticJwks } from '../../src/keys/static-jwks.js'
import { signer } from '../support/signing.js'

const jwk = signer('ES256', { kid: 'a' }).jwk as never
const want = (kid: string) => ({ kid, algorithm: 'ES256' as const })

describe('a key set in the configuration', () => {
  it('answers without any fetch', async () => {
    const source = createStaticJwks({ keys: [jwk] }, ['ES256'], () => {})
    await source.load()
    expect(await source.find(want('a'))).toMatchObject({ result: 'found', keys: [{ algorithm: 'ES256' }] })
    expect(await source.find(want('b'))).toStrictEqual({ result: 'absent' })
  })

  it('reports a key that turns out to be unusable, is not ready, and uses the others', async () => {
    const notOnCurve = { ...(jwk as object), kid: 'b', x: jwk['y'], y: jwk['x'] } as never
    const ignored: number[] = []
    const source = createStaticJwks({ keys: [jwk, notOnCurve] }, ['ES256'], (index) => ignored.push(index))
    await expect(source.load()).rejects.toMatchObject({
      code: 'no-usable-key',
      message: expect.stringContaining('keys[1]'),
    })
    expect(await source.find(want('a'))).toMatchObject({ result: 'found' })
    expect(await source.find(want('b'))).toStrictEqual({ result: 'absent' })
    expect(ignored).toStrictEqual([1])
  })

  it('is unavailable once closed', async () => {
    const source = createStaticJwks({ keys: [jwk] }, ['ES256'], () => {})
    source.close()
    expect(await source.find(want('a'))).toMatchObject({ result: 'unavailable' })
  })
})
