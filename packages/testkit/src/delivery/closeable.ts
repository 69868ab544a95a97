/** What is open until it is closed. `await using` closes it at the end of the block, and `using` begins to. */
export interface Closeable {
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
  [Symbol.dispose](): void
}

/** `close` takes effect before it first waits, so that a block that cannot wait may end with it, too. */
export function closeable(close: () => Promise<void>): Closeable {
  return {
    close,
    [Symbol.asyncDispose]: close,
    [Symbol.dispose]: () => void close(),
  }
}
