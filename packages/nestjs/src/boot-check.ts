import { Inject, Injectable, type OnModuleInit, type Type } from '@nestjs/common'
import { ApplicationConfig, DiscoveryService } from '@nestjs/core'
import { ConfigurationError } from '@tokenward/core'
import { classDemands, contradictsItself, demandsItself, type Handler, isPublic, methodsOf } from './declarations.js'
import { nameOf, RoutePolicies } from './route-policies.js'
import { GLOBAL_GUARD } from './tokenward-options.js'
import { TokenwardGuard } from './tokenward.guard.js'

/** Where NestJS keeps guards, paths and message patterns: on the function, since its first versions. */
const GUARDS = '__guards__'
const PATH = 'path'
const PATTERN = 'microservices:pattern'

/**
 * Looks at every handler before the application starts: a wrong policy, a contradiction, or a demand that nothing
 * enforces must not wait for its first request.
 */
@Injectable()
export class BootCheck implements OnModuleInit {
  readonly #discovery: DiscoveryService
  readonly #application: ApplicationConfig
  readonly #policies: RoutePolicies
  readonly #globalGuard: boolean

  constructor(
    @Inject(DiscoveryService) discovery: DiscoveryService,
    @Inject(ApplicationConfig) application: ApplicationConfig,
    @Inject(RoutePolicies) policies: RoutePolicies,
    @Inject(GLOBAL_GUARD) globalGuard: boolean,
  ) {
    this.#discovery = discovery
    this.#application = application
    this.#policies = policies
    this.#globalGuard = globalGuard
  }

  onModuleInit(): void {
    this.#refuseSecondGuard()
    const everyHandlerIsGuarded = this.#globalGuard || this.#applicationHasGuard()
    for (const { metatype, instance } of this.#discovery.getControllers()) {
      if (!isClass(metatype) || instance === undefined) continue
      for (const { name, method } of methodsOf(metatype)) {
        const handler = { controller: metatype, method }
        if (!Reflect.hasMetadata(PATH, method)) {
          refuseDemands(handler)
          continue
        }
        // NestJS calls what the instance has; bound in a constructor, that is a function nobody decorated.
        this.#policies.of({
          controller: metatype,
          method: (instance as Record<string | symbol, Function>)[name] ?? method,
        })
        this.#checkRoute(handler, everyHandlerIsGuarded)
      }
    }
    for (const { metatype } of this.#discovery.getProviders()) {
      if (isClass(metatype)) refuseDemandsOfProvider(metatype)
    }
  }

  /** Two modules that guard everything, each with its own issuers, would let nobody in. */
  #refuseSecondGuard(): void {
    const global = this.#discovery.getProviders().filter(({ token, instance }) => token === GLOBAL_GUARD && instance)
    if (global.length > 1) {
      throw new ConfigurationError(
        'TokenwardModule',
        'guards the whole application more than once; import it once, with all issuers in one list',
      )
    }
  }

  #checkRoute(handler: Handler, everyHandlerIsGuarded: boolean): void {
    if (contradictsItself(handler)) {
      throw new ConfigurationError(
        nameOf(handler),
        'is @Public() and demands scopes, groups or a caller at the same place; decide for one',
      )
    }
    if (demands(handler) && !everyHandlerIsGuarded && !isGuarded(handler)) {
      throw new ConfigurationError(
        nameOf(handler),
        'demands scopes, groups or a caller, but no guard enforces them: add @UseGuards(TokenwardGuard), or set globalGuard to true',
      )
    }
  }

  /** Guards the application itself registered for all handlers. */
  #applicationHasGuard(): boolean {
    const registered = this.#application.getGlobalGuards()
    const provided = this.#application.getGlobalRequestGuards().map(({ metatype }) => metatype)
    return [...registered, ...provided].some(isTokenwardGuard)
  }
}

/** Message handlers, and methods that are no handlers at all: the guard of HTTP would not stand before them. */
function refuseDemands(handler: Handler): void {
  const isMessageHandler = Reflect.hasMetadata(PATTERN, handler.method)
  if (isMessageHandler ? demands(handler) : demandsItself(handler)) {
    throw new ConfigurationError(
      nameOf(handler),
      'is no HTTP handler, and TokenwardGuard guards no others in this version',
    )
  }
}

function refuseDemandsOfProvider(provider: Type): void {
  if (
    classDemands(provider) ||
    methodsOf(provider).some(({ method }) => demandsItself({ controller: provider, method }))
  ) {
    throw new ConfigurationError(
      provider.name,
      'is no controller, and TokenwardGuard guards HTTP handlers only in this version',
    )
  }
}

function demands(handler: Handler): boolean {
  return !isPublic(handler) && (classDemands(handler.controller) || demandsItself(handler))
}

function isClass(metatype: unknown): metatype is Type {
  return typeof metatype === 'function' && typeof metatype.prototype === 'object' && metatype.prototype !== null
}

function isGuarded({ controller, method }: Handler): boolean {
  const guards: unknown[] = [controller, method].flatMap((target) => Reflect.getMetadata(GUARDS, target) ?? [])
  return guards.some(isTokenwardGuard)
}

function isTokenwardGuard(guard: unknown): boolean {
  return guard === TokenwardGuard || (typeof guard === 'function' ? guard.prototype : guard) instanceof TokenwardGuard
}
