import type { Denied, Granted, ResourceServer } from '@tokenward/core'
import { from, NEVER, Observable, of, Subject } from 'rxjs'
import { concatMap } from 'rxjs/operators'

/** A grant that something open is held to. */
export interface Held {
  readonly server: ResourceServer
  readonly granted: Granted<unknown>
  /** What the stream ends with. */
  readonly errorFor: (denied: Denied) => unknown
}

/** Every item is sent only while the grant holds, and the stream ends with the grant. */
export function holdStream<Item>(source: Observable<Item>, { server, granted, errorFor }: Held): Observable<Item> {
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
