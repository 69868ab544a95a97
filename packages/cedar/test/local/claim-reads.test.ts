import * as cedar from '@cedar-policy/cedar-wasm/nodejs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CedarEngine } from '../../src/engine/cedar-engine.js'
import { parsePolicies } from '../../src/engine/policy.js'
import { cedarDecisionPoint } from '../../src/index.js'
import { claimsReadBy } from '../../src/local/claim-reads.js'
import { asking, ISSUER } from '../support/shop.js'

const read = (...conditions: readonly string[]) => {
  const text = conditions.map((condition) => `permit(principal, action, resource) when { ${condition} };`).join('\n')
  const claims = claimsReadBy(parsePolicies(cedar as CedarEngine, 'test', [{ name: 'test', text }]))
  return claims === 'all' ? claims : [...claims].toSorted()
}

describe('all claims may be read by', () => {
  it.each([
    'context.token == {}',
    '{a: context}.a.token.sub == "u1"',
    '{a: context.token}.a.sub == "u1"',
    '[context.token].contains({})',
    'context == {}',
    '(if true then context else {token: {sub: "u2"}}).token.sub == "u1"',
    '(if true then context.token else {sub: "u2"}).sub == "u1"',
    'resource == context',
    'principal.x == context',
    '{a: context} has a.token.sub',
  ])('%s', (condition) => {
    expect(read('context.token.scope.contains("a")', condition)).toBe('all')
  })
})

describe('no others than these are read by', () => {
  it.each([
    ['true', []],
    ['context.mfa', []],
    ['context has mfa && context.place has city', []],
    ['context has token', []],
    ['context.token.sub == "u1"', ['sub']],
    ['context["token"]["sub"] == "u1"', ['sub']],
    ['context.token has sub', ['sub']],
    ['context has token.sub', ['sub']],
    ['context.token has address.city && context.token.tenant == "a"', ['address', 'tenant']],
    ['context.token.address.city == "a"', ['address']],
    ['context.token.address has city', ['address']],
    ['[context.token.sub].contains(context.token.iss)', ['iss', 'sub']],
    ['{a: context.token.sub} == {a: "x"}', ['sub']],
    ['(if context.token has sub then context else {a: 1}) has a', 'all'],
    ['principal.token.sub == resource.token.iss', []],
  ])('%s: %j', (condition, claims) => {
    expect(read(condition)).toStrictEqual(claims)
  })
})

it('a decision without claims that nothing reads is the one that Cedar makes with all of them', async () => {
  const { condition } = fc.letrec<{ leaf: string; condition: string }>((tie) => ({
    leaf: fc.constantFrom(
      'context.token.sub == "u1"',
      'context.token has tenant',
      'context.token.tenant == "t"',
      'context.token has address.city',
      'context.token.scope.contains("orders/read")',
      'context.token == {client_id: "web"}',
      'context has token',
      'context has token.username',
      '{a: context}.a.token.client_id == "web"',
      'context.mfa',
      'context == {mfa: true}',
    ),
    condition: fc.oneof(
      { maxDepth: 4 },
      tie('leaf'),
      fc.tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition')).map((parts) => `(${parts.join(' ')})`),
      tie('condition').map((inner) => `!(${inner})`),
      fc.tuple(tie('condition'), tie('leaf')).map(([test, then]) => `(if ${test} then ${then} else false)`),
    ),
  }))
  const effects = fc.array(fc.tuple(fc.constantFrom('permit', 'forbid'), condition), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(effects, async (conditions) => {
      const policies = conditions.map(
        ([effect, body], index) => `@id("p${index}") ${effect}(principal, action, resource) when { ${body} };`,
      )
      const point = cedarDecisionPoint({ policies: policies.join('\n') })
      const seen = await point.decide(asking({ context: { mfa: true } }))
      point.close()
      const token = { sub: 'u1', token_use: 'access', client_id: 'web', scope: ['orders/read', 'openid'] }
      const answer = cedar.isAuthorized({
        principal: { type: 'User', id: `${ISSUER.split('/').at(-1)}|u1` },
        action: { type: 'Action', id: 'read' },
        resource: { type: 'Application', id: 'Application' },
        context: { mfa: true, token },
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
    { numRuns: 150 },
  )
})
