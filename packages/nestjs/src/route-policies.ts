import { Inject, Injectable } from '@nestjs/common'
import {
  type ClaimsSchema,
  combinePolicies,
  type CompiledPolicy,
  ConfigurationError,
  definePolicy,
  type ResourceServer,
  type RoutePolicy,
} from '@tokenward/core'
import { declaredHere, type Handler, isPublic, type Place, placesOfClass, placesOfMethod } from './declarations.js'
import { RESOURCE_SERVER } from './tokenward-options.js'

type AnyPolicy = CompiledPolicy<unknown>

/** Turns what decorators declare into a policy, once for each handler. */
@Injectable()
export class RoutePolicies {
  readonly #server: ResourceServer
  readonly #compiled = new WeakMap<object, WeakMap<Function, AnyPolicy | 'public'>>()

  constructor(@Inject(RESOURCE_SERVER) server: ResourceServer) {
    this.#server = server
  }

  /** The policy that all decorators of class and method make together, or that there is none to meet. */
  of(handler: Handler): AnyPolicy | 'public' {
    const { controller, method } = handler
    let ofController = this.#compiled.get(controller)
    if (ofController === undefined) this.#compiled.set(controller, (ofController = new WeakMap()))
    let policy = ofController.get(method)
    if (policy === undefined)
      ofController.set(method, (policy = isPublic(handler) ? 'public' : this.#ofHandler(handler)))
    return policy
  }

  #ofHandler(handler: Handler): AnyPolicy {
    const name = nameOf(handler)
    const places = [...placesOfClass('policy', handler.controller), ...placesOfMethod('policy', handler)]
    const policy = this.#compile(name, places)
    for (const typedBy of declaredHere('caller', handler)) assertSchemaApplies(name, policy, typedBy)
    return policy
  }

  #compile(name: string, places: readonly Place[]): AnyPolicy {
    try {
      return this.#server.policy(mergePlaces(name, places))
    } catch (error) {
      if (error instanceof ConfigurationError) throw new ConfigurationError(`${name}: ${error.option}`, error.problem)
      throw error
    }
  }
}

export function nameOf({ controller, method }: Handler): string {
  return method === controller ? controller.name : `${controller.name}.${method.name}`
}

/** Lists add up. Of what can have one value the innermost place decides, and one place decides once. */
function mergePlaces(name: string, places: readonly Place[]): AnyPolicy {
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

function assertSchemaApplies(name: string, { claims }: AnyPolicy, typedBy: unknown): void {
  const expected = isSchema(typedBy) ? typedBy : (typedBy as AnyPolicy | undefined)?.claims
  if (expected !== undefined && expected !== claims) {
    throw new ConfigurationError(
      name,
      'types its caller by a claims schema that the route does not apply; put the same policy into @Policy()',
    )
  }
}

function isSchema(value: unknown): value is ClaimsSchema {
  return (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value
}
