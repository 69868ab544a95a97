import { AsyncLocalStorage } from 'node:async_hooks'
import type { ExecutionContext } from '@nestjs/common'
import { ConfigurationError, type Granted, type Outcome, type Principal } from '@tokenward/core'
import type { Handler } from '../policies/class-chain.js'
import { transportOf } from '../transports/transports.js'
import { AttachedCaller } from './attached-caller.js'
import { Caller, type CallerParts } from './caller.js'

/** The caller behind a request, an operation or a connection, whichever guard of this server saw it first. */
export function callerBehind(
  context: ExecutionContext,
  { server, request }: Pick<CallerParts, 'server' | 'request'>,
): Caller {
  const transport = transportOf(context)
  const key = transport.keyOf(context)
  const source = transport.sourceOf?.(context)
  const known = AttachedCaller.of(key)
  if (known?.belongsTo(server, source) === true) return known
  const caller = new Caller({ server, request, source, staysOpen: transport.staysOpen(context) })
  AttachedCaller.attach(key, caller)
  return caller
}

/** The caller of a request that opened a connection is the caller of the connection. */
export function handOverCaller(request: object, connection: object): void {
  const caller = AttachedCaller.of(request)
  if (caller !== undefined) AttachedCaller.attach(connection, caller)
}

/** What a guard of ours decided of the message whose handler runs. */
export const runningMessage: AsyncLocalStorage<{ outcome?: Outcome<unknown> }> = new AsyncLocalStorage()

/** Keeps what was granted for the very handler that is about to run. */
export function admit(granted: Granted<unknown>, context: ExecutionContext): void {
  AttachedCaller.of(transportOf(context).keyOf(context))?.admit(handlerOf(context), granted)
}

/** What was granted for the handler of this context; `undefined` for one that is open. */
export function grantOf(context: ExecutionContext): Granted<unknown> | undefined {
  return AttachedCaller.of(transportOf(context).keyOf(context))?.grantFor(handlerOf(context))
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
