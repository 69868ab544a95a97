import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cedarDecisionPoint } from '../../src/index.js'
import { asking } from '../support/shop.js'

const actions = ['a', 'b', 'c', 'd', 'weird "id"', 'unnamed']
const groups = ['g', 'h']
const schema = `
  entity UserGroup; entity User in [UserGroup]; entity Application;
  action h; action g in [h];
  ${actions.map((action, index) => `action ${JSON.stringify(action)} ${['', 'in [g]', 'in [h]', 'in [g, h]'][index % 4]} appliesTo { principal: User, resource: Application, context: { token: { client_id: String } } };`).join('\n')}
`
const uid = (id: string) => `Action::${JSON.stringify(id)}`

it('a slice decides as the whole does', async () => {
  const named = fc.constantFrom(...actions, ...groups)
  const constraint = fc.oneof(
    fc.constant('action'),
    named.map((action) => `action == ${uid(action)}`),
    named.map((action) => `action in ${uid(action)}`),
    fc.array(named, { minLength: 1, maxLength: 3 }).map((list) => `action in [${list.map(uid).join(', ')}]`),
  )
  const policy = fc.tuple(
    fc.constantFrom('permit', 'forbid', 'permit'),
    constraint,
    fc.constantFrom('', 'when { context.token.client_id == "web" }', 'unless { action == Action::"a" }'),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(policy, { minLength: 1, maxLength: 8 }), fc.boolean(), async (list, withSchema) => {
      const text = list.map(([effect, scope, when]) => `${effect}(principal, ${scope}, resource) ${when};`).join('\n')
      // Groups of actions are known by a schema alone. It refuses policies that can never apply.
      const options = { policies: text, ...(withSchema && { schema }) }
      const make = (sliceByAction: boolean) => {
        try {
          return cedarDecisionPoint({ ...options, sliceByAction })
        } catch {
          return undefined
        }
      }
      const [sliced, whole] = [make(true), make(false)]
      fc.pre(sliced !== undefined && whole !== undefined)
      for (const action of [...actions, ...(withSchema ? [] : ['made up', 'g'])]) {
        expect(await sliced.decide(asking({ action })), action).toStrictEqual(await whole.decide(asking({ action })))
      }
      sliced.close()
      whole.close()
    }),
    { numRuns: 100 },
  )
})

it('actions that nothing names share a set, however many there are', async () => {
  const point = cedarDecisionPoint({
    policies:
      '@id("all") permit(principal, action, resource); @id("a") forbid(principal, action == Action::"a", resource);',
  })
  const explained = new Set(
    Array.from({ length: 50 }, (_, index) => point.explain({ action: `made up ${index}`, resourceType: undefined })),
  )
  expect([...explained]).toStrictEqual(['Cedar, by all'])
  expect(point.explain({ action: 'a', resourceType: undefined })).toBe('Cedar, by all, a')
})
