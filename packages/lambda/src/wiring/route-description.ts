import {
  type ClaimsSchema,
  type CompiledPolicy,
  ConfigurationError,
  definePolicy,
  type PolicyOrLiteral,
} from '@tokenward/core'
import { parseRouteKey } from '../authorizers/route-key.js'
import { assertOptionNames, assertPolicy, policyAt } from '../option-check.js'

/** Who looks at the token of a route before its function does. */
export type RouteDescription<Authorizers extends string> =
  | {
      /** Which authorizer. */
      readonly authorizer: Authorizers
      /** What the route demands. */
      readonly policy: PolicyOrLiteral<ClaimsSchema | undefined, unknown>
      /**
       * `true`: the function verifies the token itself, with `withAuth` or `gatewayPrincipal`. Where a gateway looks at the
       * token, a policy that demands more than one of some scopes has to say so: the gateway checks nothing else, and lets ID
       * tokens in where there are no scopes. Default `false`.
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
  { authorizers, ofGateway }: { readonly authorizers: readonly Authorizers[]; readonly ofGateway: readonly string[] },
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
    if (checkedByFunction && !ofGateway.some((known) => known === authorizer)) {
      throw new ConfigurationError(
        `${route}.checkedByFunction`,
        'is for tokens that a gateway looks at, not a function',
      )
    }
    if ((authorizer === 'none') === Object.hasOwn(given as object, 'policy')) {
      throw new ConfigurationError(
        `${route}.policy`,
        authorizer === 'none' ? "has nobody who looks at it: authorizer is 'none'" : 'is required; {}: any valid token',
      )
    }
    if (authorizer !== 'none') assertPolicy(`${route}.policy`, policy)
    return {
      key,
      authorizer: authorizer as Authorizers | 'none',
      policy: policy === undefined ? undefined : policyAt(`${route}.policy`, () => compiled(policy)),
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
 * @throws {@link ConfigurationError} for a route without scopes: ID tokens have none, and are let in there. And for one whose
 * policy nobody would check.
 */
export function gatewayScopes<Authorizers extends string>(
  option: string,
  { key, policy, checkedByFunction }: CheckedRoute<Authorizers>,
  { withoutScopes, needsScopes = false }: { readonly withoutScopes: string; readonly needsScopes?: boolean },
): readonly string[] {
  const { scopes = [], anyScope = [] } = policy ?? {}
  const told = scopes.length > 0 ? scopes.slice(0, 1) : (anyScope[0] ?? [])
  const problem = (text: string) => new ConfigurationError(`${option}['${key}'].policy`, text)
  if (told.length === 0 && (needsScopes || !checkedByFunction)) throw problem(withoutScopes)
  if (told.length > MAX_SCOPES) throw problem(`has more than ${MAX_SCOPES} scopes to choose from`)
  const beyond = policy === undefined || checkedByFunction ? undefined : demandBeyondScopes(policy)
  if (beyond !== undefined) {
    throw problem(
      `has ${beyond}, and a gateway checks one of some scopes and no more; say checkedByFunction: true where the function verifies the token itself`,
    )
  }
  return told
}

/** What a gateway does not look at. */
function demandBeyondScopes(policy: CompiledPolicy<unknown>): string | undefined {
  const { maxRevocationLag, scopes, anyScope, groups, issuers, claims, acrValues, maxAge, decisions } = policy
  const { senderConstrained } = policy
  const demands = {
    'several scopes that must all be there': scopes.length + anyScope.length > 1,
    maxRevocationLag: maxRevocationLag !== 'token-lifetime',
    groups: groups.length > 0,
    issuers: issuers.length > 0,
    claims: claims !== undefined,
    acrValues: acrValues.length > 0,
    maxAge: maxAge !== undefined,
    senderConstrained: senderConstrained === 'required',
    'an action': decisions.length > 0,
  }
  return Object.entries(demands).find(([, isDemanded]) => isDemanded)?.[0]
}
