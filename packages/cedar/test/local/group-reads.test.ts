import * as cedar from '@cedar-policy/cedar-wasm/nodejs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CedarEngine } from '../../src/engine/cedar-engine.js'
import { parsePolicies } from '../../src/engine/policy.js'
import { type CedarEntity, cedarDecisionPoint, entity } from '../../src/index.js'
import { groupsReadBy } from '../../src/local/group-reads.js'
import { asking, POOL } from '../support/shop.js'

const groups = ['a', 'b', 'c', 'd'] as const
const idOf = (group: string) => `${POOL}|${group}`
const literal = (group: string) => `UserGroup::"${idOf(group)}"`

function read(text: string): unknown {
  const reads = groupsReadBy(parsePolicies(cedar as CedarEngine, 'test', [{ name: 'test', text }]))
  return reads === 'all' ? reads : groups.filter((group) => reads.has({ type: 'UserGroup', id: idOf(group) }))
}
const when = (condition: string) => `permit(principal, action, resource) when { ${condition} };`

describe('membership in any group may be asked for by', () => {
  it.each([
    'principal in resource.team',
    'principal in context.team',
    'principal in resource',
    `principal in [${literal('a')}, resource.team]`,
    'principal is User in resource.team',
    `if principal in context.team then true else false`,
    `[principal in context.team].contains(true)`,
    `{a: principal in context.team}.a`,
    `principal in (if true then ${literal('a')} else ${literal('b')})`,
    `!(resource.owner in principal.team)`,
  ])('%s', (condition) => expect(read(when(condition))).toBe('all'))
})

describe('no membership but in these groups is asked for by', () => {
  it.each([
    ['permit(principal, action, resource);', []],
    [`permit(principal in ${literal('a')}, action, resource);`, ['a']],
    [`permit(principal is User in ${literal('a')}, action, resource);`, ['a']],
    [`permit(principal, action, resource in ${literal('b')});`, ['b']],
    [`permit(principal, action, resource is User in ${literal('b')});`, ['b']],
    [when(`principal in ${literal('a')} || principal in [${literal('c')}, ${literal('d')}]`), ['a', 'c', 'd']],
    [when(`resource.owner in ${literal('c')} && resource is User in ${literal('b')}`), ['b', 'c']],
    [when('principal == resource.owner && resource.note like "*in*" && resource is Order'), []],
    [`permit(principal in Team::"${idOf('a')}", action, resource);`, []],
  ])('%s', (text, named) => expect(read(text)).toStrictEqual(named))
})

it('groups within the groups that a policy asks for let in as well', async () => {
  const policies = `permit(principal in ${literal('a')}, action, resource);`
  const entities = ['b', 'c'].map((name, index) => ({
    type: 'UserGroup',
    id: idOf(name),
    parents: [{ type: 'UserGroup', id: idOf(['a', 'b'][index] as string) }],
  }))
  const point = cedarDecisionPoint({ policies, entities })
  for (const [group, decision] of Object.entries({ a: 'permit', b: 'permit', c: 'permit', d: 'deny' })) {
    expect(await point.decide(asking({ groups: [group] })), group).toMatchObject({ decision })
  }
})

it('a decision without groups that nothing asks for is the one that Cedar makes with all of them', async () => {
  const group = fc.constantFrom(...groups)
  const references = fc.uniqueArray(group).map((list) => list.map((name) => ({ type: 'UserGroup', id: idOf(name) })))
  const scope = fc.oneof(
    fc.constant('principal'),
    group.map((name) => `principal in ${literal(name)}`),
    group.map((name) => `principal is User in ${literal(name)}`),
  )
  const condition = fc.oneof(
    fc.constantFrom('true', 'principal in resource', 'principal in context.team', 'resource.owner in context.team'),
    group.map((name) => `resource.owner in ${literal(name)}`),
    group.map((name) => `principal in [${literal(name)}, ${literal('d')}]`),
    group.map((name) => `resource in ${literal(name)}`),
  )
  const policy = fc.tuple(fc.constantFrom('permit', 'permit', 'forbid'), scope, condition)
  const hierarchy = fc.uniqueArray(fc.record({ id: group.map(idOf), parents: references }), {
    selector: ({ id }) => id,
  })
  const resource = fc.oneof(
    fc.record({ type: fc.constant('Order'), id: fc.constant('7'), parents: references }),
    fc.record({ type: fc.constant('UserGroup'), id: group.map(idOf), parents: fc.constant([]) }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(policy, { minLength: 1, maxLength: 4 }),
      fc.uniqueArray(group),
      group,
      resource,
      hierarchy,
      async (list, memberOf, team, about, above) => {
        const entities: CedarEntity[] = isLoop(above) ? [] : above.map((one) => ({ type: 'UserGroup', ...one }))
        const policies = list.map(
          ([effect, principal, body], index) =>
            `@id("p${index}") ${effect}(${principal}, action, resource) when { ${body} };`,
        )
        const attributes = { owner: entity('User', idOf('u1')) }
        const context = { team: entity('UserGroup', idOf(team)) }
        const point = cedarDecisionPoint({ policies: policies.join('\n'), entities })
        const seen = await point.decide(
          asking({ groups: memberOf, context, resource: { ...about, parents: about.parents, attributes } }),
        )
        point.close()
        const uid = { type: 'User', id: idOf('u1') }
        const ofResource = { type: about.type, id: about.id }
        const others = entities.filter(({ type, id }) => type !== about.type || id !== about.id)
        const inEntities = entities.find(({ type, id }) => type === about.type && id === about.id)
        const answer = cedar.isAuthorized({
          principal: uid,
          action: { type: 'Action', id: 'read' },
          resource: ofResource,
          context: { team: { __entity: { type: 'UserGroup', id: idOf(team) } } },
          policies: { staticPolicies: Object.fromEntries(policies.map((text, index) => [`p${index}`, text])) },
          entities: [
            { uid, attrs: {}, parents: memberOf.map((name) => ({ type: 'UserGroup', id: idOf(name) })) },
            {
              uid: ofResource,
              attrs: { owner: { __entity: uid } },
              parents: [...about.parents, ...(inEntities?.parents ?? [])],
            },
            ...others.map(({ type, id, parents = [] }) => ({ uid: { type, id }, attrs: {}, parents: [...parents] })),
          ],
        })
        if (answer.type === 'failure') throw new Error(answer.errors[0]?.message)
        const { decision, diagnostics } = answer.response
        expect(seen).toStrictEqual({
          decision: decision === 'allow' ? 'permit' : 'deny',
          determiningPolicies: diagnostics.reason.toSorted(),
          policyErrors: diagnostics.errors.map(({ policyId }) => policyId).toSorted(),
        })
      },
    ),
    { numRuns: 300 },
  )
})

/** Cedar takes no group that is in itself. */
function isLoop(
  above: readonly { readonly id: string; readonly parents: readonly { readonly id: string }[] }[],
): boolean {
  const reaches = (id: string, goal: string, depth = 0): boolean =>
    depth <= groups.length &&
    (above.find((one) => one.id === id)?.parents ?? []).some(
      (parent) => parent.id === goal || reaches(parent.id, goal, depth + 1),
    )
  return above.some(({ id }) => reaches(id, id))
}
