import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { member, parseJsonObject } from '../../src/vocabulary/json-object.js'

/** An object as a list of members, so that a name can occur twice. */
type Node = { readonly members: readonly (readonly [string, Node | string])[] }

const name = fc.oneof(
  fc.constantFrom('iss', 'sub', 'a/b', 'quote in "it"', 'ünï', '', 'constructor'),
  fc.string({ maxLength: 4 }),
)
const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))
const leaf = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })).map((value) => JSON.stringify(value))
const { tree } = fc.letrec<{ tree: Node }>((tie) => ({
  tree: fc.record({
    members: fc.array(fc.tuple(name, fc.oneof({ maxDepth: 3 }, leaf, leaf, tie('tree'))), { maxLength: 5 }),
  }),
}))

function textOf(node: Node): string {
  return `{${node.members.map(([key, value]) => `${JSON.stringify(key)} : ${typeof value === 'string' ? value : textOf(value)}`).join(' ,\n')}}`
}

/** Independent of the code under test: works on the tree, before there is a text. */
function mustBeRefused(node: Node): boolean {
  const names = node.members.map(([key]) => key)
  return (
    new Set(names).size !== names.length ||
    names.some((key) => key === '__proto__' || JSON.stringify(key).includes('\\')) ||
    node.members.some(([, value]) => typeof value !== 'string' && mustBeRefused(value))
  )
}

