import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { TokenKey } from '../../src/tokens/token-key.js'

describe('the name of a token', () => {
  it('is not known until somebody needs it', async () => {
    const key = new TokenKey('token')
    expect(key.known).toBeUndefined()
    const computed = await key.compute()
    expect(key.known).toBe(computed)
    expect(await key.compute()).toBe(computed)
  })

  it('is the same for everybody who asks at once', async () => {
    const key = new TokenKey('token')
    expect(new Set(await Promise.all([key.compute(), key.compute(), key.compute()])).size).toBe(1)
  })

  it('is computed once where there is a place to keep it', async () => {
    const place = { name: undefined }
    const computed = await new TokenKey('token', undefined, place).compute()
    expect(place.name).toBe(computed)
    expect(new TokenKey('token', undefined, place).known).toBe(computed)
  })

  it('is a SHA-256 of what it was made of, so that it tells nothing of it', async () => {
    const name = await new TokenKey('header.payload').compute()
    const digest = createHash('sha256').update('header.payload').digest()
    expect([digest.toString('base64url'), digest.toString('hex'), digest.toString('base64')]).toContain(name)
    expect(JSON.stringify(new TokenKey('header.payload'))).not.toContain('header')
  })

  it('is another for every other token, however little differs', async () => {
    const names = ['a', 'b', 'A', ' a', 'a ', 'a.b', ''].map((text) => new TokenKey(text).compute())
    expect(new Set(await Promise.all(names)).size).toBe(7)
  })
})

it('a token shows nothing of its hint, either', () => {
  const key = new TokenKey('header.payload', 'jti')
  expect(key.hint).toBe('jti')
  expect(JSON.stringify(key)).toBe('{}')
})
