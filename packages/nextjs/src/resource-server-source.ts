import { type ClaimsSchema, type CompiledPolicy, ConfigurationError, definePolicy } from '@tokenward/core'
import type { PolicyOrLiteral, ResourceServer } from '@tokenward/core'

/**
 * A server made with `createResourceServer`, or a function that makes it with the first request: `next build` loads every
 * route, where settings of the run time may be missing.
 */
export type ResourceServerSource = ResourceServer | (() => ResourceServer | Promise<ResourceServer>)

/** The server behind the functions of one `createNextAuth` or `createProxy`. */
export interface ServerInUse {
  /** Checks a policy where it is written; against the issuers as well, where the server is there already. */
  compile<Schema extends ClaimsSchema | undefined, Claims>(
    policy: PolicyOrLiteral<Schema, Claims>,
  ): CompiledPolicy<Claims>
  /** Makes it, once. A maker that fails is asked again by the next request. */
  get(): Promise<ResourceServer>
}

export function serverFrom(owner: string, source: ResourceServerSource): ServerInUse {
  if (isResourceServer(source)) return { compile: (policy) => source.policy(policy), get: async () => source }
  if (typeof source !== 'function') throw notAServer(owner)
  let made: Promise<ResourceServer> | undefined
  return {
    compile: (policy) => definePolicy(policy),
    get() {
      made ??= make(owner, source).catch((error: unknown) => {
        made = undefined
        throw error
      })
      return made
    },
  }
}

async function make(owner: string, source: () => ResourceServer | Promise<ResourceServer>): Promise<ResourceServer> {
  const server: unknown = await source()
  if (!isResourceServer(server)) throw notAServer(owner)
  return server
}

function isResourceServer(value: unknown): value is ResourceServer {
  const { present, precheck } = (value ?? {}) as Partial<Record<keyof ResourceServer, unknown>>
  return typeof present === 'function' && typeof precheck === 'function'
}

function notAServer(owner: string): ConfigurationError {
  return new ConfigurationError(owner, 'needs what createResourceServer() returns, or a function that returns that')
}
