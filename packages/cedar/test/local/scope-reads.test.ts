import * as cedar from '@cedar-policy/cedar-wasm/nodejs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CedarEngine } from '../../src/engine/cedar-engine.js'
import { parsePolicies } from '../../src/engine/policy.js'
import { type CedarInstance, cedarDecisionPoint } from '../../src/index.js'
import { scopesReadBy } from '../../src/local/scope-reads.js'
import { asking, ISSUER } from '../support/shop.js'

const read = (...conditions: readonly string[]) => {
  const text = conditions.map((condition) => `permit(principal, action, resource) when { ${condition} };`).join('\n')
  const scopes = scopesReadBy(parsePolicies(cedar as CedarEngine, 'test', [{ name: 'test', text }]))
  return scopes === 'all' ? scopes : [...scopes].toSorted()
}

describe('all scopes may be read by', () => {
  it.each([
    'context.token.scope == ["a"]',
    'context.token.scope.isEmpty()',
    '["a", "b"].containsAll(context.token.scope)',
    '[context.token.scope].contains(["a"])',
    '{a: context.token.scope}.a.contains("b")',
    '(if true then context.token.scope else ["b"]).contains("b")',
    'context.token.scope.contains(resource.scope)',
    'context.token.scope.contains(if true then "b" else "c")',
    'context.token.scope.containsAny(resource.scopes)',
    'context.token.scope.containsAll(["a", resource.scope])',
    'context.token.scope.containsAll(context.token.scope)',
    'context["token"]["scope"] == resource.scopes',
    'resource.scopes.containsAny(context.token.scope)',
  ])('%s', (condition) => {
    expect(read('context.token.scope.contains("a")', condition)).toBe('all')
  })
})

describe('no scopes but these are asked for by', () => {
  it.each([
    ['true', []],
    ['context.token has scope && context has token.scope', []],
    ['resource.scope == context.mfa', []],
    ['context.token.scope.contains("a")', ['a']],
    ['context["token"]["scope"].contains("a")', ['a']],
    ['context.token.scope.containsAny(["a", "b"]) || context.token.scope.containsAll(["c"])', ['a', 'b', 'c']],
    ['context.token has scope && !(if context.token.scope.contains("a") then false else true)', ['a']],
    ['[context.token.scope.contains("a")].contains(true)', ['a']],
    ['context.token.scope.containsAny([])', []],
    ['resource.scope.contains("a") && context.scope.contains("b")', []],
  ])('%s: %j', (condition, scopes) => {
    expect(read(condition)).toStrictEqual(scopes)
  })
})

it('Cedar is told the scopes that policies for the action name, and no others', async () => {
  const told: unknown[] = []
  const spied = {
    ...cedar,
    statefulIsAuthorized(call: Parameters<typeof cedar.statefulIsAuthorized>[0]) {
      told.push(call.context['token'])
      return cedar.statefulIsAuthorized(call)
    },
  } as unknown as CedarInstance
  const policies = `
    permit(principal, action == Action::"read", resource) when { context.token.scope.contains("orders/read") };
    permit(principal, action == Action::"list", resource) when { !context.token.scope.isEmpty() };`
  const point = cedarDecisionPoint({ policies, cedar: spied })
  const scopes = ['openid', 'orders/read', 'orders/read', 'x']
  for (const action of ['read', 'list']) {
    expect(await point.decide(asking({ action, scopes }))).toMatchObject({ decision: 'permit' })
  }
  expect(told).toStrictEqual([{ scope: ['orders/read'] }, { scope: ['openid', 'orders/read', 'x'] }])
  point.close()
})

it('scopes of which one is no text are a claim without a value, whichever of them are named', async () => {
  const policies = `permit(principal, action, resource) when { context.token.scope.contains("orders/read") };`
  const point = cedarDecisionPoint({ policies })
  const decided = await point.decide(asking({ scopes: ['orders/read', 'half of a 💡: \uD83D'] }))
  expect(decided).toStrictEqual({ decision: 'deny', determiningPolicies: [], policyErrors: ['policies#1'] })
  point.close()
})

it('a decision without scopes that nothing names is the one that Cedar makes with all of them', async () => {
  const scope = fc.constantFrom('a', 'b', 'c', 'd')
  const literals = fc.uniqueArray(scope, { maxLength: 3 }).map((list) => JSON.stringify(list))
  const { condition } = fc.letrec<{ leaf: string; condition: string }>((tie) => ({
    leaf: fc.oneof(
      scope.map((name) => `context.token.scope.contains("${name}")`),
      literals.map((list) => `context.token.scope.containsAll(${list})`),
      literals.map((list) => `context.token.scope.containsAny(${list})`),
      fc.constantFrom(
        'context.token has scope',
        'context.token.scope.isEmpty()',
        'context.token.scope == ["a", "b"]',
        '["a", "b"].containsAll(context.token.scope)',
        'context.token.scope.contains(context.wanted)',
        'context.token.scope.containsAll(["a", context.wanted])',
        'context.token.scope.contains(1)',
        'context.token.scope.containsAny("a")',
        '{a: context}.a.token.scope == ["c"]',
        'context.token == {sub: "u1", token_use: "access", client_id: "web", scope: ["d"]}',
        '(if context.mfa then context.token else context.token).scope == ["b"]',
      ),
    ),
    condition: fc.oneof(
      { maxDepth: 4 },
      tie('leaf'),
      fc.tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition')).map((parts) => `(${parts.join(' ')})`),
      tie('condition').map((inner) => `!(${inner})`),
      fc.tuple(tie('condition'), tie('leaf')).map(([test, then]) => `(if ${test} then ${then} else false)`),
    ),
  }))
  const effects = fc.array(fc.tuple(fc.constantFrom('permit', 'forbid'), condition), { minLength: 1, maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(effects, fc.array(scope, { maxLength: 4 }), scope, async (conditions, scopes, wanted) => {
      const policies = conditions.map(
        ([effect, body], index) => `@id("p${index}") ${effect}(principal, action, resource) when { ${body} };`,
      )
      const point = cedarDecisionPoint({ policies: policies.join('\n') })
      const seen = await point.decide(
        asking({ scopes, claims: { scope: scopes.join(' ') }, context: { mfa: true, wanted } }),
      )
      point.close()
      const answer = cedar.isAuthorized({
        principal: { type: 'User', id: `${ISSUER.split('/').at(-1)}|u1` },
        action: { type: 'Action', id: 'read' },
        resource: { type: 'Application', id: 'Application' },
        context: { mfa: true, wanted, token: { sub: 'u1', token_use: 'access', client_id: 'web', scope: scopes } },
        policies: { staticPolicies: Object.fromEntries(policies.map((text, index) => [`p${index}`, text])) },
        entities: [],
      })
      if (answer.type === 'failure') throw new Error(answer.errors[0]?.message)
      const { decision, diagnostics } = answer.response
      expect(seen).toStrictEqual({
        decision: decision === 'allow' ? 'permit' : 'deny',
        determiningPolicies: diagnostics.reason.toSorted(),
        policyErrors: diagnostics.errors.map(({ policyId }) => policyId).toSorted(),
      })
    }),
    { numRuns: 300 },
  )
})
