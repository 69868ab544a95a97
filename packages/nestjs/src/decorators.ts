import { createParamDecorator, type ExecutionContext } from '@nestjs/common'
import type {
  ClaimsOf,
  ClaimsSchema,
  CompiledPolicy,
  Duration,
  PolicyOrLiteral,
  Principal,
  RoutePolicy,
} from '@tokenward/core'
import { principalOf } from './callers.js'
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

/** More about the bound of `@MaxRevocationLag()`. */
export interface MaxRevocationLagOptions {
  /**
   * The bound while the authorization server cannot be reached; never below the first, which must be a duration then.
   * Default none: such a request is unavailable.
   */
  readonly duringOutage?: Duration
}

/**
 * Opens a handler to requests without a token, whatever its class demands; on a class, opens those handlers that demand
 * nothing themselves. A subclass or an override has to repeat it.
 */
export function Public(): ClassDecorator & MethodDecorator {
  return declaring('public', true)
}

/** The token must have all these scopes. Those of the class, its base classes and the method add up. */
export function RequireScopes(scopes: readonly string[]): ClassDecorator & MethodDecorator {
  return demanding({ scopes })
}

/** The token must have one of these scopes. Where it stands several times, each list must be met. */
export function RequireAnyScope(anyScope: readonly string[]): ClassDecorator & MethodDecorator {
  return demanding({ anyScope })
}

/** The token must have one of these groups. Where it stands several times, each list must be met. */
export function RequireGroups(groups: readonly string[]): ClassDecorator & MethodDecorator {
  return demanding({ groups })
}

/**
 * How long a revoked token may still be accepted here: `'0s'`, `'30s'`, or `'token-lifetime'`, which is the default. On
 * the method it takes the place of the one on the class.
 */
export function MaxRevocationLag(
  maxRevocationLag: 'token-lifetime' | Duration,
  options: MaxRevocationLagOptions = {},
): ClassDecorator & MethodDecorator {
  return demanding({
    maxRevocationLag,
    ...('duringOutage' in options && { maxRevocationLagDuringOutage: options.duringOutage as Duration }),
  })
}

/**
 * A whole policy at once, written out or from `definePolicy`. It merges with the other decorators: lists add up, and of
 * what has one value the method's counts.
 */
export function Policy<Schema extends ClaimsSchema | undefined = undefined, Claims = ClaimsOf<Schema>>(
  policy: PolicyOrLiteral<Schema, Claims>,
): ClassDecorator & MethodDecorator {
  return demanding(policy)
}

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

function demanding(
  policy: PolicyOrLiteral<ClaimsSchema | undefined, unknown> | RoutePolicy,
): ClassDecorator & MethodDecorator {
  return declaring('policy', policy)
}

function declaring(declaration: 'public' | 'policy', value: unknown): ClassDecorator & MethodDecorator {
  return (target: object, property?: string | symbol) => declare(declaration, value, target, property)
}
