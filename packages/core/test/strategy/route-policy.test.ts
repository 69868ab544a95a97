import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { combinePolicies, ConfigurationError, definePolicy, type RoutePolicy } from '../../src/index.js'
import { isCompiledPolicy } from '../../src/strategy/route-policy.js'

describe('definePolicy', () => {
  it('freezes what it was given, and keeps a copy', () => {
    const scopes = ['a']
    const policy = definePolicy({ name: 'orders', scopes, maxRevocationLag: 'token-lifetime' })
    scopes.push('b')
    expect(policy).toMatchObject({
      name: 'orders',
      scopes: ['a'],
      anyScope: [],
      groups: [],
      issuers: [],
      maxRevocationLag: 'token-lifetime',
      acrValues: [],
      maxAge: undefined,
      decisions: [],
    })
    expect([policy, policy.scopes, policy.groups, policy.acrValues].every(Object.isFrozen)).toBe(true)
  })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'policy takes a plain object of options'],
    ['a list', [], 'policy takes a plain object of options'],
    [
      'a misspelt field',
      { scope: ['a'] },
      'policy.scope is not an option; known options are name, maxRevocationLag, maxRevocationLagDuringOutage, heldFor, scopes',
    ],
    ['a field that is undefined', { scopes: undefined }, 'policy.scopes is undefined; leave it out or give a value'],
    ['no scope', { scopes: [] }, 'policy.scopes must be a list of one or more scope tokens'],
    ['a scope as text', { scopes: 'a b' }, 'policy.scopes must be a list'],
    ['a scope with a space', { scopes: ['a b'] }, 'policy.scopes must be a list'],
    ['a scope with a quote', { anyScope: ['a"'] }, 'policy.anyScope must be a list'],
    ['an empty scope', { scopes: [''] }, 'policy.scopes must be a list'],
    ['a scope that is undefined', { scopes: ['a', undefined] }, 'policy.scopes must be a list'],
    ['no group', { groups: [] }, 'policy.groups must be a list of one or more group names'],
    ['a group as text', { groups: 'admin' }, 'policy.groups must be a list'],
    ['no issuer', { issuers: [] }, 'policy.issuers must be a list of one or more issuer identifiers'],
    ['null scopes', { scopes: null }, 'policy.scopes must be a list'],
    ['an empty name', { name: '' }, 'policy.name must be a non-empty string'],
    ['claims that are no schema', { claims: {} }, 'policy.claims must be a Standard Schema'],
    [
      'a revocation lag that is none',
      { maxRevocationLag: 'soon' },
      "policy.maxRevocationLag must be 'token-lifetime', or",
    ],
    ['sender constraints', { senderConstrained: 'yes' }, "policy.senderConstrained must be 'required' or 'if-bound'"],
    ['no class of authentication', { acrValues: [] }, 'policy.acrValues must be a list of one or more'],
    ['a class as text', { acrValues: 'loa2' }, 'policy.acrValues must be a list'],
    ['a class with a space', { acrValues: ['loa1 loa2'] }, 'policy.acrValues must be a list'],
    ['a class with a quote', { acrValues: ['loa"'] }, 'policy.acrValues must be a list'],
    ['an empty class', { acrValues: [''] }, 'policy.acrValues must be a list'],
    ['a class that is undefined', { acrValues: Array.from({ length: 1 }) }, 'policy.acrValues must be a list'],
    ['a maximum age that is none', { maxAge: 'soon' }, 'policy.maxAge must be a duration from 1s to 365d'],
    ['a maximum age of nothing', { maxAge: '0s' }, 'policy.maxAge must be a duration from 1s to 365d'],
    ['a maximum age without end', { maxAge: Infinity }, 'policy.maxAge must be a duration'],
    ['a part of a second', { maxAge: 1_500 }, 'policy.maxAge must be whole seconds'],
    ['a maximum age that is undefined', { maxAge: undefined }, 'policy.maxAge is undefined'],
  ])('refuses %s', (_, policy, message) => {
    const define = () => definePolicy(policy as RoutePolicy)
    expect(define).toThrow(ConfigurationError)
    expect(define).toThrow(message)
  })

  it('does not take a changed copy of a compiled policy for one', () => {
    const policy = definePolicy({ scopes: ['a'] })
    expect(isCompiledPolicy(policy)).toBe(true)
    expect(isCompiledPolicy({ ...policy, scopes: ['b'] } as object)).toBe(false)
    expect(() => definePolicy({ ...policy, scopes: [] } as never)).toThrow(ConfigurationError)
    expect(definePolicy(policy)).toBe(policy)
  })

  it('takes a schema of any library that follows the standard', () => {
    expect(definePolicy({ claims: z.object({ tenant: z.string() }) }).claims).toBeDefined()
  })
})

describe('combinePolicies', () => {
  const first = definePolicy({ name: 'first', scopes: ['a', 'b'], groups: ['g'], issuers: ['https://a.example'] })
  const second = definePolicy({ name: 'second', scopes: ['b', 'c'], anyScope: ['d', 'e'], groups: ['h', 'i'] })

  it('demands what all of them demand', () => {
    const combined = combinePolicies(first, second)
    expect(combined).toMatchObject({
      name: 'first',
      scopes: ['a', 'b', 'c'],
      anyScope: [['d', 'e']],
      groups: [['g'], ['h', 'i']],
      issuers: [['https://a.example']],
    })
    expect([combined, combined.scopes, combined.groups].every(Object.isFrozen)).toBe(true)
    expect(isCompiledPolicy(combined)).toBe(true)
  })

  it('is no less than one policy alone', () => {
    expect(combinePolicies(second)).toStrictEqual(second)
  })

  it('has the first name there is', () => {
    const nameless = definePolicy({ scopes: ['a'] })
    expect(combinePolicies(nameless, first, second).name).toBe('first')
    expect(combinePolicies(nameless, nameless).name).toBeUndefined()
  })

  it('keeps the claims schema of the first, and takes no other', () => {
    const withSchema = definePolicy({ claims: z.object({ tenant: z.string() }) })
    expect(combinePolicies(withSchema, first).claims).toBe(withSchema.claims)
    expect(() => combinePolicies(first, withSchema)).toThrow(
      'policy.claims can be combined only where the first policy has it',
    )
  })
})
