import {
  type CompiledPolicy,
  ConfigurationError,
  type Granted,
  type Outcome,
  type Presented,
  type ProtectedRequest,
  type ResourceServer,
} from '@tokenward/core'
import type { Handler } from '../policies/class-chain.js'

type AnyPolicy = CompiledPolicy<unknown>

/** What a caller is made of. */
export interface CallerParts {
  readonly server: ResourceServer
  readonly request: () => ProtectedRequest | Promise<ProtectedRequest>
  /** What the credentials came in, where that is not what the caller is remembered by. */
  readonly source: object | undefined
  /** Whether more may follow on these credentials later. */
  readonly staysOpen: boolean
}

/**
 * Who sent one request, or opened one connection. The credentials are presented once, however many guards, resolvers and
 * messages follow. Within a request each policy is decided once; what comes down an open connection is decided anew.
 */
export class Caller {
  readonly #parts: CallerParts
  /** A handler has one, and few have more than a handful of handlers behind one request. */
  readonly #decided: { readonly policy: AnyPolicy; readonly outcome: Promise<Outcome<unknown>> }[] = []
  readonly #grants: { readonly handler: Handler; granted: Granted<unknown> }[] = []
  #presented: Promise<Presented> | undefined

  constructor(parts: CallerParts) {
    this.#parts = parts
  }

  /** Whether this is the caller a guard of that server looks for. */
  belongsTo(server: ResourceServer, source: object | undefined): boolean {
    if (this.#parts.server !== server) return false
    if (this.#parts.source === source) return true
    throw new ConfigurationError(
      'TokenwardGuard',
      'meets two requests in one GraphQL context; the context option must be a function that makes a new object each time',
    )
  }

  decide(policy: AnyPolicy): Promise<Outcome<unknown>> {
    const known = this.#decided.find((decided) => decided.policy === policy)
    if (known !== undefined) return known.outcome
    const outcome = this.#decide(policy)
    if (!this.#parts.staysOpen) this.#decided.push({ policy, outcome })
    return outcome
  }

  async #decide(policy: AnyPolicy): Promise<Outcome<unknown>> {
    this.#presented ??= this.#present()
    const presented = await this.#presented
    return await presented.authorize(policy)
  }

  async #present(): Promise<Presented> {
    const { server, request } = this.#parts
    const described = request()
    return await server.present('then' in described ? await described : described)
  }

  admit(handler: Handler, granted: Granted<unknown>): void {
    const before = this.#grants.find((grant) => isSame(grant.handler, handler))
    if (before === undefined) this.#grants.push({ handler, granted })
    else before.granted = granted
  }

  grantFor(handler: Handler): Granted<unknown> | undefined {
    return this.#grants.find((grant) => isSame(grant.handler, handler))?.granted
  }
}

function isSame(one: Handler, other: Handler): boolean {
  return one.method === other.method && one.controller === other.controller
}
