import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bitsOf,
  booleanOf,
  DER,
  DerError,
  DerReader,
  objectIdentifier,
  smallInteger,
} from '../../src/sender-constraints/der.js'

const bytes = (...values: readonly number[]) => Uint8Array.from(values)
const element = (tag: number, ...value: readonly number[]) => new DerReader(bytes(tag, value.length, ...value)).read()

/** As DER writes it. */
function encoded(tag: number, value: Uint8Array): Uint8Array {
  const digits: number[] = []
  for (let rest = value.length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256)
  const length = value.length < 128 ? [value.length] : [0x80 | digits.length, ...digits]
  return Uint8Array.from([tag, ...length, ...value])
}

describe('a reader of DER', () => {
  it('reads back what was written, of any length', () => {
    const values = fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 5 })
    fc.assert(
      fc.property(values, fc.constantFrom(0x02, 0x04, 0x30, 0xa0), (list, tag) => {
        const all = Uint8Array.from(list.flatMap((value) => [...encoded(tag, value)]))
        expect(new DerReader(all).rest().map(({ value }) => [...value])).toStrictEqual(list.map((value) => [...value]))
      }),
    )
  })

  it('reads what it is told to, in turn, to the end', () => {
    const reader = new DerReader(bytes(0x30, 3, 0x02, 1, 5, 0x04, 0))
    expect(smallInteger(reader.open(DER.sequence).read(DER.integer))).toBe(5)
    expect(reader.readOptional(DER.boolean)).toBeUndefined()
    expect(() => reader.end()).toThrow(DerError)
    expect(reader.readOptional(DER.octetString)?.whole).toStrictEqual(bytes(0x04, 0))
    expect(() => reader.end()).not.toThrow()
    expect(() => reader.read()).toThrow(DerError)
    expect(() => new DerReader(bytes(0x02, 1, 5)).read(DER.octetString)).toThrow(DerError)
  })

  it.each([
    ['nothing after the tag', [0x04]],
    ['fewer bytes than it says', [0x04, 2, 1]],
    ['a length that is told at the end', [0x30, 0x80, 0, 0]],
    ['a length in more bytes than needed', [0x04, 0x81, 1, 0]],
    ['a length with a leading zero', [0x04, 0x82, 0, 0x80]],
    ['a length of four bytes', [0x04, 0x84, 0, 0, 0, 1, 0]],
    ['a tag of several bytes', [0x1f, 0x81, 1, 0]],
  ])('refuses %s', (_, wrong) => {
    expect(() => new DerReader(bytes(...wrong)).read()).toThrow(DerError)
  })
})

describe('values of DER', () => {
  it('are object identifiers', () => {
    expect(objectIdentifier(element(0x06, 0x55, 0x04, 0x03))).toBe('2.5.4.3')
    expect(objectIdentifier(element(0x06, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b))).toBe(
      '1.2.840.113549.1.1.11',
    )
    expect(objectIdentifier(element(0x06, 0x88, 0x37))).toBe('2.999')
    for (const wrong of [[], [0x55, 0x84], [0x80, 0x01], [0x55, 0x80, 0x01], Array.from({ length: 9 }, () => 0xff)]) {
      expect(() => objectIdentifier(element(0x06, ...wrong))).toThrow(DerError)
    }
    expect(() => objectIdentifier(element(0x04, 0x55, 0x04, 0x03))).toThrow(DerError)
  })

  it('are bits, the first first', () => {
    expect(bitsOf(element(0x03, 5, 0b10100000))).toStrictEqual([true, false, true])
    expect(bitsOf(element(0x03, 0))).toStrictEqual([])
    for (const wrong of [[], [8, 0], [1]]) expect(() => bitsOf(element(0x03, ...wrong))).toThrow(DerError)
  })

  it('are booleans of one spelling', () => {
    expect(booleanOf(element(0x01, 0xff))).toBe(true)
    expect(booleanOf(element(0x01, 0))).toBe(false)
    for (const wrong of [[], [1], [0xff, 0xff]]) expect(() => booleanOf(element(0x01, ...wrong))).toThrow(DerError)
  })

  it('are small numbers', () => {
    expect(smallInteger(element(0x02, 0))).toBe(0)
    expect(smallInteger(element(0x02, 0, 0x80))).toBe(128)
    expect(smallInteger(element(0x02, 1, 0, 0))).toBe(65_536)
    for (const wrong of [[], [0x80], [0, 1], [1, 0, 0, 0]]) {
      expect(() => smallInteger(element(0x02, ...wrong))).toThrow(DerError)
    }
  })
})
