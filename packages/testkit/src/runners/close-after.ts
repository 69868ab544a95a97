/** What runs functions when it is over: the context of a test, or `{ after }` of a suite. */
export interface Afterwards {
  /** As of node:test. */
  after(close: () => Promise<void>): void
}

/**
 * Closes a fake, or one of its doors, when a test is over, whether it passed or failed; and gives it back:
 * `const pool = closeAfter(t, await fakeCognito())`.
 */
export function closeAfter<Open extends { close(): Promise<void> }>(test: Afterwards, open: Open): Open {
  test.after(() => open.close())
  return open
}
