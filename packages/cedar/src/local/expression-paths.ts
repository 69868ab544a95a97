import type { PolicyExpression } from '../engine/policy.js'

/** What `.`, `has` and the operators on tags look into, and for what. */
export interface Look {
  readonly left: PolicyExpression
  readonly attr?: string | readonly string[]
}

/** `['context', 'token', 'scope']` for `context.token.scope`; `undefined` for what is no such chain. */
export function pathOf(expression: PolicyExpression): readonly string[] | undefined {
  if (typeof expression['Var'] === 'string') return [expression['Var']]
  const access = expression['.'] as { readonly left: PolicyExpression; readonly attr: string } | undefined
  if (access === undefined) return undefined
  const left = pathOf(access.left)
  return left && [...left, access.attr]
}

/** The expressions within an operand, whichever way the operator nests them. */
export function expressionsIn(operand: unknown): readonly PolicyExpression[] {
  if (typeof operand !== 'object' || operand === null) return []
  const nested = Object.values(operand).filter((part) => typeof part === 'object' && part !== null)
  return nested as readonly PolicyExpression[]
}
