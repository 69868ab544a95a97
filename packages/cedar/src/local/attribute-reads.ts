import type { Policy, PolicyExpression, ScopeConstraint } from '../engine/policy.js'
import { expressionsIn, type Look, pathOf } from './expression-paths.js'

/** What a policy may want to know of the resource. */
export interface PolicyReads {
  /** Attributes or tags. */
  readonly attributes: boolean
  /** What something belongs to. */
  readonly hierarchy: boolean
}

/**
 * Whatever might read an attribute of the resource counts as reading it, because what is not loaded is missing: a policy that
 * forbids would err, and be skipped. Only what certainly reads something else does not.
 */
export function readsOf({ json }: Policy): PolicyReads {
  const bodies = json.conditions.map(({ body }) => body)
  return {
    attributes: bodies.some(readsAttributes),
    hierarchy: [json.principal, json.resource].some(asksHierarchy) || bodies.some(usesIn),
  }
}

function asksHierarchy({ op, in: within }: ScopeConstraint): boolean {
  return op === 'in' || within !== undefined
}

function readsAttributes(expression: PolicyExpression): boolean {
  return Object.entries(expression).some(([operator, operand]) => {
    if (LOOKS.has(operator) && !isKnownElsewhere(lookedInto(operand as Look))) return true
    return expressionsIn(operand).some(readsAttributes)
  })
}

/** `.`, `has` and the operators on tags: each looks into what stands on its left. */
const LOOKS = new Set(['.', 'has', 'getTag', 'hasTag'])

/** `a has b.c` looks into `a.b` as well. */
function lookedInto({ left, attr }: Look): PolicyExpression {
  if (!Array.isArray(attr)) return left
  return attr.slice(0, -1).reduce<PolicyExpression>((inner, name) => ({ '.': { left: inner, attr: name } }), left)
}

/**
 * What is no entity, or one that is not the resource: the context, the claims in it, the principal and its claims, among
 * which no entity can be. Other members of the context may be entities.
 */
function isKnownElsewhere(expression: PolicyExpression): boolean {
  const [root, first] = pathOf(expression) ?? []
  if (root === 'principal' || root === 'action') return true
  return root === 'context' && (first === undefined || first === 'token')
}

function usesIn(expression: PolicyExpression): boolean {
  return Object.entries(expression).some(
    ([operator, operand]) =>
      operator === 'in' ||
      (operator === 'is' && (operand as { readonly in?: unknown }).in !== undefined) ||
      expressionsIn(operand).some(usesIn),
  )
}
