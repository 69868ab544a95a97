import type { Type } from '@nestjs/common'
import type { ProtectedRequest } from '@tokenward/core'
import type { FoundHandler } from '../policies/handlers.js'
import type { OpeningContext } from '../transports/web-socket.js'

/** The context for a guard that is called where NestJS calls none. */
export function openingContext(
  { controller, method }: FoundHandler,
  connection: object,
  opening: ProtectedRequest,
  isGuarded: boolean,
): OpeningContext {
  const args = [connection, undefined, 'connection']
  return {
    opening,
    isGuarded,
    getClass: <Class>() => controller as Type<Class>,
    getHandler: () => method,
    getArgs: <Args extends unknown[]>() => args as Args,
    getArgByIndex: <Arg>(index: number) => args[index] as Arg,
    getType: <Kind extends string>() => 'ws' as Kind,
    switchToRpc: () => ({ getData: <Data>() => undefined as Data, getContext: <Context>() => connection as Context }),
    switchToHttp: () => ({
      getRequest: <Request>() => connection as Request,
      getResponse: <Response>() => undefined as Response,
      getNext: <Next>() => undefined as Next,
    }),
    switchToWs: () => ({
      getClient: <Connection>() => connection as Connection,
      getData: <Data>() => undefined as Data,
      getPattern: () => 'connection',
    }),
  }
}
