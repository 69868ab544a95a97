import type { UpstreamError } from '../outcomes/errors.js'

/** What ends one call. */
type End = (error: UpstreamError) => void

interface Link {
  end: End
  before: Link
  after: Link
}

/**
 * Calls under way, each with what ends it. A chain and no Set: V8 keeps the outgrown tables of a Set that is filled and
 * emptied all the time until the next full garbage collection, and with them whatever has passed through. For a client
 * in use that was more work than the calls.
 */
export class OpenCalls {
  readonly #first = firstLink()

  /** Returns what takes it out again; nothing happens the second time. */
  add(end: End): () => void {
    const first = this.#first
    const link: Link = { end, before: first, after: first.after }
    first.after.before = link
    first.after = link
    return () => unlink(link)
  }

  /** Ends them all. */
  endAll(makeError: () => UpstreamError): void {
    for (let next = this.#first.after; next !== this.#first; next = this.#first.after) {
      unlink(next)
      next.end(makeError())
    }
  }
}

function unlink(link: Link): void {
  link.before.after = link.after
  link.after.before = link.before
  link.before = link.after = link
}

function firstLink(): Link {
  const link = { end: () => {} } as unknown as Link
  link.before = link.after = link
  return link
}
