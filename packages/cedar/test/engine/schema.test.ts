import * as cedar from '@cedar-policy/cedar-wasm/nodejs'
import { expect, it } from 'vitest'
import type { CedarEngine } from '../../src/engine/cedar-engine.js'
import { readSchema } from '../../src/engine/schema.js'

const engine = cedar as CedarEngine
const text = `
type Ids = Set<String>;
namespace Shop {
  type Token = { scope: Ids, client_id?: String };
  type Context = { token: Token };
  entity Group in [Group];
  entity User in [Group] = { email: String, tags?: Set<Long> };
  entity Order;
  action top;
  action middle in [top];
  action read in [middle] appliesTo { principal: User, resource: [Order, User], context: Context };
  action write appliesTo { principal: User, resource: Order, context: { mfa: Bool } };
}`

it.each([
  ['text', text],
  ['JSON', (engine.schemaToJsonWithResolvedTypes(text) as { json: object }).json],
])('reads the actions, their groups and contexts from %s', (_, given) => {
  const schema = readSchema(engine, 'schema', 'schema', given)
  expect([...schema.actions.keys()].toSorted()).toStrictEqual(
    ['middle', 'read', 'top', 'write'].map((id) => `Shop::Action::"${id}"`),
  )
  expect(schema.actions.get('Shop::Action::"read"')).toStrictEqual({
    ancestors: new Set(['Shop::Action::"middle"', 'Shop::Action::"top"']),
    principalTypes: ['Shop::User'],
    resourceTypes: ['Shop::Order', 'Shop::User'],
    context: { names: new Set(['token']), sets: new Set(), required: new Set(['token']) },
    token: { names: new Set(['client_id', 'scope']), sets: new Set(['scope']), required: new Set(['scope']) },
  })
  expect(schema.actions.get('Shop::Action::"write"')?.token).toBeUndefined()
})

it('reads the attributes of types', () => {
  const schema = readSchema(engine, 'schema', 'schema', text)
  const declared = { names: new Set(['email', 'tags']), sets: new Set(['tags']), required: new Set(['email']) }
  expect(schema.attributesOf('Shop::User')).toStrictEqual(declared)
  expect(schema.attributesOf('Shop::Order')?.names.size).toBe(0)
  expect(schema.attributesOf('Shop::Nothing')).toBeUndefined()
})

it('refuses JSON that is no schema', () => {
  expect(() => readSchema(engine, 'cedar.schema', 'schema', { Shop: 7 })).toThrow(/^cedar\.schema schema/)
})