describe('parseJsonObject', () => {
  it('agrees with a reference on which texts are refused, and with JSON.parse on the rest', () => {
    let refused = 0
    fc.assert(
      fc.property(tree, (node) => {
        const parsed = parseJsonObject(textOf(node))
        if (mustBeRefused(node)) {
          refused += 1
          expect(parsed).toBeUndefined()
        } else {
          expect(JSON.stringify(parsed)).toBe(JSON.stringify(JSON.parse(textOf(node))))
        }
      }),
      { numRuns: 5_000 },
    )
    expect(refused).toBeGreaterThan(500)
  })

  it('agrees with the reference where nothing is escaped, which takes another way', () => {
    const plain = fc.constantFrom('iss', 'sub', 'a/b', 'ünï', '', 'constructor', '__proto__', '{', ',', ':')
    const { object } = fc.letrec<{ object: Node }>((tie) => ({
      object: fc.record({
        members: fc.array(
          fc.tuple(
            plain,
            fc.oneof(
              { maxDepth: 3 },
              plain.map((text) => JSON.stringify([text, { text }])),
              tie('object'),
            ),
          ),
          { maxLength: 4 },
        ),
      }),
    }))
    const seen = { refused: 0, read: 0 }
    fc.assert(
      fc.property(object, (node) => {
        const text = textOf(node)
        expect(text).not.toContain('\\')
        const parsed = parseJsonObject(text)
        seen[mustBeRefused(node) ? 'refused' : 'read'] += 1
        if (mustBeRefused(node)) expect(parsed).toBeUndefined()
        else expect(JSON.stringify(parsed)).toBe(JSON.stringify(JSON.parse(text)))
      }),
      { numRuns: 5_000 },
    )
    expect(Math.min(seen.refused, seen.read)).toBeGreaterThan(500)
  })

  it.each([
    ['a duplicate name', '{"iss":"a","iss":"b"}'],
    ['a duplicate name in a nested object', '{"a":[{"b":{"c":1,"d":2,"c":3}}]}'],
    ['a duplicate name beside an escape', String.raw`{"iss":"a","x":"\n","iss":"b"}`],
    ['a duplicate that differs in escapes', String.raw`{"a/b":1,"a\/b":2}`],
    ['an escaped name', String.raw`{"\u0069ss":"a"}`],
    ['a name that ends in an escaped backslash', String.raw`{"a\\":1}`],
    ['a name with an escaped backslash before a slash', String.raw`{"a\\/":1}`],
    ['__proto__', '{"__proto__":{"admin":true}}'],
    ['a nested __proto__', '{"a":{"__proto__":null}}'],
    ['__proto__ beside an escape', String.raw`{"a":"\n","__proto__":{"admin":true}}`],
    ['an array', '[1]'],
    ['a string', '"a"'],
    ['null', 'null'],
    ['an empty text', ''],
    ['a text with a byte order mark', '\ufeff{}'],
    ['two objects', '{}{}'],
    ['an unfinished string', '{"a'],
    ['an unfinished object', '{"a":1'],
    ['a closing bracket too many', '{}}'],
    ['a trailing comma', '{"a":1,}'],
    ['a comment', '{/**/}'],
    ['single quotes', "{'a':1}"],
  ])('refuses %s', (_, text) => {
    expect(parseJsonObject(text)).toBeUndefined()
  })

  it('refuses a duplicate among many names', () => {
    const names = Array.from({ length: 200 }, (_, index) => `n${index}`)
    for (const value of ['1', String.raw`"\n"`]) {
      const text = (list: readonly string[]) => `{${list.map((key) => `"${key}":${value}`).join(',')}}`
      expect(Object.keys(parseJsonObject(text(names)) ?? {})).toEqual(names)
      expect(parseJsonObject(text([...names, 'n150']))).toBeUndefined()
      expect(parseJsonObject(text([...names, 'n3']))).toBeUndefined()
    }
  })

  it('refuses a duplicate wherever the first of its name stands, around 32 names and beyond', () => {
    const nth = (index: number) => String.raw`"n${index}":"\n"`
    for (const count of [1, 31, 32, 33, 34, 64]) {
      const members = Array.from({ length: count }, (_, index) => nth(index))
      expect(parseJsonObject(`{${members.join(',')}}`), `${count} names`).toBeDefined()
      for (let index = 0; index < count; index++) {
        const text = `{${[...members, nth(index)].join(',')}}`
        expect(parseJsonObject(text), `name ${index} of ${count}`).toBeUndefined()
      }
    }
  })

  it('reads a name whose only escape is a slash, as PHP writes it', () => {
    const text = String.raw`{"https:\/\/example.com\/roles":["a\/b"],"x":{"c\/d":"\u0041"}}`
    expect(parseJsonObject(text)).toStrictEqual({ 'https://example.com/roles': ['a/b'], x: { 'c/d': 'A' } })
  })

  it('keeps a hostile text from changing how a later one is read', () => {
    // On current V8, JSON.parse would afterwards read the second text's name as a backslash and u0069ss.
    parseJsonObject(String.raw`{"\\u0069ss":"x"}`)
    parseJsonObject(String.raw`{"\\/":"x"}`)
    expect(parseJsonObject(String.raw`{"\/x":"real"}`)).toStrictEqual({ '/x': 'real' })
    expect(parseJsonObject(String.raw`{"\u0069ss":"real"}`)).toBeUndefined()
  })

  it('nests to a depth of 32 and no further', () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`
    expect(parseJsonObject(nested(32))).toBeDefined()
    expect(parseJsonObject(nested(33))).toBeUndefined()
    expect(parseJsonObject(`{"a":${'['.repeat(100_000)}`)).toBeUndefined()
    expect(parseJsonObject(`{"a":${'['.repeat(9_000)}${']'.repeat(9_000)}}`)).toBeUndefined()
    const escaped = (depth: number) => nested(depth).replace('{}', String.raw`{"a":"\n"}`)
    expect(parseJsonObject(escaped(32))).toBeDefined()
    expect(parseJsonObject(escaped(33))).toBeUndefined()
  })

  it('freezes the object and everything in it', () => {
    const parsed = parseJsonObject('{"a":[{"b":{"c":1}}]}') as { a: [{ b: object }] }
    for (const value of [parsed, parsed.a, parsed.a[0], parsed.a[0].b]) expect(Object.isFrozen(value)).toBe(true)
  })
})

describe('member', () => {
  it('reads own members and nothing inherited', () => {
    const object = parseJsonObject('{"a":1}') ?? {}
    expect(member(object, 'a')).toBe(1)
    expect(member(object, 'constructor')).toBeUndefined()
    expect(member(object, 'toString')).toBeUndefined()
  })
})
