import * as cedar from '@cedar-policy/cedar-wasm/nodejs'
import { expect, it } from 'vitest'
import type { CedarEngine } from '../../src/engine/cedar-engine.js'
import { storeSchemaJson } from '../../src/engine/store-schema.js'

const json = (schema: string | object) => storeSchemaJson(cedar as CedarEngine, 'schema', 'schema', schema)
const text = `namespace N {
  type Pair = { a: Bool, b?: Set<decimal> };
  entity User = { at: datetime, for: duration, from: ipaddr, name: String, n: Long, pair: Pair, friend?: User };
  action read appliesTo { principal: User, resource: User, context: { on: Bool } };
}`

it('names built-in types as the JSON form does', () => {
  expect(JSON.parse(json(text))).toMatchObject({
    N: {
      commonTypes: {
        Pair: {
          attributes: {
            a: { type: 'Boolean' },
            b: { type: 'Set', element: { type: 'Extension', name: 'decimal' }, required: false },
          },
        },
      },
      entityTypes: {
        User: {
          shape: {
            attributes: {
              at: { type: 'Extension', name: 'datetime' },
              for: { type: 'Extension', name: 'duration' },
              from: { type: 'Extension', name: 'ipaddr' },
              name: { type: 'String' },
              n: { type: 'Long' },
              pair: { type: 'N::Pair' },
              friend: { type: 'Entity', name: 'N::User', required: false },
            },
          },
        },
      },
    },
  })
})

it('is the same for text and for its own JSON, whatever the order', () => {
  const once = json(text)
  expect(json(JSON.parse(once) as object)).toBe(once)
  const shuffled = text.replace('a: Bool, b?: Set<decimal>', 'b?: Set<decimal>, a: Bool')
  expect(json(shuffled)).toBe(once)
  expect(json(text.replace('n: Long', 'n: String'))).not.toBe(once)
})
