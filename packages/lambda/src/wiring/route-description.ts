import {
  type ClaimsSchema,
  type CompiledPolicy,
  ConfigurationError,
  definePolicy,
  type PolicyOrLiteral,
} from '@tokenward/core'
import { parseRouteKey } from '../authorizers/route-key.js'
import { assertOptionNames } from '../option-check.js'

/** Who looks at the token of a route before its function does. */
export type RouteDescription<Authorizers extends string> =
  | {
      /** Which authorizer. */
      readonly authorizer: Authorizers
      /** What the route demands. */
      readonly policy: PolicyOrLiteral<ClaimsSchema | undefined, unknown>
      /**
       * `true`: the function verifies the token itself, with `withAuth` or `gatewayPrincipal`. Only then may a route whose
       * policy has no scopes stand behind an authorizer of the gateway, which lets ID tokens in there. Default `false`.
       */
      readonly checkedByFunction?: boolean
    }
  | {
      /** Nobody: the route is public, or its function decides alone. */
      readonly authorizer: 'none'
    }

/** A route that was checked. */
export interface CheckedRoute<Authorizers extends string> {
  readonly key: string
  readonly authorizer: Authorizers | 'none'
  readonly policy: CompiledPolicy<unknown> | undefined
  readonly checkedByFunction: boolean
}

export function checkRoutes<Authorizers extends string>(
  option: string,
  routes: unknown,
  authorizers: readonly Authorizers[],
): readonly CheckedRoute<Authorizers>[] {
  if (typeof routes !== 'object' || routes === null || Array.isArray(routes) || Object.keys(routes).length === 0) {
    throw new ConfigurationError(option, "must be an object with one or more routes, such as { 'GET /orders': { … } }")
  }
  return Object.entries(routes).map(([key, given]) => {
    parseRouteKey(option, key)
    const route = `${option}['${key}']`
    assertOptionNames(route, given, ['authorizer', 'policy', 'checkedByFunction'])
    const {
      authorizer,
      policy,
      checkedByFunction = false,
    } = given as {
      readonly authorizer?: Authorizers | 'none'
      readonly policy?: PolicyOrLiteral<ClaimsSchema | undefined, unknown>
      readonly checkedByFunction?: unknown
    }
    if (authorizer !== 'none' && !authorizers.some((known) => known === authorizer)) {
      const known = [...authorizers, 'none'].map((name) => `'${name}'`).join(', ')
      throw new ConfigurationError(`${route}.authorizer`, `must be one of ${known}`)
    }
    if (typeof checkedByFunction !== 'boolean') {
      throw new ConfigurationError(`${route}.checkedByFunction`, 'must be true or false')
    }
    if ((authorizer === 'none') === Object.hasOwn(given as object, 'policy')) {
      throw new ConfigurationError(`${route}.policy`, "stands with every authorizer, and not with 'none'")
    }
    return {
      key,
      authorizer: authorizer as Authorizers | 'none',
      policy: policy === undefined ? undefined : compiled(policy),
      checkedByFunction,
    }
  })
}

function compiled(policy: PolicyOrLiteral<ClaimsSchema | undefined, unknown>): CompiledPolicy<unknown> {
  return definePolicy(policy as Parameters<typeof definePolicy>[0]) as CompiledPolicy<unknown>
}

/** A route takes no more. */
const MAX_SCOPES = 10

/**
 * The scopes a gateway is told for a route: it lets in who has any of them. Of scopes that must all be there it is told one,
 * which keeps out more than all of them would; the function sees to the rest.
 *
 * @throws {@link ConfigurationError} for a route without scopes: ID tokens have none, and are let in there.
 */
export function gatewayScopes<Authorizers extends string>(
  option: string,
  { key, policy, checkedByFunction }: CheckedRoute<Authorizers>,
  { withoutScopes }: { readonly withoutScopes: string },
): readonly string[] {
  const { scopes = [], anyScope = [] } = policy ?? {}
  const told = scopes.length > 0 ? scopes.slice(0, 1) : (anyScope[0] ?? [])
  if (told.length === 0 && !checkedByFunction) {
    throw new ConfigurationError(`${option}['${key}'].policy`, withoutScopes)
  }
  if (told.length > MAX_SCOPES) {
    throw new ConfigurationError(`${option}['${key}'].policy`, `has more than ${MAX_SCOPES} scopes to choose from`)
  }
  return told
}
