import type { ExecutionContext } from '@nestjs/common'
import { ConfigurationError, type ProtectedRequest } from '@tokenward/core'
import { missing, paramsIn, type Transport } from './transport.js'
import { eventOf } from './wire-error.js'

/** The context in which a guard decides whether a connection to a gateway may be opened. */
export interface OpeningContext extends ExecutionContext {
  /** What opens it. */
  readonly opening: ProtectedRequest
  /** Whether opening it has to be allowed. Messages may demand something even where it has not. */
  readonly isGuarded: boolean
}

export function isOpening(context: ExecutionContext): context is OpeningContext {
  return 'opening' in context
}

/** Messages to gateways, and the connections they come on. */
export const webSocket: Transport = {
  keyOf: (context) => context.switchToWs().getClient<object>(),
  requestOf(context) {
    if (isOpening(context)) return context.opening
    throw new ConfigurationError(
      'TokenwardGuard',
      'has not seen the connection that this message came on: TokenwardModule must be imported by the application of the gateway',
    )
  },
  paramsOf: (context) => paramsIn(context.switchToWs().getData()),
  staysOpen: () => true,
  async exceptionFor(denied) {
    const { WsException } = await import('@nestjs/websockets').catch(() => missing('@nestjs/websockets'))
    return new WsException(eventOf(denied))
  },
}
