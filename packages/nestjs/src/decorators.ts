import { createParamDecorator, type CustomDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common'
import { principalOf } from './current-principal.js'

export const PUBLIC = 'tokenward:public'
export const SCOPES = 'tokenward:scopes'
export const GROUPS = 'tokenward:groups'

/** Opens a handler, or all handlers of a controller, to requests without a token. No token is looked at. */
export function Public(): CustomDecorator {
  return SetMetadata(PUBLIC, true)
}

/** The token must have all these scopes. Scopes of the controller and of the handler add up. */
export function RequireScopes(scopes: readonly string[]): CustomDecorator {
  return SetMetadata(SCOPES, scopes)
}

/** The token must have one of these groups. Where controller and handler both name groups, both must be met. */
export function RequireGroups(groups: readonly string[]): CustomDecorator {
  return SetMetadata(GROUPS, groups)
}

/** Hands the handler the caller: `@CurrentPrincipal() caller: Principal`. Import `Principal` as a type. */
export const CurrentPrincipal: () => ParameterDecorator = createParamDecorator(
  (_: unknown, context: ExecutionContext) => principalOf(context.switchToHttp().getRequest()),
)
