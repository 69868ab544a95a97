import { Inject, Injectable } from '@nestjs/common'
import { type ClaimsSchema, type CompiledPolicy, ConfigurationError, type ResourceServer } from '@tokenward/core'
import type { Handler } from './class-chain.js'
import { declaredHere, isPublic, type Place, placesOfClass, placesOfMethod } from './declarations.js'
import { mergePlaces } from './merged-policy.js'
import { RESOURCE_SERVER } from '../module/tokenward-options.js'

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
    if (policy === undefined) {
      policy = isPublic(handler) ? 'public' : this.#ofHandler(handler)
      ofController.set(method, policy)
    }
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
