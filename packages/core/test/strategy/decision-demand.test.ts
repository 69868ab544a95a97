import { describe, expect, it } from 'vitest'
import { combinePolicies, ConfigurationError, definePolicy, type RoutePolicy } from '../../src/index.js'
import { questionOf } from '../../src/strategy/decision-demand.js'

const order = { type: 'Order', id: '7' } as const

describe('what a policy asks the decision point', () => {
  it('is nothing without an action', () => {
    expect(definePolicy({}).decisions).toStrictEqual([])
  })

  it('is kept as it was given, and cannot be changed', () => {
    const resource = { ...order, attributes: { open: true }, parents: [{ type: 'Shop', id: 's' }] }
    const policy = definePolicy({ action: 'refund', resource, context: { channel: 'web' } })
    expect(policy.decisions).toStrictEqual([
      { action: 'refund', resource, context: { channel: 'web' }, readsSchemaOutput: false },
    ])
    const [demand] = policy.decisions
    expect([policy.decisions, demand, demand?.resource, demand?.context].every(Object.isFrozen)).toBe(true)
  })

  it('may come from functions', () => {
    const policy = definePolicy({ action: () => 'refund', resource: () => order, context: () => ({}) })
    expect(policy.decisions.map((demand) => questionOf(demand))).toStrictEqual([
      { action: undefined, resourceType: undefined },
    ])
  })

  it('is known before any request where it is written out', () => {
    const [demand] = definePolicy({ action: 'refund', resource: order }).decisions
    expect(demand && questionOf(demand)).toStrictEqual({ action: 'refund', resourceType: 'Order' })
  })

  it('adds up where policies are combined', () => {
    const [refund, write] = [definePolicy({ action: 'refund', resource: order }), definePolicy({ action: 'write' })]
    const combined = combinePolicies(refund, definePolicy({}), write)
    expect(combined.decisions).toStrictEqual([...refund.decisions, ...write.decisions])
    expect(Object.isFrozen(combined.decisions)).toBe(true)
  })

  it.each<[string, unknown, string]>([
    ['an empty action', { action: '' }, 'policy.action must be a non-empty text'],
    ['an action of another type', { action: 7 }, 'policy.action must be a non-empty text'],
    ['an action that is undefined', { action: undefined }, 'policy.action is undefined'],
    ['a resource without an action', { resource: order }, 'policy.resource needs an action'],
    ['a context without an action', { context: {} }, 'policy.context needs an action'],
    ['no resource', { action: 'a', resource: null }, 'policy.resource must have a type and an id'],
    ['a resource as text', { action: 'a', resource: 'Order' }, 'policy.resource must have a type and an id'],
    ['a resource without an id', { action: 'a', resource: { type: 'Order' } }, 'policy.resource must have'],
    ['a resource with an empty type', { action: 'a', resource: { type: '', id: '1' } }, 'policy.resource must have'],
    ['an id that is a number', { action: 'a', resource: { type: 'Order', id: 1 } }, 'policy.resource must have'],
    [
      'attributes as text',
      { action: 'a', resource: { ...order, attributes: 'x' } },
      'policy.resource.attributes must be an object',
    ],
    [
      'attributes as a list',
      { action: 'a', resource: { ...order, attributes: [] } },
      'policy.resource.attributes must be',
    ],
    ['no attributes', { action: 'a', resource: { ...order, attributes: null } }, 'policy.resource.attributes must be'],
    ['one parent', { action: 'a', resource: { ...order, parents: order } }, 'policy.resource.parents must be a list'],
    [
      'a parent without an id',
      { action: 'a', resource: { ...order, parents: [{ type: 'Shop' }] } },
      'policy.resource.parents must be a list',
    ],
    [
      'a parent that is missing',
      { action: 'a', resource: { ...order, parents: Array.from({ length: 1 }) } },
      'policy.resource.parents must be a list',
    ],
    ['a context as text', { action: 'a', context: 'x' }, 'policy.context must be an object'],
    ['a context as a list', { action: 'a', context: [] }, 'policy.context must be an object'],
    ['no context', { action: 'a', context: null }, 'policy.context must be an object'],
  ])('is refused with %s', (_, policy, message) => {
    const define = () => definePolicy(policy as RoutePolicy)
    expect(define).toThrow(ConfigurationError)
    expect(define).toThrow(message)
  })
})
