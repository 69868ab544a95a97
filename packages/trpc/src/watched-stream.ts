import type { Denied, Watch } from '@tokenward/core'
import { streamEndError } from './denial.js'

/**
 * Hands on what a stream yields for as long as its grant holds; then ends it, be it in the middle of waiting. The watch
 * begins with the first demand and ends with the stream.
 */
export async function* watchedStream<Item>(
  source: AsyncIterable<Item>,
  beginWatch: (onEnd: () => void) => Watch,
  signal: AbortSignal | undefined,
): AsyncGenerator<Item, unknown> {
  const items = source[Symbol.asyncIterator]()
  let interrupt: (() => void) | undefined
  const onInterrupt = () => interrupt?.()
  const watch = beginWatch(onInterrupt)
  signal?.addEventListener('abort', onInterrupt)
  let state: 'waiting' | 'yielding' | 'over' = 'waiting'
  try {
    for (;;) {
      // A promise of each turn's own: reactions to one that outlives them all would pile up.
      const next = await new Promise<IteratorResult<Item, unknown> | undefined>((resolve, reject) => {
        interrupt = () => resolve(undefined)
        if (watch.ended !== undefined || signal?.aborted === true) return interrupt()
        items.next().then(resolve, (error: unknown) => {
          state = 'over'
          reject(error as Error)
        })
      })
      if (next?.done === true) state = 'over'
      throwIfEnded(watch.ended)
      if (next === undefined || next.done === true) return next?.value
      throwIfEnded(await watch.beforeMessage())
      state = 'yielding'
      yield next.value
      state = 'waiting'
    }
  } finally {
    watch.stop()
    signal?.removeEventListener('abort', onInterrupt)
    if (state !== 'over') await leave(items, state === 'yielding')
  }
}

/** A source that is in the middle of waiting may never notice; nobody waits for it. */
async function leave(items: AsyncIterator<unknown>, isIdle: boolean): Promise<void> {
  const left = items.return?.()
  if (isIdle) await left
  else left?.catch(() => {})
}

function throwIfEnded(denied: Denied | undefined): void {
  if (denied !== undefined) throw streamEndError(denied)
}
