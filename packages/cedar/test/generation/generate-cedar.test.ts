import { createResourceServer, type RoutePolicy } from '@tokenward/core'
import { cognitoUserPool } from '@tokenward/core/cognito'
import { fakeCognito } from '@tokenward/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ApiDescription, cedarDecisionPoint, generateCedar, type RouteDescription } from '../../src/index.js'
import { POOL } from '../support/shop.js'

const shop: ApiDescription = {
  namespace: 'Shop',
  resourceServers: { orders: ['read', 'write'], reports: ['read'] },
  groups: ['admins', 'auditors'],
  userPoolId: POOL,
  claims: { tenant: 'String' },
  resources: { Order: { owner: 'User', 'note?': 'String', 'odd name?': 'Long' } },
  routes: [
    { action: 'GET /orders/{id}', scopes: ['orders/read'], resource: 'Order' },
    {
      action: 'refund',
      scopes: ['orders/read', 'orders/write'],
      groups: ['admins'],
      resource: 'Order',
      context: { 'mfa?': 'Bool' },
    },
    { action: 'reports', anyScope: ['reports/read', 'orders/read'], groups: ['admins', 'auditors'] },
    { action: 'me', anyToken: true },
  ],
}

it('writes a schema and policies that a person can read', () => {
  expect(generateCedar(shop)).toMatchSnapshot()
})

it('writes what a decision point takes', async () => {
  const { schema, policies } = generateCedar(shop)
  const point = cedarDecisionPoint({ schema, policies, namespace: 'Shop' })
  expect(point.explain({ action: 'refund', resourceType: 'Order' })).toBe('Cedar, by refund')
  point.close()
})

