/** What is open until it is closed. `await using` closes it at the end of the block. */
export interface Closeable {
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export function closeable(close: () => Promise<void>): Closeable {
  return { close, [Symbol.asyncDispose]: close }
}
