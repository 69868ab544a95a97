import type { EntityReference } from '@tokenward/core'
import type { Policy, PolicyExpression, ScopeConstraint } from '../engine/policy.js'
import type { WrittenEntity } from '../mapping/written-entity.js'
import { expressionsIn } from './expression-paths.js'

/** What policies ask membership in: `'all'` where it may be anything. */
export type GroupReads = 'all' | { has(group: EntityReference): boolean }

/**
 * A group that stands on the right of no `in` cannot be told from one that the principal is not in. What is no literal there may
 * be any group.
 */
export function groupsReadBy(policies: readonly Policy[]): GroupReads {
  const named = new Map<string, Set<string>>()
  const name = ({ type, id }: EntityReference) => {
    named.set(type, (named.get(type) ?? new Set()).add(id))
    return true
  }
  const isLiteral = (expression: PolicyExpression): boolean => {
    const { Value: value, Set: items } = expression as { readonly Value?: unknown; readonly Set?: PolicyExpression[] }
    if (Array.isArray(items)) return items.every(isLiteral)
    const { __entity: entity } = (value ?? {}) as { readonly __entity?: EntityReference }
    return entity !== undefined && name(entity)
  }
  const asksForLiterals = (expression: PolicyExpression): boolean =>
    Object.entries(expression).every(([operator, operand]) => {
      const { right, in: within } = (operand ?? {}) as { right?: PolicyExpression; in?: PolicyExpression }
      const asked = operator === 'in' ? right : operator === 'is' ? within : undefined
      return (asked === undefined || isLiteral(asked)) && expressionsIn(operand).every(asksForLiterals)
    })

  const isKnown = policies.every(({ json: { principal, resource, conditions } }) => {
    for (const constraint of [principal, resource]) scopeEntities(constraint).forEach(name)
    return conditions.every(({ body }) => asksForLiterals(body))
  })
  return isKnown ? { has: ({ type, id }) => named.get(type)?.has(id) === true } : 'all'
}

function scopeEntities({ entity, in: within }: ScopeConstraint): readonly EntityReference[] {
  const { entity: ofType } = (within ?? {}) as { readonly entity?: EntityReference }
  return [entity, ofType].filter((reference) => reference !== undefined)
}

/** A principal with the parents that policies may see: those they name, and those that are in others. */
export function withReadGroups<Out>(
  principal: WrittenEntity<Out>,
  others: readonly WrittenEntity<Out>[],
  groups: GroupReads,
): WrittenEntity<Out> {
  if (groups === 'all') return principal
  const isInOthers = ({ type, id }: EntityReference) =>
    others.some(({ uid, parents }) => parents.length > 0 && uid.type === type && uid.id === id)
  const { uid, attributes, parents } = principal
  return { uid, attributes, parents: parents.filter((group) => groups.has(group) || isInOthers(group)) }
}
