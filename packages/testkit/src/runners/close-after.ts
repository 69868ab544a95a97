import { isPromise, kindOf } from '../given-values.js'

/** What runs functions when it is over: the context of a test, or `{ after }` of a suite. */
export interface Afterwards {
  /** As of node:test. */
  after(close: () => Promise<void>): void
}

/**
 * Closes a fake, or one of its doors, when a test is over, whether it passed or failed; and gives it back:
 * `const pool = closeAfter(t, await fakeCognito())`. Throws a `TypeError` at once for what cannot be closed, such as a
 * promise that nobody awaited.
 */
export function closeAfter<Open extends { close(): Promise<void> }>(test: Afterwards, open: Open): Open {
  if (typeof test?.after !== 'function') {
    throw new TypeError(`closeAfter takes the context of a test first, or { after } of a suite, not ${kindOf(test)}`)
  }
  if (isPromise(open)) {
    // Nobody else has it in hand. Where it fails, the mistake to tell is the one that was made here.
    void open.then(
      (opened) => (opened as Open).close(),
      () => {},
    )
    throw new TypeError('closeAfter takes what is open, not a promise; await it: closeAfter(t, await fakeCognito())')
  }
  if (typeof open?.close !== 'function') {
    throw new TypeError(`closeAfter takes a fake or a door of one, which has close(), not ${kindOf(open)}`)
  }
  test.after(() => open.close())
  return open
}
