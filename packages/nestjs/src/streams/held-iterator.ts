import type { Denied } from '@tokenward/core'
import type { Held } from './held-stream.js'

/** The events of a GraphQL subscription, each of them sent only while the grant holds. */
export function holdIterator<Event>(
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
