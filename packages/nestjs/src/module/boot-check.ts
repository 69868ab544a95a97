import { Inject, Injectable, type OnModuleInit, type Type } from '@nestjs/common'
import { ApplicationConfig, DiscoveryService } from '@nestjs/core'
import { ConfigurationError } from '@tokenward/core'
import { TokenwardGuard } from '../guard/tokenward.guard.js'
import { WebSocketGate } from '../gateways/web-socket-gate.js'
import { methodsOf } from '../policies/class-chain.js'
import { classDemands, contradictsItself, demands, demandsItself } from '../policies/declarations.js'
import { Enforcement, isTokenwardGuard } from './enforcement.js'
import { type FoundHandler, guardsOf, handlersOf, isClass, isGateway } from '../policies/handlers.js'
import { nameOf, RoutePolicies } from '../policies/route-policies.js'
import { RouteReport } from './route-report.js'
import { BOOT_OPTIONS, type BootOptions } from './tokenward-options.js'

/**
 * Looks at every handler before the application starts: a wrong policy, a contradiction, or a demand that nothing
 * enforces must not wait for its first request.
 */
@Injectable()
export class BootCheck implements OnModuleInit {
  readonly #discovery: DiscoveryService
  readonly #application: ApplicationConfig
  readonly #policies: RoutePolicies
  readonly #enforcement: Enforcement
  readonly #gate: WebSocketGate
  readonly #guard: TokenwardGuard
  readonly #report: RouteReport
  /** Several modules may provide a class. */
  readonly #checked = new Set<Type>()

  constructor(
    @Inject(DiscoveryService) discovery: DiscoveryService,
    @Inject(ApplicationConfig) application: ApplicationConfig,
    @Inject(RoutePolicies) policies: RoutePolicies,
    @Inject(Enforcement) enforcement: Enforcement,
    @Inject(WebSocketGate) gate: WebSocketGate,
    @Inject(TokenwardGuard) guard: TokenwardGuard,
    @Inject(RouteReport) report: RouteReport,
  ) {
    this.#discovery = discovery
    this.#application = application
    this.#policies = policies
    this.#enforcement = enforcement
    this.#gate = gate
    this.#guard = guard
    this.#report = report
  }

  onModuleInit(): void {
    this.#refuseSecondGuard()
    this.#refuseSharedContext()
    for (const { metatype, instance } of this.#discovery.getControllers()) {
      if (isClass(metatype) && instance !== undefined) this.#checkClass(metatype, instance)
    }
    for (const { metatype, instance } of this.#discovery.getProviders()) {
      if (!isClass(metatype)) continue
      if (handlersOf(metatype).length > 0) this.#checkClass(metatype, instance)
      else if (classDemands(metatype)) throw new ConfigurationError(metatype.name, NO_HANDLER)
      else refuseDemandsElsewhere(metatype, [])
    }
  }

  #checkClass(type: Type, instance: unknown): void {
    if (this.#checked.has(type)) return
    this.#checked.add(type)
    const handlers = handlersOf(type)
    refuseDemandsElsewhere(type, handlers)
    for (const handler of handlers) {
      // NestJS calls what the instance has; bound in a constructor, that is a function nobody decorated.
      const called = (instance as Record<string | symbol, Function | undefined> | undefined)?.[handler.name]
      const policy = this.#policies.of({ controller: type, method: called ?? handler.method })
      if (contradictsItself(handler)) {
        throw new ConfigurationError(
          nameOf(handler),
          'is @Public() and demands scopes, groups or a caller at the same place; decide for one',
        )
      }
      if (policy !== 'public') this.#checkEnforcement(handler)
      this.#report.tell(handler, policy)
    }
    if (isGateway(type)) this.#checkGateway(type)
  }

