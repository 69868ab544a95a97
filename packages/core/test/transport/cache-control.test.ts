import fc from 'fast-check'
import { expect, it } from 'vitest'
import { freshnessOf } from '../../src/transport/cache-control.js'

const answer = (headers: Record<string, string>) => ({ header: (name: string) => headers[name] })

it.each([
  ['max-age=60', 60_000],
  ['public, Max-Age=86400, must-revalidate', 86_400_000],
  ['public,max-age="120"', 120_000],
  ['max-age=0', 0],
  ['max-age=60, max-age=30', 30_000],
  ['max-age=soon', 0],
  ['max-age=-5', 0],
  ['max-age', 0],
])('is what the server says: %s', (value, expected) => {
  expect(freshnessOf(answer({ 'cache-control': value }))).toBe(expected)
})

it.each(['', 'public', 's-maxage=60', 'private, stale-if-error=60', 'no-cache', 'no-store, max-age=60', 'NO-CACHE'])(
  'is nothing where the server says nothing of use: %j',
  (value) => {
    expect(freshnessOf(answer({ 'cache-control': value }))).toBeUndefined()
  },
)

it('is nothing without the header', () => {
  expect(freshnessOf(answer({}))).toBeUndefined()
})

it.each([
  ['20', 40_000],
  ['60', 0],
  ['600', 0],
  ['old', 60_000],
])('is shorter by the age an answer comes with: %s', (age, expected) => {
  expect(freshnessOf(answer({ 'cache-control': 'max-age=60', age }))).toBe(expected)
})

it('is never negative and always a number, whatever is sent', () => {
  const part = fc.oneof(fc.string(), fc.constantFrom('max-age=5', 'max-age=99999999999', 'max-age=1e9', 'public'))
  fc.assert(
    fc.property(fc.array(part), fc.string(), (parts, age) => {
      const freshness = freshnessOf(answer({ 'cache-control': parts.join(','), age })) ?? 0
      expect(Number.isFinite(freshness) && freshness >= 0).toBe(true)
    }),
  )
})
