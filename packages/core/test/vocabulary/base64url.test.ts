import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeBase64url,
  decodeBase64urlText,
  decodeByTable,
  decodeTextByTable,
} from '../../src/vocabulary/base64url.js'

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
  .array(fc.constantFrom(...'ABCDwxyz0189-_+/= \n\u0000\u007f\u0080\u00c1\u00e9\u0141\u2141\u{1f600}'), {
    maxLength: 12,
  })
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

describe.each([
  ['decodeBase64urlText', decodeBase64urlText],
  ['decodeTextByTable, for runtimes without Buffer', decodeTextByTable],
])('%s', (_, decode) => {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

  it('agrees with a reference on every text', () => {
    const seen = { text: 0, none: 0 }
    const ofText = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => Buffer.from(text).toString('base64url'))
    fc.assert(
      fc.property(fc.oneof(nearlyBase64url, genuine, ofText), (encoded) => {
        const bytes = reference(encoded)
        let expected: string | undefined
        try {
          expected = bytes && utf8.decode(Uint8Array.from(bytes))
        } catch {
          // what is not UTF-8 is no text
        }
        seen[expected === undefined ? 'none' : 'text'] += 1
        expect(decode(encoded)).toBe(expected)
      }),
      { numRuns: 20_000 },
    )
    expect(Math.min(seen.text, seen.none)).toBeGreaterThan(2_000)
  })

  it.each([
    ['a lone continuation byte', [0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
    ['a character cut short', [0xe2, 0x82]],
    ['a text with one bad byte', [...Buffer.from('{"a":"'), 0xff, ...Buffer.from('"}')]],
  ])('refuses %s', (__, bytes) => {
    expect(decode(Buffer.from(bytes).toString('base64url'))).toBeUndefined()
  })

  it.each(['', '\ufffd', 'a\ufffdb', '\ufeff{}', 'ünï', '\u{1f600}', 'x'.repeat(12_288), 'ü'.repeat(40_000)])(
    'reads every text that was encoded',
    (text) => {
      expect(decode(Buffer.from(text).toString('base64url'))).toBe(text)
    },
  )

  it('remembers nothing of a longer text before', () => {
    expect(decode(Buffer.from('longer').toString('base64url'))).toBe('longer')
    expect(decode(Buffer.from('a').toString('base64url'))).toBe('a')
  })
})
