import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common'
import { ApplicationConfig, DiscoveryService } from '@nestjs/core'
import type { Denied, Granted, ResourceServer } from '@tokenward/core'
import { concatMap, from, map, NEVER, Observable, of, Subject } from 'rxjs'
import { grantOf } from './callers.js'
import { handlersOf, isClass, isEventStream } from './handlers.js'
import { RESOURCE_SERVER } from './tokenward-options.js'
import { operationOf, transportOf } from './transports.js'

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
    const granted = grantOf(context)
    const results = next.handle()
    if (granted === undefined) return results
    const { exceptionFor } = transportOf(context)
    const held = {
      server: this.#server,
      granted,
      errorFor: (denied: Denied) => exceptionFor(denied, context, () => {}),
    }
    switch (kindOf(context)) {
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

/** A grant that something open is held to. */
interface Held {
  readonly server: ResourceServer
  readonly granted: Granted<unknown>
  /** What the stream ends with. */
  readonly errorFor: (denied: Denied) => unknown
}

/** Every item is sent only while the grant holds, and the stream ends with the grant. */
function holdStream<Item>(source: Observable<Item>, { server, granted, errorFor }: Held): Observable<Item> {
  return new Observable((subscriber) => {
    const watch = server.watch(granted, { onEnd: async (denied) => subscriber.error(await errorFor(denied)) })
    subscriber.add(() => watch.stop())
    const isHonest = (item: Item) => from(watch.beforeMessage()).pipe(concatMap((ended) => (ended ? NEVER : of(item))))
    subscriber.add(source.pipe(concatMap(isHonest)).subscribe(subscriber))
  })
}

/** The same for what follows a first item, which is the answer to a message that was let in just now. */
export function holdFollowing<Item>(source: Observable<Item>, held: Held): Observable<Item> {
  return new Observable((subscriber) => {
    let answered = false
    let following: Subject<Item> | undefined
    const hold = () => {
      if (following !== undefined) return following
      following = new Subject()
      subscriber.add(holdStream(following, held).subscribe(subscriber))
      return following
    }
    const subscription = source.subscribe({
      next(item) {
        if (answered) return hold().next(item)
        answered = true
        subscriber.next(item)
        // A single answer is complete by then.
        queueMicrotask(() => subscription.closed || hold())
      },
      error: (error: unknown) => (following ?? subscriber).error(error),
      complete: () => (following ?? subscriber).complete(),
    })
    subscriber.add(subscription)
  })
}

/** The events of a GraphQL subscription, each of them sent only while the grant holds. */
function holdIterator<Event>(
  events: AsyncIterable<Event>,
  { server, granted, errorFor }: Held,
): AsyncIterableIterator<Event> {
  const source = events[Symbol.asyncIterator]()
  const waiting = new Set<(error: unknown) => void>()
  let isOver = false
  /** What it ended with while nobody waited for an event. */
  let untold: { readonly error: unknown } | undefined
  const watch = server.watch(granted, { onEnd: end })

  function stop(): void {
    isOver = true
    watch.stop()
  }

  /** Once, whoever ends it first: the server returns an iterator again that ended with an error. */
  async function release(value?: unknown): Promise<IteratorResult<Event>> {
    const wasOver = isOver
    stop()
    const result = wasOver ? undefined : await source.return?.(value)
    return result ?? { done: true, value }
  }

  async function end(denied: Denied): Promise<void> {
    const released = release()
    const error = await errorFor(denied)
    if (waiting.size === 0) untold = { error }
    for (const reject of waiting) reject(error)
    await released
  }

  async function takeNext(): Promise<IteratorResult<Event>> {
    const result = await source.next()
    if (result.done === true) stop()
    // Whoever waits for this event is told by `end`.
    else if ((await watch.beforeMessage()) !== undefined) return new Promise(() => {})
    return result
  }

  return {
    next() {
      if (untold !== undefined) {
        const { error } = untold
        untold = undefined
        return Promise.reject(error)
      }
      if (isOver) return Promise.resolve({ done: true, value: undefined })
      return new Promise((resolve, reject) => {
        waiting.add(reject)
        takeNext()
          .then(resolve, reject)
          .finally(() => waiting.delete(reject))
      })
    },
    return: release,
    async throw(error: unknown) {
      stop()
      if (source.throw !== undefined) return source.throw(error)
      throw error
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

function isAsyncIterable(result: unknown): result is AsyncIterable<unknown> {
  return typeof (result as Partial<AsyncIterable<unknown>> | undefined)?.[Symbol.asyncIterator] === 'function'
}

/** Of what runs here, what can stream. */
function kindOf(context: ExecutionContext): 'event-stream' | 'subscription' | 'message' | undefined {
  const type = context.getType<string>()
  if (type === 'rpc') return 'message'
  if (type === 'graphql') return operationOf(context) === 'subscription' ? 'subscription' : undefined
  return type === 'http' && isEventStream(context.getHandler()) ? 'event-stream' : undefined
}
