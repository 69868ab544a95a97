import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asciiBytes, decodeBase64url, decodeByTable } from '../../src/vocabulary/base64url.js'

/** Reference: rebuilds the bits one by one. */
function reference(text: string): number[] | undefined {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const bits = [...text].map((letter) => alphabet.indexOf(letter))
  if (bits.includes(-1)) return undefined
  const string = bits.map((value) => value.toString(2).padStart(6, '0')).join('')
  const rest = string.length % 8
  if (rest === 6 || /1/.test(string.slice(string.length - rest))) return undefined
  return (string.slice(0, string.length - rest).match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))
}

const nearlyBase64url = fc
  .array(fc.constantFrom(...'ABCDwxyz0189-_+/= \n\u0141'), { maxLength: 12 })
  .map((letters) => letters.join(''))
const genuine = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64url'))

describe.each([
  ['decodeBase64url', decodeBase64url],
  ['decodeByTable, for runtimes without Buffer', decodeByTable],
])('%s', (_, decode) => {
  it('agrees with a reference on every text', () => {
    fc.assert(
      fc.property(fc.oneof(nearlyBase64url, genuine), (text) => {
        const bytes = decode(text)
        expect(bytes === undefined ? undefined : [...bytes]).toStrictEqual(reference(text))
      }),
      { numRuns: 20_000 },
    )
  })

  it.each([
    ['padding', 'QQ=='],
    ['the other alphabet', '+/+/'],
    ['white space', 'QUJD '],
    ['a length no encoder produces', 'QUJDQ'],
    ['unused bits that are not zero', 'QR'],
    ['a letter that is A in its low byte', '\u0141AAA'],
  ])('refuses %s', (__, text) => {
    expect(decode(text)).toBeUndefined()
  })
})

describe('asciiBytes', () => {
  it('gives one byte for each character', () => {
    expect([...asciiBytes('aZ.-_')]).toStrictEqual([97, 90, 46, 45, 95])
  })
})
