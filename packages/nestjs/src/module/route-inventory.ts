import { Inject, Injectable } from '@nestjs/common'
import { DiscoveryService } from '@nestjs/core'
import type { CompiledPolicy } from '@tokenward/core'
import { demands } from '../policies/declarations.js'
import { type FoundHandler, handlersOf, isClass } from '../policies/handlers.js'
import { RoutePolicies } from '../policies/route-policies.js'
import { Enforcement } from './enforcement.js'

/** A route of HTTP with what it takes to enter. */
export interface InventoriedRoute {
  readonly handler: FoundHandler
  readonly policy: CompiledPolicy<unknown> | 'public'
}

/** Lists the routes of the application. */
@Injectable()
export class RouteInventory {
  readonly #discovery: DiscoveryService
  readonly #policies: RoutePolicies
  readonly #enforcement: Enforcement

  constructor(
    @Inject(DiscoveryService) discovery: DiscoveryService,
    @Inject(RoutePolicies) policies: RoutePolicies,
    @Inject(Enforcement) enforcement: Enforcement,
  ) {
    this.#discovery = discovery
    this.#policies = policies
    this.#enforcement = enforcement
  }

  routes(): readonly InventoriedRoute[] {
    return this.#discovery
      .getControllers()
      .flatMap(({ metatype }) => (isClass(metatype) ? handlersOf(metatype) : []))
      .filter(({ kind }) => kind === 'route' || kind === 'event-stream')
      .map((handler) => {
        const isClosed = this.#enforcement.isGuarded(handler) || demands(handler)
        return { handler, policy: isClosed ? this.#policies.of(handler) : 'public' }
      })
  }
}
