import { describe, expect, it } from 'vitest'
import { booleanOption, checkOptionNames, durationOption, stringListOption } from '../../src/outcomes/option-check.js'

describe('checkOptionNames', () => {
  const check = (options: unknown) => () => checkOptionNames('owner', options, ['a', 'b'])

  it('takes known names', () => {
    expect(check({ a: 1 })).not.toThrow()
    expect(check({})).not.toThrow()
  })

  it('takes objects without a prototype', () => {
    expect(check(Object.assign(Object.create(null), { a: 1 }))).not.toThrow()
    expect(check(Object.create({ c: 1 }))).toThrow('takes a plain object of options')
  })

  it('names an unknown option and the known ones', () => {
    expect(check({ c: 1 })).toThrow('owner.c is not an option; known options are a, b')
  })

  it.each([undefined, null, 'text', 7, [[]], Promise.resolve({}), new Map(), new Date(0), () => {}])(
    'refuses %j in place of options',
    (options) => {
      expect(check(options)).toThrow('owner takes a plain object of options')
    },
  )
})

describe('durationOption', () => {
  const range = { byDefault: 5_000, min: 1_000, max: 60_000 }

  it('takes the default when the option is left out', () => {
    expect(durationOption('o', undefined, range)).toBe(5_000)
  })

  it.each([
    ['1s', 1_000],
    ['1m', 60_000],
    [2_500, 2_500],
  ] as const)('takes %j', (value, expected) => {
    expect(durationOption('o', value, range)).toBe(expected)
  })

  it.each(['999ms', '61s', 60_001, '1h', 'soon', '', null])('refuses %j and says what is accepted', (value) => {
    expect(() => durationOption('o', value as never, range)).toThrow(
      "o must be a duration from 1s to 1m: whole ms, s, m, h or d, such as '30s', or a number of milliseconds",
    )
  })
})

describe('stringListOption', () => {
  it('makes a frozen copy', () => {
    const given = ['a']
    const list = stringListOption('o', given, 'must be a list')
    given.push('b')
    expect(list).toStrictEqual(['a'])
    expect(Object.isFrozen(list)).toBe(true)
  })

  it.each([[undefined], [''], [[]], [['a', '']], [['a', undefined]], [Object.assign([], { length: 2 })], [7], [null]])(
    'refuses %j',
    (value) => {
      expect(() => stringListOption('o', value, 'must be a list')).toThrow('o must be a list')
    },
  )

  it('says so when nothing was given', () => {
    expect(() => stringListOption('o', undefined, 'must be a list')).toThrow('o must be a list; it is undefined')
  })

  it.each([' a', 'a\n', ['a', 'b ']])('refuses space around a value: %j', (value) => {
    expect(() => stringListOption('o', value, 'must be a list')).toThrow('o has a space at the beginning or the end')
  })
})

describe('booleanOption', () => {
  it('is false by default', () => {
    expect(booleanOption('o', undefined)).toBe(false)
    expect(booleanOption('o', true)).toBe(true)
  })

  it.each(['true', 1, null])('refuses %j', (value) => {
    expect(() => booleanOption('o', value)).toThrow('o must be true or false')
  })
})
