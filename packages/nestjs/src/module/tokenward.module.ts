import {
  ConfigurableModuleBuilder,
  type ConfigurableModuleAsyncOptions,
  type DynamicModule,
  Inject,
  Logger,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common'
import { APP_FILTER, APP_GUARD, DiscoveryModule, ModuleRef } from '@nestjs/core'
import { ConfigurationError, type ResourceServer } from '@tokenward/core'
import { TokenwardGuard } from '../guard/tokenward.guard.js'
import { WebSocketGate } from '../gateways/web-socket-gate.js'
import { RoutePolicies } from '../policies/route-policies.js'
import { OpenStreams } from '../streams/open-streams.js'
import { GraphqlDenialFilter } from '../transports/graphql-denial.js'
import { BootCheck } from './boot-check.js'
import { Enforcement } from './enforcement.js'
import { MetadataRoute } from './metadata-route.js'
import { RouteInventory } from './route-inventory.js'
import { RouteReport } from './route-report.js'
import {
  BOOT_OPTIONS,
  type BootOptions,
  checkModuleOptions,
  RESOURCE_SERVER,
  ROUTE_INVENTORY,
  type ServerInUse,
  serverOf,
  type TokenwardModuleExtras,
  type TokenwardModuleOptions,
} from './tokenward-options.js'

/** Asynchronous options: `useFactory` with `inject`, `useClass` or `useExisting`; a class has `createOptions()`. */
export type TokenwardModuleAsyncOptions = ConfigurableModuleAsyncOptions<TokenwardModuleOptions, 'createOptions'> &
  TokenwardModuleExtras

const SERVER_IN_USE = Symbol('tokenward.server-in-use')

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<TokenwardModuleOptions>({
  moduleName: 'Tokenward',
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createOptions')
  .setExtras<TokenwardModuleExtras>(
    { globalGuard: true, isGlobal: true, strictRoutes: false, logRoutes: false, guard: TokenwardGuard },
    (definition, { globalGuard, isGlobal, strictRoutes, logRoutes, guard }) => {
      const boot: BootOptions = {
        globalGuard: globalGuard !== false,
        strictRoutes: strictRoutes === true,
        logRoutes: logRoutes === true,
      }
      return {
        ...definition,
        global: isGlobal !== false,
        providers: [
          ...(definition.providers ?? []),
          { provide: BOOT_OPTIONS, useValue: boot },
          { provide: TokenwardGuard, useClass: guard ?? TokenwardGuard },
          ...(boot.globalGuard ? [globalGuardProvider] : []),
        ],
      }
    },
  )
  .build()

/** `useExisting`, so that tests can override the guard itself. */
const globalGuardProvider: Provider = { provide: APP_GUARD, useExisting: TokenwardGuard }

/** Where no options replace these, somebody has imported the bare class. */
const bareProviders: Provider[] = [
  {
    provide: MODULE_OPTIONS_TOKEN,
    useFactory() {
      throw new ConfigurationError(
        'TokenwardModule',
        'is imported without options: import what TokenwardModule.forRoot({ … }) or forRootAsync({ … }) returned, in every module the same value',
      )
    },
  },
  { provide: BOOT_OPTIONS, useValue: { globalGuard: false, strictRoutes: false, logRoutes: false } },
  TokenwardGuard,
]

/** Protects the handlers of an application with access tokens. Import it once, in the root module. */
@Module({
  imports: [DiscoveryModule],
  providers: [
    ...bareProviders,
    { provide: SERVER_IN_USE, useFactory: serverOf, inject: [MODULE_OPTIONS_TOKEN] },
    { provide: RESOURCE_SERVER, useFactory: ({ server }: ServerInUse) => server, inject: [SERVER_IN_USE] },
    RoutePolicies,
    Enforcement,
    WebSocketGate,
    OpenStreams,
    MetadataRoute,
    RouteReport,
    RouteInventory,
    { provide: ROUTE_INVENTORY, useExisting: RouteInventory },
    { provide: APP_FILTER, useClass: GraphqlDenialFilter },
    BootCheck,
  ],
  exports: [RESOURCE_SERVER, RoutePolicies, TokenwardGuard],
})
export class TokenwardModule implements OnModuleInit, OnApplicationShutdown {
  readonly #inUse: ServerInUse
  readonly #server: ResourceServer
  readonly #parts: ModuleRef

  constructor(
    @Inject(SERVER_IN_USE) inUse: ServerInUse,
    @Inject(RESOURCE_SERVER) server: ResourceServer,
    @Inject(ModuleRef) parts: ModuleRef,
  ) {
    this.#inUse = inUse
    this.#server = server
    this.#parts = parts
  }

  /** Options known when the module is declared. */
  static forRoot(options: TokenwardModuleOptions & TokenwardModuleExtras): DynamicModule {
    checkModuleOptions('forRoot', options)
    assertGuard('forRoot', options)
    return { ...ConfigurableModuleClass.forRoot(options), module: TokenwardModule }
  }

  /** Options that other providers bring. */
  static forRootAsync(options: TokenwardModuleAsyncOptions): DynamicModule {
    checkModuleOptions('forRootAsync', options)
    assertGuard('forRootAsync', options)
    return { ...ConfigurableModuleClass.forRootAsync(options), module: TokenwardModule }
  }

  /** Fetches keys before traffic. Where that fails the application starts all the same: requests are unavailable then. */
  async onModuleInit(): Promise<void> {
    this.#assertSingletons()
    await this.#server.ready().catch((error: unknown) => {
      const problem = error instanceof Error ? error.message : 'an unknown error'
      new Logger('Tokenward').warn(`The application starts without what it should have fetched: ${problem}`)
    })
  }

  /** What depends on something that is made for each request is made for each request, and sees no boot. */
  #assertSingletons(): void {
    try {
      this.#parts.get(BootCheck)
    } catch {
      throw new ConfigurationError(
        'TokenwardModule.guard',
        'must not be made for each request, nor inject what is; give it what it needs from the context it is called with',
      )
    }
  }

  /** Closes the server, unless it was handed in. */
  async onApplicationShutdown(): Promise<void> {
    if (this.#inUse.owned) await this.#inUse.server.close()
  }
}

function assertGuard(method: string, { guard = TokenwardGuard }: TokenwardModuleExtras): void {
  const isOurs = typeof guard === 'function' && (guard === TokenwardGuard || guard.prototype instanceof TokenwardGuard)
  if (!isOurs) {
    throw new ConfigurationError(`TokenwardModule.${method}.guard`, 'must be a class that extends TokenwardGuard')
  }
}