  /** That a guard decides, wherever something is demanded or everything is meant to be closed. */
  #checkEnforcement(handler: FoundHandler): void {
    const isGuarded = this.#enforcement.isGuarded(handler)
    if (isGuarded && handler.kind === 'rpc' && !this.#findsTokenOf(handler)) {
      throw new ConfigurationError(
        nameOf(handler),
        'is called by messages, which have no header: override extractToken() in a subclass of TokenwardGuard, and use that as guard',
      )
    }
    if (isGuarded) return
    if (demands(handler)) throw new ConfigurationError(nameOf(handler), notEnforced(handler))
    // Fields are resolved within an operation that was let in.
    const isMeantToBeClosed = this.#enforcement.isGlobal && handler.kind !== 'field'
    if (isMeantToBeClosed) throw new ConfigurationError(nameOf(handler), notReached(handler))
  }

  /** Every guard of ours before a handler of messages has to know where their token is. */
  #findsTokenOf(handler: FoundHandler): boolean {
    const own = guardsOf(handler).filter(isTokenwardGuard)
    const guards = own.length > 0 ? own : [this.#guard]
    return guards.every((guard) => {
      const steps: object = typeof guard === 'function' ? guard.prototype : (guard as object)
      return Reflect.get(steps, 'extractToken') !== Reflect.get(TokenwardGuard.prototype, 'extractToken')
    })
  }

  #checkGateway(gateway: Type): void {
    // Without an adapter nothing listens, as in a program that only borrows the providers.
    if ((this.#application.getIoAdapter() as unknown) === undefined || this.#gate.isGated(gateway)) return
    throw new ConfigurationError(
      gateway.name,
      'listens with a WebSocket adapter whose connections cannot be guarded; use WsAdapter or IoAdapter, or a subclass of one',
    )
  }

  /** Two modules that guard everything, each with its own issuers, would let nobody in. */
  #refuseSecondGuard(): void {
    const global = this.#discovery
      .getProviders()
      .filter(({ token, instance }) => token === BOOT_OPTIONS && (instance as BootOptions | undefined)?.globalGuard)
    if (global.length > 1) {
      throw new ConfigurationError(
        'TokenwardModule',
        'guards the whole application more than once; import it once, with all issuers in one list',
      )
    }
  }

  /** Mercurius writes the request into that object, so that one request would run with the token of another. */
  #refuseSharedContext(): void {
    for (const { driver, context } of this.#enforcement.graphqlOptions()) {
      if (typeof context === 'object' && context !== null && driver?.name?.startsWith('Mercurius') === true) {
        throw new ConfigurationError(
          'GraphQLModule.context',
          'is one object for all requests; make it a function, or requests that run at once take each other for their caller',
        )
      }
    }
  }
}

const NO_HANDLER = 'demands scopes, groups or a caller, but is no handler that NestJS calls'

function refuseDemandsElsewhere(type: Type, handlers: readonly FoundHandler[]): void {
  const called = new Set(handlers.map(({ method }) => method))
  for (const { method } of methodsOf(type)) {
    const handler = { controller: type, method }
    if (!called.has(method) && demandsItself(handler)) throw new ConfigurationError(nameOf(handler), NO_HANDLER)
  }
}

function notEnforced({ kind }: FoundHandler): string {
  const remedy =
    kind === 'field'
      ? "NestJS calls none for fields: set fieldResolverEnhancers: ['guards'] of GraphQLModule, and guard it like others"
      : kind === 'message' || kind === 'rpc'
        ? 'add @UseGuards(TokenwardGuard) to its class'
        : 'add @UseGuards(TokenwardGuard), or set globalGuard to true'
  return `demands scopes, groups or a caller, but no guard enforces them: ${remedy}`
}

function notReached({ kind }: FoundHandler): string {
  const where = kind === 'rpc' ? 'a microservice within an HTTP application' : 'gateways in NestJS 11'
  return `would be open: global guards are not called for ${where}; add @UseGuards(TokenwardGuard) to its class, or @Public()`
}
