import { AsyncLocalStorage } from 'node:async_hooks'
import type { ExecutionContext } from '@nestjs/common'
import {
  type CompiledPolicy,
  ConfigurationError,
  type Granted,
  type Outcome,
  type Presented,
  type Principal,
  type ProtectedRequest,
  type ResourceServer,
} from '@tokenward/core'
import type { Handler } from './declarations.js'
import { transportOf } from './transports.js'

type AnyPolicy = CompiledPolicy<unknown>

interface CallerParts {
  readonly server: ResourceServer
  readonly request: () => Promise<ProtectedRequest>
  /** What the credentials came in, where that is not what the caller is remembered by. */
  readonly source: object | undefined
  /** Whether more may follow on these credentials later. */
  readonly staysOpen: boolean
}

/** Beside the request or the connection rather than on it: nothing a client sends, and no other library, can write it. */
const callers = new WeakMap<object, Caller>()

/**
 * Who sent one request, or opened one connection. The credentials are presented once, however many guards, resolvers and
 * messages follow. Within a request each policy is decided once; what comes down an open connection is decided anew.
 */
class Caller {
  readonly #parts: CallerParts
  readonly #decided = new Map<AnyPolicy, Promise<Outcome<unknown>>>()
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
    const known = this.#decided.get(policy)
    if (known !== undefined) return known
    const deciding = this.#decide(policy)
    if (!this.#parts.staysOpen) this.#decided.set(policy, deciding)
    return deciding
  }

  async #decide(policy: AnyPolicy): Promise<Outcome<unknown>> {
    this.#presented ??= this.#present()
    const presented = await this.#presented
    return presented.authorize(policy)
  }

  async #present(): Promise<Presented> {
    return this.#parts.server.present(await this.#parts.request())
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

/** The caller behind a request, an operation or a connection, whichever guard of this server saw it first. */
export function callerBehind(
  context: ExecutionContext,
  { server, request }: Pick<CallerParts, 'server' | 'request'>,
): Caller {
  const transport = transportOf(context)
  const key = transport.keyOf(context)
  const source = transport.sourceOf?.(context)
  const known = callers.get(key)
  if (known?.belongsTo(server, source) === true) return known
  const caller = new Caller({ server, request, source, staysOpen: transport.staysOpen(context) })
  callers.set(key, caller)
  return caller
}

/** The caller of a request that opened a connection is the caller of the connection. */
export function handOverCaller(request: object, connection: object): void {
  const caller = callers.get(request)
  if (caller !== undefined) callers.set(connection, caller)
}

/** What a guard of ours decided of the message whose handler runs. */
export const runningMessage: AsyncLocalStorage<{ outcome?: Outcome<unknown> }> = new AsyncLocalStorage()

/** Keeps what was granted for the very handler that is about to run. */
export function admit(granted: Granted<unknown>, context: ExecutionContext): void {
  callers.get(transportOf(context).keyOf(context))?.admit(handlerOf(context), granted)
}

/** What was granted for the handler of this context; `undefined` for one that is open. */
export function grantOf(context: ExecutionContext): Granted<unknown> | undefined {
  return callers.get(transportOf(context).keyOf(context))?.grantFor(handlerOf(context))
}

export function principalOf(context: ExecutionContext): Principal<unknown> {
  const granted = grantOf(context)
  if (granted === undefined) {
    throw new ConfigurationError(
      '@CurrentPrincipal()',
      'needs a handler that TokenwardGuard guards and that is not public',
    )
  }
  return granted.principal
}

export function handlerOf(context: ExecutionContext): Handler {
  return { controller: context.getClass(), method: context.getHandler() }
}

function isSame(one: Handler, other: Handler): boolean {
  return one.method === other.method && one.controller === other.controller
}