it('names policies as a policy store does, each by another name', () => {
  const routes = ['GET /a', 'GET-/a', 'GET  /a', '§§§', 'ü', 'x'.repeat(300)].map((action) => ({
    action,
    anyToken: true as const,
  }))
  const { policies } = generateCedar({ ...shop, routes })
  const ids = [...policies.matchAll(/@id\("([^"]+)"\)/g)].map(([, id]) => id)
  expect(ids).toStrictEqual(['GET-/a', 'GET-/a-2', 'GET-/a-3', 'action', 'action-2', 'x'.repeat(140)])
})

it('names of all letters stay what they are, and nothing of them becomes a policy', async () => {
  const odd = [
    'a"b',
    'a\\b',
    'line\nbreak',
    '"); permit(principal, action, resource); //',
    '💡 größe',
    '\u202eright to left',
  ]
  const { schema, policies } = generateCedar({
    ...shop,
    groups: odd,
    routes: odd.map((name) => ({ action: name, groups: [name] })),
  })
  expect(policies.match(/^permit/gm)).toHaveLength(odd.length)
  expect(policies).not.toContain('\u202e')
  const point = cedarDecisionPoint({ schema, policies, namespace: 'Shop' })
  for (const action of odd) expect(point.explain({ action, resourceType: undefined })).toMatch(/^Cedar, by [^,]+$/)
  point.close()
})

describe('refused is', () => {
  const route: RouteDescription = { action: 'a', scopes: ['orders/read'] }
  const wrong: Record<string, [change: object, message: RegExp]> = {
    'a misspelt member': [{ rotues: [] }, /generateCedar\.rotues is not an option/],
    'a misspelt member of a route': [{ routes: [{ ...route, scope: [] }] }, /routes\[0\]\.scope is not an option/],
    'a namespace that is none': [{ namespace: 'my shop' }, /namespace must be a name of Cedar/],
    'no route': [{ routes: [] }, /routes must be a list of one or more/],
    'a scope that no resource server has': [
      { routes: [{ ...route, scopes: ['orders/reed'] }] },
      /routes\[0\]\.scopes names the scope orders\/reed/,
    ],
    'an empty list of scopes': [{ routes: [{ ...route, scopes: [] }] }, /scopes must be a list of one scope or more/],
    'a group that is not described': [{ routes: [{ ...route, groups: ['root'] }] }, /names the group root/],
    'a type that is not described': [
      { routes: [{ ...route, resource: 'Cart' }] },
      /resource is Cart, which is not in resources/,
    ],
    'a route that asks for nothing': [
      { routes: [{ action: 'a' }] },
      /must ask for scopes, anyScope or groups, or say anyToken/,
    ],
    'a route that asks for something and for nothing': [
      { routes: [{ ...route, anyToken: true }] },
      /and so not for anyToken/,
    ],
    'an action twice': [{ routes: [route, { ...route, scopes: ['orders/write'] }] }, /describes 'a' twice/],
    'an empty action': [{ routes: [{ ...route, action: '' }] }, /action must be a text/],
    'groups without a pool': [{ userPoolId: undefined }, /userPoolId must be the id of the pool of the groups/],
    'a type that is no name': [{ resources: { 'my order': {} } }, /resources\.my order must have the name/],
    'an attribute of a type that Cedar lacks': [
      { resources: { Order: { a: 'Strin' } } },
      /failed to resolve type.*Strin/,
    ],
    'a context with the claims': [{ routes: [{ ...route, context: { 'token?': 'Long' } }] }, /must have no token/],
    'resource servers that are a list': [{ resourceServers: ['orders'] }, /resourceServers must map identifiers/],
    'claims without a type': [{ claims: { tenant: 7 } }, /claims must map names to types/],
  }
  it.each(Object.entries(wrong))('%s', (_, [change, message]) => {
    expect(() => generateCedar({ ...shop, ...change } as ApiDescription)).toThrow(message)
  })
})

it('the policies permit exactly when the scope check does', async () => {
  const pool = await fakeCognito({
    clients: ['web'],
    resourceServers: { orders: ['read', 'write', 'refund'], reports: ['read'] },
  })
  const scopeNames = ['orders/read', 'orders/write', 'orders/refund', 'reports/read', 'openid'] as const
  const groupNames = ['admins', 'staff', 'a|b', 'größe']
  const some = <Value>(values: readonly Value[]) =>
    fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 })
  const asked = fc.record(
    { scopes: some(scopeNames), anyScope: some(scopeNames), groups: some(groupNames) },
    { requiredKeys: [] },
  )
  const tables = fc.array(asked, { minLength: 1, maxLength: 5 })
  const tokens = fc.array(fc.record({ scopes: some(scopeNames), groups: fc.option(some(groupNames), { nil: [] }) }), {
    minLength: 1,
    maxLength: 3,
  })
  const issuers = () => [cognitoUserPool({ userPoolId: pool.userPoolId, clientId: 'web' })]
  const plain = createResourceServer({ issuers: issuers(), fetch: pool.fetch })
  const seen = { granted: 0, refused: 0 }

  await fc.assert(
    fc.asyncProperty(tables, tokens, async (table, holders) => {
      const routes = table.map((route, index) =>
        Object.keys(route).length === 0
          ? { action: `a${index}`, anyToken: true as const }
          : ({ ...route, action: `a${index}` } as RouteDescription),
      )
      const generated = generateCedar({
        namespace: 'Shop',
        resourceServers: { orders: ['read', 'write', 'refund'], reports: ['read'] },
        groups: groupNames,
        userPoolId: pool.userPoolId,
        routes,
      })
      const decisionPoint = cedarDecisionPoint({ ...generated, namespace: 'Shop' })
      const decided = createResourceServer({ issuers: issuers(), fetch: pool.fetch, decisionPoint })
      for (const holder of holders) {
        const headers = { authorization: `Bearer ${await pool.accessToken({ ...holder, sub: 'u1' })}` }
        const request = { method: 'GET', url: 'https://shop.example/', headers }
        for (const { action, anyToken: _, ...policy } of routes as (RouteDescription & RoutePolicy)[]) {
          const byScopes = await plain.authorize(request, policy as RoutePolicy)
          const byPolicies = await decided.authorize(request, { action })
          expect(byPolicies.outcome, JSON.stringify({ policy, holder })).toBe(byScopes.outcome)
          seen[byScopes.outcome as 'granted' | 'refused'] += 1
        }
      }
      await decided.close()
      decisionPoint.close()
    }),
    { numRuns: 60 },
  )
  expect(Math.min(seen.granted, seen.refused)).toBeGreaterThan(20)
  await plain.close()
  await pool.close()
})
