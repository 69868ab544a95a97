import { Inject, Injectable, type OnModuleInit, type Type } from '@nestjs/common'
import { ApplicationConfig, DiscoveryService, MetadataScanner } from '@nestjs/core'
import { ConfigurationError } from '@tokenward/core'
import { type Handler, RoutePolicies } from './route-policies.js'
import { GLOBAL_GUARD } from './tokenward-options.js'
import { TokenwardGuard } from './tokenward.guard.js'

/** Where `@UseGuards` keeps guards, since Nest 4. */
const GUARDS = '__guards__'

/**
 * Looks at every handler before the application starts: a wrong policy, or one that nothing enforces, must not wait
 * for its first request.
 */
@Injectable()
export class BootCheck implements OnModuleInit {
  readonly #discovery: DiscoveryService
  readonly #scanner: MetadataScanner
  readonly #application: ApplicationConfig
  readonly #policies: RoutePolicies
  readonly #globalGuard: boolean

  constructor(
    @Inject(DiscoveryService) discovery: DiscoveryService,
    @Inject(MetadataScanner) scanner: MetadataScanner,
    @Inject(ApplicationConfig) application: ApplicationConfig,
    @Inject(RoutePolicies) policies: RoutePolicies,
    @Inject(GLOBAL_GUARD) globalGuard: boolean,
  ) {
    this.#discovery = discovery
    this.#scanner = scanner
    this.#application = application
    this.#policies = policies
    this.#globalGuard = globalGuard
  }

  onModuleInit(): void {
    const everyHandlerIsGuarded = this.#globalGuard || this.#applicationHasGuard()
    for (const handler of this.#handlers()) {
      this.#policies.of(handler)
      if (everyHandlerIsGuarded || !this.#policies.isDecorated(handler) || isGuarded(handler)) continue
      throw new ConfigurationError(
        `${handler.controller.name}.${handler.method.name}`,
        'demands scopes or groups, but no guard enforces them: add @UseGuards(TokenwardGuard), or set globalGuard to true',
      )
    }
  }

  *#handlers(): Generator<Handler> {
    for (const { metatype, instance } of this.#discovery.getControllers()) {
      if (typeof metatype !== 'function' || instance === undefined) continue
      const prototype: Record<string, Function> = Object.getPrototypeOf(instance)
      for (const name of this.#scanner.getAllMethodNames(prototype)) {
        const method = prototype[name]
        if (method !== undefined) yield { controller: metatype as Type, method }
      }
    }
  }

  /** Guards the application itself registered for all handlers. */
  #applicationHasGuard(): boolean {
    const registered = this.#application.getGlobalGuards()
    const provided = this.#application.getGlobalRequestGuards().map(({ metatype }) => metatype)
    return [...registered, ...provided].some(isTokenwardGuard)
  }
}

function isGuarded({ controller, method }: Handler): boolean {
  const guards: unknown[] = [controller, method].flatMap((target) => Reflect.getMetadata(GUARDS, target) ?? [])
  return guards.some(isTokenwardGuard)
}

function isTokenwardGuard(guard: unknown): boolean {
  return guard === TokenwardGuard || (typeof guard === 'function' ? guard.prototype : guard) instanceof TokenwardGuard
}
