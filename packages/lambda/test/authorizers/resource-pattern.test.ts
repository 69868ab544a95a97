import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contains, overlaps } from '../../src/authorizers/resource-pattern.js'

const matches = (pattern: string, text: string) =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
      .join('[\\s\\S]*')}$`,
  ).test(text)

describe('patterns of resources', () => {
  it.each([
    ['GET/orders/*', 'GET/orders/7', true],
    ['GET/orders/*', 'GET/orders/*/items', true],
    ['GET/orders/*', 'DELETE/orders/*', false],
    ['GET/orders/*/items', 'GET/*/public', false],
    ['GET/orders/*/items', 'GET/orders/mine/*', true],
    ['*', '', true],
    ['', 'a', false],
    ['a*b', 'a*c', false],
  ])('%s and %s have a text in common: %s', (first, second, common) => {
    expect(overlaps(first, second)).toBe(common)
    expect(overlaps(second, first)).toBe(common)
  })

  it.each([
    ['GET/orders/*', 'GET/orders/7', true],
    ['GET/orders/*', 'GET/orders/*/items', true],
    ['GET/orders/*/items', 'GET/orders/*', false],
    ['GET/orders/*', 'GET/orders/*', true],
    ['*', 'GET/x', true],
    ['GET/*', '*', false],
    ['a*', 'a', true],
    ['a', 'a*', false],
    // What a client sends as a star is one more letter.
    ['GET/orders/7', 'GET/orders/*', false],
  ])('%s holds all of %s: %s', (outer, inner, all) => {
    expect(contains(outer, inner)).toBe(all)
  })

  it('agree with what the patterns match', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 6 })
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*'), maxLength: 6 })
    fc.assert(
      fc.property(pattern, pattern, text, (first, second, one) => {
        const [byFirst, bySecond] = [matches(first, one), matches(second, one)]
        if (byFirst && bySecond) expect(overlaps(first, second)).toBe(true)
        if (contains(first, second) && bySecond) expect(byFirst).toBe(true)
        if (contains(first, second)) expect(overlaps(first, second)).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })

  it('hold nothing that they do not match', () => {
    const literal = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 6 })
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 6 })
    fc.assert(
      fc.property(pattern, literal, (outer, one) => {
        expect(contains(outer, one)).toBe(matches(outer, one))
        expect(overlaps(outer, one)).toBe(matches(outer, one))
      }),
    )
  })
})
