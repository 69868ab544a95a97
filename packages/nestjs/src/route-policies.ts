import { Inject, Injectable } from '@nestjs/common'
import {
  combinePolicies,
  type CompiledPolicy,
  ConfigurationError,
  definePolicy,
  type ResourceServer,
} from '@tokenward/core'
import { type Declaration, declaredOnClass, declaredOnMethod, type Handler, isPublic } from './declarations.js'
import { RESOURCE_SERVER } from './tokenward-options.js'

/** Turns what decorators declare into a policy, once for each handler. */
@Injectable()
export class RoutePolicies {
  readonly #server: ResourceServer
  readonly #compiled = new WeakMap<object, WeakMap<Function, CompiledPolicy | 'public'>>()

  constructor(@Inject(RESOURCE_SERVER) server: ResourceServer) {
    this.#server = server
  }

  /** The policy that all decorators of controller and handler make together, or that there is none to meet. */
  of(handler: Handler): CompiledPolicy | 'public' {
    const { controller, method } = handler
    let ofController = this.#compiled.get(controller)
    if (ofController === undefined) this.#compiled.set(controller, (ofController = new WeakMap()))
    let policy = ofController.get(method)
    if (policy === undefined) ofController.set(method, (policy = isPublic(handler) ? 'public' : this.#compile(handler)))
    return policy
  }

  #compile(handler: Handler): CompiledPolicy {
    const name = nameOf(handler)
    const scopes = declared('scopes', handler).map((list) => ({ scopes: list }))
    const groups = declared('groups', handler).map((list) => ({ groups: list }))
    try {
      const parts = [...scopes, ...groups].map((part) => definePolicy(part))
      return this.#server.policy(combinePolicies(definePolicy({ name }), ...parts))
    } catch (error) {
      if (error instanceof ConfigurationError) throw new ConfigurationError(`${name}: ${error.option}`, error.problem)
      throw error
    }
  }
}

export function nameOf({ controller, method }: Handler): string {
  return `${controller.name}.${method.name}`
}

/** Lists as they were given; what is not a list is refused where the policy is made. */
function declared(declaration: Declaration, handler: Handler): readonly (readonly string[])[] {
  const all = [...declaredOnClass(declaration, handler.controller), ...declaredOnMethod(declaration, handler)]
  return all as readonly (readonly string[])[]
}
