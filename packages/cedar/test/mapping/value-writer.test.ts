import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { datetime, decimal, duration, entity, ipaddr } from '../../src/index.js'
import { cedarJsonWriter } from '../../src/mapping/cedar-json.js'
import { entityNaming } from '../../src/mapping/entity-naming.js'
import { SizeBudget } from '../../src/mapping/request-limits.js'
import { Unmappable } from '../../src/mapping/unmappable.js'
import { writeMembers, writeValue } from '../../src/mapping/value-writer.js'

const write = (value: unknown, limit?: number) =>
  writeValue(
    {
      writer: cedarJsonWriter,
      budget: new SizeBudget(limit),
      reference: entityNaming('x', { namespace: 'N' }).reference,
    },
    'context.x',
    value,
  )

it('writes data of JSON as it is, but for null and numbers that are no Long', () => {
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.string({ unit: 'binary' }),
      fc.boolean(),
      fc.maxSafeInteger().map((value) => (value === 0 ? 0 : value)),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(
        fc.string().filter((name) => !name.startsWith('__e')),
        tie('value'),
        { maxKeys: 4 },
      ),
    ),
  })).value
  fc.assert(
    fc.property(json, (value) => {
      expect(JSON.stringify(write(value))).toBe(JSON.stringify(value))
    }),
  )
})

it('writes what JSON has no value for', () => {
  expect(
    write([entity('User', 'a'), decimal('1.5'), ipaddr('::1'), datetime('2026-01-01'), duration('1d')]),
  ).toStrictEqual([
    { __entity: { type: 'N::User', id: 'a' } },
    { __extn: { fn: 'decimal', arg: '1.5' } },
    { __extn: { fn: 'ip', arg: '::1' } },
    { __extn: { fn: 'datetime', arg: '2026-01-01' } },
    { __extn: { fn: 'duration', arg: '1d' } },
  ])
})

it('keeps a member named __proto__ one among others', () => {
  const members = writeMembers(
    { writer: cedarJsonWriter, budget: new SizeBudget(), reference: entityNaming('x', {}).reference },
    'x',
    JSON.parse('{"__proto__":{"admin":true}}') as object,
  )
  expect(Object.getPrototypeOf(members)).toBe(Object.prototype)
  expect((members as { admin?: unknown }).admin).toBeUndefined()
  expect(JSON.stringify(members)).toBe('{"__proto__":{"admin":true}}')
})

describe('names the place and not the value of', () => {
  const deep = Array.from({ length: 40 }).reduce<object>((inner) => ({ inner }), {})
  it.each([
    ['null', { a: [null] }, /^context\.x\.a\[0\] is null/],
    ['a function', { secret: () => {} }, /secret is a function/],
    ['a bigint', 1n, /^context\.x is a bigint/],
    ['a fraction', 4711.5, /^context\.x is a number that Cedar has no exact value for/],
    ['NaN', Number.NaN, /no exact value/],
    ['a Map', new Map(), /instance of a class/],
    ['a promise', Promise.resolve(), /instance of a class/],
    ['a hole in a list', Array.from({ length: 3, 0: 1 }), /\[1\] is undefined/],
    ['a list with undefined', [undefined], /\[0\] is undefined/],
    ['a name of Cedar', { __extn: 'x' }, /has a name that Cedar keeps for itself/],
    ['a name of Cedar, deeper', [{ a: { __entity: {} } }], /\[0\]\.a\.__entity/],
    ['another name of Cedar', { __expr: 'x' }, /keeps for itself/],
    ['too many levels', deep, /nested more than 32 levels/],
    ['half a letter', '\udc00', /well-formed/],
    ['half a letter in a name', { '\ud800': 1 }, /well-formed/],
    ['a decimal that is none', decimal('4711'), /is no decimal/],
    ['a decimal that is no text', decimal(4711 as never), /is no decimal/],
    ['a duration that is none', duration('d'), /is no duration/],
    ['an empty duration', duration(''), /is no duration/],
    ['a datetime that is none', datetime('today'), /is no datetime/],
    ['a date beyond the year 9999', new Date(Date.UTC(12_000, 1)), /is no datetime/],
    ['an entity without an id', entity('User', ''), /\.id must be a text of 1 to 612/],
    ['an entity whose id is no text', entity('User', 7 as never), /\.id must be/],
    ['an entity of a type that is none', entity('a b', 'x'), /is no name of a type/],
  ])('%s', (_, value, message) => {
    expect(() => write(value)).toThrow(Unmappable)
    expect(() => write(value)).toThrow(message)
    expect(() => write(value)).not.toThrow(/4711/)
  })
})

it('counts the bytes of all letters', () => {
  const costOf = (text: string) => {
    const budget = new SizeBudget()
    budget.spend('x', text)
    return budget.spent - 32
  }
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(costOf(text)).toBe(Buffer.byteLength(text))
    }),
  )
  expect(() => write('x'.repeat(100), 131)).toThrow('context.x makes the request larger than 131 bytes')
  expect(write('x'.repeat(99), 131)).toHaveLength(99)
})
