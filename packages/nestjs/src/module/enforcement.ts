import { createRequire } from 'node:module'
import { Inject, Injectable } from '@nestjs/common'
import { ApplicationConfig, DiscoveryService, HttpAdapterHost } from '@nestjs/core'
import { TokenwardGuard } from '../guard/tokenward.guard.js'
import { type FoundHandler, guardsOf } from '../policies/handlers.js'
import { BOOT_OPTIONS, type BootOptions } from './tokenward-options.js'

/** Knows before which handlers a guard of ours stands: NestJS does not call global guards everywhere. */
@Injectable()
export class Enforcement {
  readonly #discovery: DiscoveryService
  readonly #application: ApplicationConfig
  readonly #adapterHost: HttpAdapterHost
  readonly #globalGuard: boolean

  constructor(
    @Inject(DiscoveryService) discovery: DiscoveryService,
    @Inject(ApplicationConfig) application: ApplicationConfig,
    @Inject(HttpAdapterHost) adapterHost: HttpAdapterHost,
    @Inject(BOOT_OPTIONS) { globalGuard }: BootOptions,
  ) {
    this.#discovery = discovery
    this.#application = application
    this.#adapterHost = adapterHost
    this.#globalGuard = globalGuard
  }

  /** Whether every handler is meant to be closed unless it says otherwise. */
  get isGlobal(): boolean {
    if (this.#globalGuard) return true
    const registered = this.#application.getGlobalGuards()
    const provided = this.#application.getGlobalRequestGuards().map(({ metatype }) => metatype)
    return [...registered, ...provided].some(isTokenwardGuard)
  }

  /** Whether a guard of ours decides before this handler runs. */
  isGuarded(handler: FoundHandler): boolean {
    if (handler.kind === 'field' && !this.#guardsFields()) return false
    return guardsOf(handler).some(isTokenwardGuard) || (this.isGlobal && this.#isReached(handler))
  }

  /** Whether a global guard is called for handlers of that kind. */
  #isReached({ kind }: FoundHandler): boolean {
    if (kind === 'message') return GATEWAYS_HAVE_GLOBAL_GUARDS
    // A microservice within an HTTP application has a configuration of its own, unless it inherits the application's.
    return kind !== 'rpc' || this.#adapterHost.httpAdapter === undefined
  }

  #guardsFields(): boolean {
    return this.graphqlOptions().every(({ fieldResolverEnhancers }) => fieldResolverEnhancers?.includes('guards'))
  }

  /** Options of each `GraphQLModule`, as far as they concern guards. */
  graphqlOptions(): readonly GraphqlOptions[] {
    return this.#discovery
      .getProviders()
      .flatMap(({ token, instance }) => (token === 'GqlModuleOptions' && instance ? (instance as GraphqlOptions) : []))
  }
}

interface GraphqlOptions {
  readonly fieldResolverEnhancers?: readonly string[]
  readonly driver?: { readonly name?: string }
  readonly context?: unknown
}

export function isTokenwardGuard(guard: unknown): boolean {
  return guard === TokenwardGuard || (typeof guard === 'function' ? guard.prototype : guard) instanceof TokenwardGuard
}

/** Since NestJS 12. Where nobody can tell, as in a bundle, they have none. */
const GATEWAYS_HAVE_GLOBAL_GUARDS = majorOfNest() >= 12

function majorOfNest(): number {
  try {
    const { version } = createRequire(import.meta.url)('@nestjs/core/package.json') as { version: string }
    return Number.parseInt(version, 10)
  } catch {
    return 0
  }
}
