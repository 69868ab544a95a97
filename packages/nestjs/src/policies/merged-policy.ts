import {
  type ClaimsSchema,
  combinePolicies,
  type CompiledPolicy,
  ConfigurationError,
  definePolicy,
  type RoutePolicy,
} from '@tokenward/core'
import type { Place } from './declarations.js'

type AnyPolicy = CompiledPolicy<unknown>

/** Lists add up. Of what can have one value the innermost place decides, and one place decides once. */
export function mergePlaces(name: string, places: readonly Place[]): AnyPolicy {
  const declared = places.map((place) => place.map((given) => ({ given, compiled: compile(given) })))
  const lists = declared.flat().map((one) => one.compiled)
  const schemas = new Set(lists.flatMap(({ claims }) => claims ?? []))
  if (schemas.size > 1) {
    throw new ConfigurationError(
      'policy.claims',
      'is given by two policies, and a handler takes one; make one schema of both',
    )
  }
  const lag = declared.flatMap(lagOf).at(-1)
  const [claims] = schemas
  const first = definePolicy({ name, ...lag, ...(claims !== undefined && { claims }) } as RoutePolicy<ClaimsSchema>)
  return combinePolicies(first as AnyPolicy, ...lists.flatMap(listsOf))
}

function compile(given: unknown): AnyPolicy {
  return definePolicy(given as RoutePolicy) as AnyPolicy
}

/** The bound that one place gives, with that during an outage: the two belong together. */
function lagOf(place: readonly { readonly given: unknown; readonly compiled: AnyPolicy }[]): readonly RoutePolicy[] {
  // Whoever writes it out means it; in a compiled policy nobody can tell it from the default.
  const stated = place.filter(({ given, compiled }) =>
    given === compiled
      ? compiled.maxRevocationLag !== 'token-lifetime'
      : Object.hasOwn(given as object, 'maxRevocationLag'),
  )
  if (stated.length > 1) {
    throw new ConfigurationError('policy.maxRevocationLag', 'is given twice at the same place; decide for one')
  }
  return stated.map(({ compiled: { maxRevocationLag, maxRevocationLagDuringOutage } }) => ({
    maxRevocationLag,
    ...(maxRevocationLagDuringOutage !== undefined && { maxRevocationLagDuringOutage }),
  }))
}

/** The part of a policy that adds up, without what can have one value. */
function listsOf({ scopes, anyScope, groups, issuers }: AnyPolicy): readonly AnyPolicy[] {
  return [
    ...(scopes.length > 0 ? [{ scopes }] : []),
    ...anyScope.map((list) => ({ anyScope: list })),
    ...groups.map((list) => ({ groups: list })),
    ...issuers.map((list) => ({ issuers: list })),
  ].map((part) => definePolicy(part))
}
