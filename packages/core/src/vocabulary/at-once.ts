/** What is known now, or will be. Where a runtime answers at once, nothing waits: that would cost more than most answers. */
export type AtOnce<T> = T | Promise<T>

/** Goes on with a value: at once where it is known. */
export function andThen<T, U>(value: AtOnce<T>, goOn: (value: T) => AtOnce<U>): AtOnce<U> {
  return value instanceof Promise ? value.then(goOn) : goOn(value)
}

/** Runs what is written as a generator, where each `yield` is an `await` that takes no time when it need not. */
export function inSteps<T>(steps: Generator<unknown, T, unknown>): AtOnce<T> {
  return goOn(() => steps.next())

  function goOn(step: () => IteratorResult<unknown, T>): AtOnce<T> {
    for (let next = step(); ; next = steps.next(next.value)) {
      if (next.done === true) return next.value
      if (next.value instanceof Promise) {
        return next.value.then(
          (value: unknown) => goOn(() => steps.next(value)),
          (error: unknown) => goOn(() => steps.throw(error)),
        )
      }
    }
  }
}
