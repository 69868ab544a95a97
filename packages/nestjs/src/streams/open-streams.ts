import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common'
import { ApplicationConfig, DiscoveryService } from '@nestjs/core'
import type { Denied, ResourceServer } from '@tokenward/core'
import type { Observable } from 'rxjs'
// Where the oldest supported release has it.
import { map } from 'rxjs/operators'
import { grantOf } from '../guard/callers.js'
import { RESOURCE_SERVER } from '../module/tokenward-options.js'
import { handlersOf, isClass, isEventStream } from '../policies/handlers.js'
import { operationOf } from '../transports/graphql.js'
import { transportOf } from '../transports/transports.js'
import { holdIterator } from './held-iterator.js'
import { holdFollowing, holdStream } from './held-stream.js'

/** Kinds of handlers that may go on answering long after they were let in. */
const STREAMS: ReadonlySet<string> = new Set(['event-stream', 'subscription', 'rpc'])

/**
 * Holds what a handler streams to what was granted for it: before each item, when the token expires, and when it is
 * revoked. Registered only where some handler can stream, since an interceptor costs every request something.
 */
@Injectable()
export class OpenStreams implements NestInterceptor {
  readonly #server: ResourceServer

  constructor(
    @Inject(RESOURCE_SERVER) server: ResourceServer,
    @Inject(ApplicationConfig) application: ApplicationConfig,
    @Inject(DiscoveryService) discovery: DiscoveryService,
  ) {
    this.#server = server
    // Now, not at init: listeners of microservices and resolvers are made before.
    const types = [...discovery.getControllers(), ...discovery.getProviders()].map(({ metatype }) => metatype)
    const handlers = types.filter(isClass).flatMap((type) => handlersOf(type))
    if (handlers.some(({ kind }) => STREAMS.has(kind))) application.addGlobalInterceptor(this)
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    // Of other kinds of handlers, be they of other packages, nothing is known here.
    const kind = kindOf(context)
    const results = next.handle()
    const granted = kind && grantOf(context)
    if (granted === undefined) return results
    const { exceptionFor } = transportOf(context)
    const held = {
      server: this.#server,
      granted,
      errorFor: (denied: Denied) => exceptionFor(denied, context),
    }
    switch (kind) {
      case 'event-stream':
        return holdStream(results, held)
      case 'message':
        return holdFollowing(results, held)
      case 'subscription':
        return results.pipe(map((result) => (isAsyncIterable(result) ? holdIterator(result, held) : result)))
      default:
        return results
    }
  }
}

/** Of what runs here, what can stream. */
function kindOf(context: ExecutionContext): 'event-stream' | 'subscription' | 'message' | undefined {
  const type = context.getType<string>()
  if (type === 'rpc') return 'message'
  if (type === 'graphql') return operationOf(context) === 'subscription' ? 'subscription' : undefined
  return type === 'http' && isEventStream(context.getHandler()) ? 'event-stream' : undefined
}

function isAsyncIterable(result: unknown): result is AsyncIterable<unknown> {
  return typeof (result as Partial<AsyncIterable<unknown>> | undefined)?.[Symbol.asyncIterator] === 'function'
}
