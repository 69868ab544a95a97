import { createParamDecorator, type ExecutionContext } from '@nestjs/common'
import { principalOf } from './current-principal.js'
import { type Declaration, declare } from './declarations.js'

/**
 * Opens a handler to requests without a token, whatever its controller demands; on a controller, opens those handlers
 * that demand nothing themselves. A subclass or an override has to repeat it.
 */
export function Public(): ClassDecorator & MethodDecorator {
  return declaring('public', true)
}

/** The token must have all these scopes. Scopes of the controller, its base classes and the handler add up. */
export function RequireScopes(scopes: readonly string[]): ClassDecorator & MethodDecorator {
  return declaring('scopes', scopes)
}

/** The token must have one of these groups. Where groups are named several times, each list must be met. */
export function RequireGroups(groups: readonly string[]): ClassDecorator & MethodDecorator {
  return declaring('groups', groups)
}

/** Hands the handler the caller: `@CurrentPrincipal() caller: Principal`. Import `Principal` as a type. */
export function CurrentPrincipal(): ParameterDecorator {
  const inject = injectPrincipal()
  return (target, property, index) => {
    if (property !== undefined) declare('caller', true, target, property)
    inject(target, property, index)
  }
}

const injectPrincipal: () => ParameterDecorator = createParamDecorator((_: unknown, context: ExecutionContext) =>
  principalOf(context.switchToHttp().getRequest()),
)

function declaring(declaration: Declaration, value: unknown): ClassDecorator & MethodDecorator {
  return (target: object, property?: string | symbol) => declare(declaration, value, target, property)
}
