import { Inject, Injectable, type Type } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import { type CompiledPolicy, ConfigurationError, type ResourceServer, type RoutePolicy } from '@tokenward/core'
import { GROUPS, PUBLIC, SCOPES } from './decorators.js'
import { RESOURCE_SERVER } from './tokenward-options.js'

/** A method of a controller. */
export interface Handler {
  readonly controller: Type
  readonly method: Function
}

/** Turns decorators into policies, once per handler. */
@Injectable()
export class RoutePolicies {
  readonly #server: ResourceServer
  readonly #reflector: Reflector
  readonly #compiled = new WeakMap<Type, WeakMap<Function, readonly CompiledPolicy[]>>()

  constructor(@Inject(RESOURCE_SERVER) server: ResourceServer, @Inject(Reflector) reflector: Reflector) {
    this.#server = server
    this.#reflector = reflector
  }

  isPublic({ controller, method }: Handler): boolean {
    return this.#reflector.getAllAndOverride<boolean | undefined>(PUBLIC, [method, controller]) === true
  }

  /** Whether the handler demands anything, itself or through its controller. */
  isDecorated({ controller, method }: Handler): boolean {
    return [SCOPES, GROUPS].some((key) => this.#reflector.getAll(key, [controller, method]).some(isGiven))
  }

  /** Policies that must all hold. */
  of(handler: Handler): readonly CompiledPolicy[] {
    const { controller, method } = handler
    let ofController = this.#compiled.get(controller)
    if (ofController === undefined) this.#compiled.set(controller, (ofController = new WeakMap()))
    let policies = ofController.get(method)
    if (policies === undefined) ofController.set(method, (policies = this.#compile(handler)))
    return policies
  }

  #compile({ controller, method }: Handler): readonly CompiledPolicy[] {
    const name = `${controller.name}.${method.name}`
    const scopes = this.#lists(SCOPES, controller, method)
    // All scopes stand in one policy, so that a challenge names them all.
    const [firstGroups, ...otherGroups] = this.#lists(GROUPS, controller, method)
    const policies: RoutePolicy[] = [
      {
        name,
        ...(scopes.length > 0 && { scopes: scopes.flat() }),
        ...(firstGroups !== undefined && { groups: firstGroups }),
      },
      ...otherGroups.map((groups) => ({ name, groups })),
    ]
    try {
      for (const list of scopes) this.#server.policy({ scopes: list })
      return policies.map((policy) => this.#server.policy(policy))
    } catch (error) {
      if (error instanceof ConfigurationError) {
        throw new ConfigurationError(`${name}: ${error.option}`, problemOf(error))
      }
      throw error
    }
  }

  #lists(key: string, controller: Type, method: Function): readonly (readonly string[])[] {
    return this.#reflector.getAll<(readonly string[] | undefined)[]>(key, [controller, method]).filter(isGiven)
  }
}

function isGiven<T>(value: T | undefined): value is T {
  return value !== undefined
}

function problemOf(error: ConfigurationError): string {
  return error.message.slice(error.option.length + 1)
}
