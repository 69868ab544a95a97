import {
  ConfigurableModuleBuilder,
  type ConfigurableModuleAsyncOptions,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common'
import { APP_GUARD, DiscoveryModule } from '@nestjs/core'
import { BootCheck } from './boot-check.js'
import { RoutePolicies } from './route-policies.js'
import {
  checkModuleOptions,
  GLOBAL_GUARD,
  RESOURCE_SERVER,
  type ServerInUse,
  serverOf,
  type TokenwardModuleExtras,
  type TokenwardModuleOptions,
} from './tokenward-options.js'
import { TokenwardGuard } from './tokenward.guard.js'

/** Asynchronous options: `useFactory` with `inject`, `useClass` or `useExisting`; a class has `createOptions()`. */
export type TokenwardModuleAsyncOptions = ConfigurableModuleAsyncOptions<TokenwardModuleOptions, 'createOptions'> &
  TokenwardModuleExtras

const SERVER_IN_USE = Symbol('tokenward.server-in-use')

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<TokenwardModuleOptions>({
  moduleName: 'Tokenward',
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createOptions')
  .setExtras<TokenwardModuleExtras>({ globalGuard: true, isGlobal: true }, (definition, { globalGuard, isGlobal }) => ({
    ...definition,
    global: isGlobal !== false,
    providers: [
      ...(definition.providers ?? []),
      { provide: GLOBAL_GUARD, useValue: globalGuard !== false },
      ...(globalGuard === false ? [] : [globalGuardProvider]),
    ],
  }))
  .build()

/** `useExisting`, so that tests can override the guard itself. */
const globalGuardProvider: Provider = { provide: APP_GUARD, useExisting: TokenwardGuard }

/** Protects the HTTP handlers of an application with access tokens. Import it once, in the root module. */
@Module({
  imports: [DiscoveryModule],
  providers: [
    { provide: SERVER_IN_USE, useFactory: serverOf, inject: [MODULE_OPTIONS_TOKEN] },
    { provide: RESOURCE_SERVER, useFactory: ({ server }: ServerInUse) => server, inject: [SERVER_IN_USE] },
    RoutePolicies,
    TokenwardGuard,
    BootCheck,
  ],
  exports: [RESOURCE_SERVER, RoutePolicies, TokenwardGuard],
})
export class TokenwardModule implements OnApplicationShutdown {
  readonly #inUse: ServerInUse

  constructor(@Inject(SERVER_IN_USE) inUse: ServerInUse) {
    this.#inUse = inUse
  }

  /** Options known when the module is declared. */
  static forRoot(options: TokenwardModuleOptions & TokenwardModuleExtras): DynamicModule {
    checkModuleOptions('forRoot', options)
    return { ...ConfigurableModuleClass.forRoot(options), module: TokenwardModule }
  }

  /** Options that other providers bring. */
  static forRootAsync(options: TokenwardModuleAsyncOptions): DynamicModule {
    checkModuleOptions('forRootAsync', options)
    return { ...ConfigurableModuleClass.forRootAsync(options), module: TokenwardModule }
  }

  /** Closes the server, unless it was handed in. */
  async onApplicationShutdown(): Promise<void> {
    if (this.#inUse.owned) await this.#inUse.server.close()
  }
}
