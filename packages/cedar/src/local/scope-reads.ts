import type { Policy, PolicyExpression } from '../engine/policy.js'
import { expressionsIn, pathOf } from './expression-paths.js'

/** The scopes in `context.token.scope` that policies may want to know of. */
export type ScopeReads = 'all' | ReadonlySet<string>

/**
 * A scope that stands in no literal on the right of `contains` and its like cannot be told from one that the token does not
 * have. Whatever else is done with the set counts as reading all of it. For policies that read claims by their names: see
 * `claimsReadBy`.
 */
export function scopesReadBy(policies: readonly Policy[]): ScopeReads {
  const names = new Set<string>()
  const bodies = policies.flatMap(({ json }) => json.conditions.map(({ body }) => body))
  return bodies.some((body) => readsAll(body, names)) ? 'all' : names
}

function readsAll(expression: PolicyExpression, names: Set<string>): boolean {
  if (isScope(expression)) return true
  return Object.entries(expression).some(([operator, operand]) => {
    const asked = literalsAskedFor(operator, operand)
    for (const literal of asked ?? []) if (typeof literal === 'string') names.add(literal)
    return asked === undefined && expressionsIn(operand).some((nested) => readsAll(nested, names))
  })
}

/** `['a', 'b']` for `context.token.scope.containsAny(["a", "b"])`. */
function literalsAskedFor(operator: string, operand: unknown): readonly unknown[] | undefined {
  if (!QUESTIONS.has(operator)) return undefined
  const { left, right } = operand as { readonly left: PolicyExpression; readonly right: PolicyExpression }
  if (!isScope(left)) return undefined
  const items = operator === 'contains' ? [right] : right['Set']
  if (!Array.isArray(items)) return undefined
  const literals = (items as readonly PolicyExpression[]).map(({ Value: value }) => value)
  return literals.includes(undefined) ? undefined : literals
}

const QUESTIONS: ReadonlySet<string> = new Set(['contains', 'containsAll', 'containsAny'])

function isScope(expression: PolicyExpression): boolean {
  const path = pathOf(expression)
  return path?.length === 3 && path[0] === 'context' && path[1] === 'token' && path[2] === 'scope'
}
