import { expect, it } from 'vitest'
import { RepeatedValues } from '../../src/tokens/repeated-values.js'
import type { TokenFacts } from '../../src/tokens/token-facts.js'
import { heapInUse } from '../support/heap.js'

/** Texts as a parser makes them: each its own, though they be equal. */
function factsOf(claims: object): TokenFacts {
  const all = { iss: 'https://auth.example.com', sub: 'user-1234567890', exp: 2, ...claims }
  const parsed = JSON.parse(JSON.stringify(all)) as TokenFacts['claims']
  return {
    issuer: 'https://auth.example.com',
    subject: parsed.sub,
    clientId: undefined,
    scopes: Object.freeze(['orders/read', 'orders/write']),
    groups: (parsed['groups'] ?? []) as readonly string[],
    claims: parsed,
    expiresAt: 2_000,
    issuedAt: 1_000,
  }
}

it('changes nothing of what the facts say', () => {
  const claims = { groups: ['admin', 'staff'], nested: { list: [{ a: 1 }, null, true, 'text'], empty: {} }, n: null }
  const facts = factsOf(claims)
  expect(new RepeatedValues().sharedIn(facts)).toStrictEqual(facts)
})

it('freezes all of it', () => {
  const shared = new RepeatedValues().sharedIn(factsOf({ groups: ['admin'], nested: { list: [{ a: 1 }] } }))
  const { nested } = shared.claims as unknown as { nested: { list: [object] } }
  for (const part of [shared, shared.claims, shared.groups, shared.scopes, nested, nested.list, nested.list[0]]) {
    expect(Object.isFrozen(part)).toBe(true)
  }
})

it('has equal lists be one', () => {
  const values = new RepeatedValues()
  const [a, b] = [values.sharedIn(factsOf({ groups: ['admin'] })), values.sharedIn(factsOf({ groups: ['admin'] }))]
  expect(a.groups).toBe(b.groups)
  expect(a.claims['groups']).toBe(b.groups)
  expect(a.scopes).toBe(b.scopes)
  expect(values.sharedIn(factsOf({ groups: ['Admin'] })).groups).toStrictEqual(['Admin'])
})

it('saves the memory that copies would take, and keeps no more than a few of what is in one token alone', async () => {
  const values = new RepeatedValues()
  const scope = 'orders/read orders/write '.repeat(16)
  const held: TokenFacts[] = []
  const before = await heapInUse()
  for (let index = 0; index < 5_000; index++) held.push(values.sharedIn(factsOf({ scope, jti: `unique-${index}` })))
  const perToken = ((await heapInUse()) - before) / held.length

  expect(perToken).toBeLessThan(scope.length)
  const own = await heapInUse()
  held.length = 0
  // What is in one token alone goes with it, but for the thousand that came last.
  expect(own - (await heapInUse())).toBeGreaterThan(8e5)
  expect(values.sharedIn(factsOf({})).subject).toBe('user-1234567890')
})

it('leaves long texts and lists alone', () => {
  const values = new RepeatedValues()
  const long = 'x'.repeat(600)
  const facts = factsOf({ long, groups: [long] })
  expect(values.sharedIn(facts)).toStrictEqual(facts)
  expect(values.sharedIn(facts).groups).not.toBe(values.sharedIn(factsOf({ long, groups: [long] })).groups)
})
