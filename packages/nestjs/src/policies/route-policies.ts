import { Inject, Injectable } from '@nestjs/common'
import {
  type ClaimsSchema,
  type CompiledPolicy,
  ConfigurationError,
  type PathParameters,
  type ResourceServer,
} from '@tokenward/core'
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

  /**
   * The same for one call of a handler that is called with arguments rather than by a path: what functions say of them
   * holds for that call alone.
   */
  forCall(handler: Handler, params: PathParameters): AnyPolicy | 'public' {
    const policy = this.of(handler)
    const asksByFunction =
      policy !== 'public' && policy.decisions.some((decision) => Object.values(decision).some(isFunction))
    return asksByFunction ? this.#ofHandler(handler, params) : policy
  }

  #ofHandler(handler: Handler, params?: PathParameters): AnyPolicy {
    const name = nameOf(handler)
    const places = [...placesOfClass('policy', handler.controller), ...placesOfMethod('policy', handler)]
    const policy = this.#compile(name, places, params)
    for (const typedBy of declaredHere('caller', handler)) assertSchemaApplies(name, policy, typedBy)
    return policy
  }

  #compile(name: string, places: readonly Place[], params: PathParameters | undefined): AnyPolicy {
    try {
      return this.#server.policy(mergePlaces(name, places, params))
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

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

function isSchema(value: unknown): value is ClaimsSchema {
  return (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value
}
