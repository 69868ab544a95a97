import { afterAll } from 'vitest'

/** For what the tests of a file share: call it beside them, and hand on what it returns as `until`. */
export function untilEndOfFile(): (close: () => Promise<void>) => void {
  const open: (() => Promise<void>)[] = []
  afterAll(async () => {
    for (const close of open.toReversed()) await close()
  })
  return (close) => void open.push(close)
}
