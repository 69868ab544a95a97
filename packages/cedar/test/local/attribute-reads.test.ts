import * as cedar from '@cedar-policy/cedar-wasm/nodejs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CedarEngine } from '../../src/engine/cedar-engine.js'
import { parsePolicies, type Policy } from '../../src/engine/policy.js'
import { cedarDecisionPoint, entity } from '../../src/index.js'
import { readsOf } from '../../src/local/attribute-reads.js'
import { asking } from '../support/shop.js'

function policy(condition: string, scope = 'principal, action, resource'): Policy {
  const text = `permit(${scope}) when { ${condition} };`
  return parsePolicies(cedar as CedarEngine, 'test', [{ name: 'test', text }])[0] as Policy
}

describe('attributes of the resource may be read by', () => {
  it.each([
    'resource.owner == principal',
    'resource has owner',
    'resource has a.b',
    'resource["a b"] like "x*"',
    'resource.getTag("x") == 1',
    'resource.hasTag("x")',
    '[resource.a, 1].contains(2)',
    '{a: resource.b} == context',
    '{a: resource}.a.b == 1',
    'if context.x then resource.a else true',
    '(if context.x then resource else principal).a == 1',
    'ip(resource.x).isInRange(ip("10.0.0.0/8"))',
    '!(-resource.a == 1)',
    'resource in resource.market',
    'resource is Order in resource.market',
    'Order::"7".owner == principal',
    'Order::"7" has owner',
    'context.friend.name == "a"',
    'context has friend.name',
    '[[1], [resource.x]].contains([2])',
  ])('%s', (condition) => {
    expect(readsOf(policy(condition)).attributes).toBe(true)
  })
})

describe('nothing of the resource is read by', () => {
  it.each([
    'true',
    'resource == Order::"7"',
    'principal == resource',
    'principal in resource',
    'resource in Market::"eu"',
    'resource is Order',
    'principal.email == "a"',
    'principal.address.city like "K*"',
    'principal has address.city',
    'context.mfa',
    'context has mfa && context["mfa"]',
    'context.token.scope.contains("a")',
    'context.token.address.city == "x"',
    'context has token.scope',
    'action == Action::"a"',
    'context.friend == resource',
  ])('%s', (condition) => {
    expect(readsOf(policy(condition)).attributes).toBe(false)
  })
})

describe('what something belongs to', () => {
  it.each([
    ['true', 'principal in UserGroup::"a", action, resource', true],
    ['true', 'principal, action, resource in Market::"eu"', true],
    ['true', 'principal, action, resource is Order in Market::"eu"', true],
    ['principal in UserGroup::"a"', undefined, true],
    ['!(resource is Order in Market::"eu")', undefined, true],
    ['resource is Order', 'principal is User, action in Action::"a", resource is Order', false],
    ['resource.a == 1', 'principal == User::"a", action, resource == Order::"7"', false],
  ])('when { %s } (%s): %s', (condition, scope, hierarchy) => {
    expect(readsOf(policy(condition, scope)).hierarchy).toBe(hierarchy)
  })
})

it('a decision without attributes that nothing reads is the decision with them', async () => {
  const { leaf, condition } = fc.letrec<{ leaf: string; condition: string }>((tie) => ({
    leaf: fc.constantFrom(
      'resource.open',
      'resource has note',
      'resource == Order::"7"',
      'resource in Market::"eu"',
      'context.mfa',
      'context.token.sub == "u1"',
      'principal == resource',
      'context.friend == resource',
      'context.friend has open',
      'context.friend.open',
      '{r: resource}.r.open',
      'Order::"7" has open',
      'context has token.sub',
      'principal has x',
    ),
    condition: fc.oneof(
      { maxDepth: 4 },
      tie('leaf'),
      fc.tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition')).map((parts) => `(${parts.join(' ')})`),
      tie('condition').map((inner) => `!(${inner})`),
      fc.tuple(tie('condition'), tie('leaf')).map(([test, then]) => `(if ${test} then ${then} else false)`),
    ),
  }))
  void leaf
  const effects = fc.array(fc.tuple(fc.constantFrom('permit', 'forbid'), condition), { minLength: 1, maxLength: 4 })
  let unloaded = 0
  await fc.assert(
    fc.asyncProperty(effects, async (conditions) => {
      const policies = conditions.map(([effect, body]) => `${effect}(principal, action, resource) when { ${body} };`)
      const context = { mfa: true, friend: entity('Order', '7') }
      const resource = { type: 'Order', id: '7', attributes: { open: true }, parents: [{ type: 'Market', id: 'eu' }] }
      const lazy = asking({ context, resource })
      const point = cedarDecisionPoint({ policies: policies.join('\n') })
      // What an entity source says is there whether or not anybody reads it.
      const eager = cedarDecisionPoint({ policies: policies.join('\n'), entities: [resource] })
      expect(await point.decide(lazy)).toStrictEqual(await eager.decide(asking({ context, resource })))
      unloaded += lazy.loads === 0 ? 1 : 0
      point.close()
      eager.close()
    }),
    { numRuns: 150 },
  )
  expect(unloaded).toBeGreaterThan(10)
})
