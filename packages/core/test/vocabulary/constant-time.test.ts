import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { equalInConstantTime } from '../../src/vocabulary/constant-time.js'

describe('equalInConstantTime', () => {
  it('says what === says', () => {
    const text = fc.string({ unit: 'binary', maxLength: 8 })
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(equalInConstantTime(a, b)).toBe(a === b)
        expect(equalInConstantTime(a, `${a}`)).toBe(true)
      }),
    )
  })

  it('sees one difference, wherever it is', () => {
    expect(equalInConstantTime('abc', 'xbc')).toBe(false)
    expect(equalInConstantTime('abc', 'abx')).toBe(false)
    expect(equalInConstantTime('abc', 'abcd')).toBe(false)
  })

  it('compares to the end, whatever it has found', () => {
    let reads = 0
    const counting = Object.assign(Object('xbcdef'), {
      charCodeAt(index: number) {
        reads += 1
        return 'xbcdef'.charCodeAt(index)
      },
    }) as string
    expect(equalInConstantTime(counting, 'abcdef')).toBe(false)
    expect(reads).toBe(6)
  })
})
