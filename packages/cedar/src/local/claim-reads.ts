import type { Policy, PolicyExpression } from '../engine/policy.js'
import { expressionsIn, type Look, pathOf } from './expression-paths.js'

/** The claims of `context.token` that policies may want to know. */
export type ClaimReads = 'all' | ReadonlySet<string>

/**
 * Whatever might read other claims counts as reading all. Without a schema nothing else looks at claims, so that those nobody
 * reads need not be written for each decision.
 */
export function claimsReadBy(policies: readonly Policy[]): ClaimReads {
  const names = new Set<string>()
  const bodies = policies.flatMap(({ json }) => json.conditions.map(({ body }) => body))
  return bodies.some((body) => readsAll(body, names)) ? 'all' : names
}

function readsAll(expression: PolicyExpression, names: Set<string>): boolean {
  return Object.entries(expression).some(([operator, operand]) => {
    if (operator === 'Var') return operand === 'context'
    const path = lookedAt(operator, operand)
    if (path?.[0] !== 'context') return expressionsIn(operand).some((nested) => readsAll(nested, names))
    const [, member, claim] = path
    if (member !== 'token') return false
    if (claim === undefined) return operator !== 'has'
    names.add(claim)
    return false
  })
}

/** `['context', 'token', 'scope']` for `context.token.scope` and for `context.token has scope`. */
function lookedAt(operator: string, operand: unknown): readonly string[] | undefined {
  if (operator !== '.' && operator !== 'has') return undefined
  const { left, attr = [] } = operand as Look
  const path = pathOf(left)
  return path && [...path, ...(typeof attr === 'string' ? [attr] : attr)]
}
