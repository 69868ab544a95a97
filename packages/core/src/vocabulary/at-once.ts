/** What is known now, or will be. Where a runtime answers at once, nothing waits: that would cost more than most answers. */
export type AtOnce<T> = T | Promise<T>

/** Goes on with a value: at once where it is known. */
export function andThen<T, U>(value: AtOnce<T>, goOn: (value: T) => AtOnce<U>): AtOnce<U> {
  return value instanceof Promise ? value.then(goOn) : goOn(value)
}
