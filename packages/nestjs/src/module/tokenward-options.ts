import type { CanActivate, Type } from '@nestjs/common'
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
  /**
   * Guards every handler of the application, and every connection to its gateways. Default `true`; then only `@Public()`
   * opens something.
   */
  readonly globalGuard?: boolean | undefined
  /**
   * A subclass of `TokenwardGuard` that takes its place as the global guard and where connections to gateways are opened;
   * `@UseGuards` names it itself. What it injects must be global, or come from the modules in `imports`. Default
   * `TokenwardGuard` itself.
   */
  readonly guard?: Type<CanActivate> | undefined
  /** Makes the providers available in every module. `false`: others import the value that `forRoot` returned. Default `true`. */
  readonly isGlobal?: boolean | undefined
  /** Stops the boot at a handler whose policy no token can meet. Default `false`: a warning names it. */
  readonly strictRoutes?: boolean | undefined
  /** Logs every handler at boot with what it demands, which evidence serves, and what an outage does. Default `false`. */
  readonly logRoutes?: boolean | undefined
}

/** Injects the {@link ResourceServer}: `constructor(@Inject(RESOURCE_SERVER) api: ResourceServer)`. */
export const RESOURCE_SERVER: unique symbol = Symbol.for('@tokenward/nestjs.resource-server')

/** For the entries beside the main one: in CommonJS each has classes of its own, and they share this name. */
export const ROUTE_INVENTORY: unique symbol = Symbol.for('@tokenward/nestjs.route-inventory')

/** What of {@link TokenwardModuleExtras} is needed at boot. */
export interface BootOptions {
  readonly globalGuard: boolean
  readonly strictRoutes: boolean
  readonly logRoutes: boolean
}

export const BOOT_OPTIONS: unique symbol = Symbol('tokenward.boot-options')

/** A resource server and whether it is ours to close. */
export interface ServerInUse {
  readonly server: ResourceServer
  readonly owned: boolean
}

/** Checked when the module is declared; what the resource server takes is checked when it is made. */
export function checkModuleOptions(method: 'forRoot' | 'forRootAsync', options: unknown): void {
  const owner = `TokenwardModule.${method}`
  if (typeof options !== 'object' || options === null) {
    throw new ConfigurationError(owner, 'takes an object of options')
  }
  for (const name of SWITCHES) {
    const value = (options as Record<string, unknown>)[name]
    if (value !== undefined && typeof value !== 'boolean') {
      throw new ConfigurationError(`${owner}.${name}`, 'must be true or false')
    }
  }
  if (method === 'forRoot') return
  const unknown = Object.keys(options).find((name) => !ASYNC_OPTIONS.includes(name))
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `${owner}.${unknown}`,
      `is not an option; known options are ${ASYNC_OPTIONS.join(', ')}, and those of the resource server belong in what the factory returns`,
    )
  }
  if (FACTORIES.filter((name) => name in options).length !== 1) {
    throw new ConfigurationError(owner, `takes one of ${FACTORIES.join(', ')}`)
  }
}

export function serverOf(options: TokenwardModuleOptions): ServerInUse {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigurationError('TokenwardModule', 'needs an object of options from the factory of forRootAsync')
  }
  const misplaced = MODULE_OPTIONS.find((name) => name in options)
  if (misplaced !== undefined) {
    throw new ConfigurationError(
      `TokenwardModule.${misplaced}`,
      'belongs beside the factory of forRootAsync, not in what it returns',
    )
  }
  if (!('resourceServer' in options)) return { server: makeServer(options), owned: true }
  const { resourceServer, ...others } = options
  const [unexpected] = Object.keys(others)
  if (unexpected !== undefined) {
    throw new ConfigurationError(
      `TokenwardModule.${unexpected}`,
      'cannot stand beside resourceServer, which has its own',
    )
  }
  if (typeof resourceServer?.authorize !== 'function') {
    throw new ConfigurationError('TokenwardModule.resourceServer', 'must be made by createResourceServer()')
  }
  return { server: resourceServer, owned: false }
}

const SWITCHES = ['globalGuard', 'isGlobal', 'strictRoutes', 'logRoutes'] as const
const MODULE_OPTIONS = [...SWITCHES, 'guard'] as const satisfies readonly (keyof TokenwardModuleExtras)[]
const FACTORIES = ['useFactory', 'useClass', 'useExisting'] as const
const ASYNC_OPTIONS: readonly string[] = [
  ...FACTORIES,
  'inject',
  'imports',
  'provideInjectionTokensFrom',
  ...MODULE_OPTIONS,
]

/** Core knows nothing of a module: an unknown name may well be a misspelt option of ours. */
function makeServer(options: ResourceServerOptions): ResourceServer {
  try {
    return createResourceServer(options)
  } catch (error) {
    const isUnknownName = error instanceof ConfigurationError && error.problem.startsWith('is not an option')
    if (!isUnknownName) throw error
    throw new ConfigurationError(
      error.option,
      `${error.problem}; TokenwardModule itself takes resourceServer, ${MODULE_OPTIONS.join(', ')}`,
    )
  }
}
