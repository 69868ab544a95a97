import { describe, expect, it } from 'vitest'
import { isThumbprint, readConfirmation } from '../../src/vocabulary/confirmation.js'

const thumbprint = 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2'
const otherThumbprint = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'

describe('readConfirmation', () => {
  it('reads what a token is bound to, each method alone or both', () => {
    for (const cnf of [
      { 'x5t#S256': otherThumbprint },
      { jkt: otherThumbprint },
      { 'x5t#S256': otherThumbprint, jkt: otherThumbprint },
    ]) {
      expect(readConfirmation({ cnf })).toStrictEqual(cnf)
    }
  })

  it('finds none where there is none, an inherited one included', () => {
    expect(readConfirmation({ sub: 's', CNF: {} })).toBeUndefined()
    expect(readConfirmation(Object.create({ cnf: { jkt: otherThumbprint } }))).toBeUndefined()
  })

  it.each([
    {},
    [],
    [{ jkt: otherThumbprint }],
    '',
    otherThumbprint,
    0,
    false,
    null,
    { jkt: null },
    { jkt: [otherThumbprint] },
    { jkt: '' },
    { jkt: `${otherThumbprint}=` },
    { jkt: otherThumbprint.slice(1) },
    { jkt: `${otherThumbprint}A` },
    { jkt: thumbprint },
    { JKT: otherThumbprint },
    { jwk: { kty: 'EC' } },
    { kid: 'a' },
    { 'x5t#S256': otherThumbprint, jwk: { kty: 'EC' } },
    { jkt: otherThumbprint, 'x5t#S256': null },
    { jkt: otherThumbprint, x5t: otherThumbprint },
  ])('calls a cnf of %j unverifiable, whole', (cnf) => {
    expect(readConfirmation({ cnf })).toBe('unverifiable')
  })
})

describe('isThumbprint', () => {
  it('takes 32 bytes in one spelling', () => {
    expect(isThumbprint(otherThumbprint)).toBe(true)
    // The last character has bits that no byte takes.
    expect(isThumbprint(thumbprint)).toBe(false)
    expect(isThumbprint(undefined)).toBe(false)
  })
})
