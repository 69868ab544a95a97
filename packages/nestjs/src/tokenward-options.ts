import {
  ConfigurationError,
  createResourceServer,
  type ResourceServer,
  type ResourceServerOptions,
} from '@tokenward/core'

/** Options of `TokenwardModule.forRoot`: those of a resource server, or a server that exists already. */
export type TokenwardModuleOptions =
  | ResourceServerOptions
  | {
      /** A server made with `createResourceServer`, to share it with queues or other frameworks. You close it. */
      readonly resourceServer: ResourceServer
    }

/** Options that shape the module itself; with `forRootAsync` they stand beside the factory. */
export interface TokenwardModuleExtras {
  /** Guards every HTTP handler of the application. Default `true`; then only `@Public()` opens a route. */
  readonly globalGuard?: boolean | undefined
  /** Makes the providers available in every module. Default `true`. */
  readonly isGlobal?: boolean | undefined
}

/** Injects the {@link ResourceServer}: `constructor(@Inject(RESOURCE_SERVER) api: ResourceServer)`. */
export const RESOURCE_SERVER: unique symbol = Symbol('tokenward.resource-server')

/** Whether the module registers its guard for the whole application. */
export const GLOBAL_GUARD: unique symbol = Symbol('tokenward.global-guard')

/** A resource server and whether it is ours to close. */
export interface ServerInUse {
  readonly server: ResourceServer
  readonly owned: boolean
}

export function serverOf(options: TokenwardModuleOptions): ServerInUse {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigurationError('TokenwardModule', 'takes an object of options')
  }
  if (!('resourceServer' in options)) return { server: createResourceServer(options), owned: true }
  const { resourceServer, ...others } = options
  const unexpected = Object.keys(others)
  if (unexpected.length > 0) {
    throw new ConfigurationError(
      `TokenwardModule.${unexpected[0]}`,
      'cannot stand beside resourceServer, which has its own',
    )
  }
  if (typeof resourceServer?.authorize !== 'function') {
    throw new ConfigurationError('TokenwardModule.resourceServer', 'must be made by createResourceServer()')
  }
  return { server: resourceServer, owned: false }
}
