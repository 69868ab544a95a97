import fc from 'fast-check'
import { expect, it } from 'vitest'
import { equalJson } from '../../src/vocabulary/json-equality.js'
import type { JsonValue } from '../../src/vocabulary/json-object.js'

it.each<[JsonValue, JsonValue]>([
  [
    { a: 1, b: [true, null] },
    { b: [true, null], a: 1 },
  ],
  [[], []],
  ['x', 'x'],
  [null, null],
])('%j and %j are equal', (a, b) => {
  expect(equalJson(a, b)).toBe(true)
})

it.each<[JsonValue, JsonValue]>([
  [1, '1'],
  [0, false],
  [null, {}],
  [[], {}],
  [[1], 1],
  [
    [1, 2],
    [2, 1],
  ],
  [[1], [1, 2]],
  [{ a: 1 }, { a: 1, b: 2 }],
  [{ a: 1 }, { b: 1 }],
  [{ toString: null }, { valueOf: null }],
])('%j and %j are not', (a, b) => {
  expect(equalJson(a, b)).toBe(false)
  expect(equalJson(b, a)).toBe(false)
})

it('a value equals its copy, and only what has the same text once names are sorted', () => {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted)
    if (typeof value !== 'object' || value === null) return value
    return Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, sorted(item)])
  }
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      expect(equalJson(a as JsonValue, structuredClone(a) as JsonValue)).toBe(true)
      const tagged = (value: unknown) => JSON.stringify([Array.isArray(value), typeof value, sorted(value)])
      if (equalJson(a as JsonValue, b as JsonValue)) expect(tagged(a)).toBe(tagged(b))
    }),
  )
})
