import { createParamDecorator, type ExecutionContext } from '@nestjs/common'
import type { ClaimsOf, ClaimsSchema, CompiledPolicy, Principal } from '@tokenward/core'
import { principalOf } from '../guard/callers.js'
import { declare } from './declarations.js'

/** The principal that a policy leads to: `Principal`, with the output of its claims schema where it has one. */
export type PrincipalOf<Policy extends CompiledPolicy<unknown>> =
  Policy extends CompiledPolicy<infer Claims> ? Principal<Claims> : never

/** A parameter decorator that compiles only where the parameter can take what is injected. The method must be public. */
export type PrincipalParameter<Injected> = <Target extends object, Method extends keyof Target, Index extends number>(
  target: Target,
  method: Method,
  index: Accepts<Target[Method], Index, Injected>,
) => void

type Accepts<Method, Index extends number, Injected> = Method extends (...parameters: infer Parameters) => unknown
  ? [Injected] extends [Parameters[Index]]
    ? Index
    : never
  : never

/**
 * Hands the handler its caller: `@CurrentPrincipal() caller: Principal`. With the policy, or the claims schema, that the
 * route applies, the claims have its type: `@CurrentPrincipal(policy) caller: PrincipalOf<typeof policy>`. Import these
 * names as types.
 */
export function CurrentPrincipal(): PrincipalParameter<Principal>
export function CurrentPrincipal<Claims>(policy: CompiledPolicy<Claims>): PrincipalParameter<Principal<Claims>>
export function CurrentPrincipal<Schema extends ClaimsSchema>(
  schema: Schema,
): PrincipalParameter<Principal<ClaimsOf<Schema>>>
export function CurrentPrincipal(typedBy?: CompiledPolicy<unknown> | ClaimsSchema): PrincipalParameter<never> {
  const inject = injectPrincipal()
  return (target, method, index) => {
    // Of a constructor: nobody calls it with a request.
    if (method !== undefined) declare('caller', typedBy, target, method as string | symbol)
    inject(target, method as string | symbol, index)
  }
}

const injectPrincipal: () => ParameterDecorator = createParamDecorator((_: unknown, context: ExecutionContext) =>
  principalOf(context),
)
