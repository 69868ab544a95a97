import type { Duration } from '../duration.js'

/** How long a fault lasts. */
export interface FaultOptions {
  /** How many requests it meets, one or more. Default: all until `recover()`. */
  readonly times?: number
  /** When it is over on the clock of the fake: an instant, or a duration from now. Default: with `recover()`. */
  readonly until?: Date | Duration
}

/** A request as it reached an endpoint. */
export interface RecordedRequest {
  /** When it was there, body included: milliseconds since the epoch, on the fake's clock. */
  readonly at: number
  /** `'GET'`, `'POST'`, … */
  readonly method: string
  /** The whole address; through `serve()` it is the loopback one. */
  readonly url: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** As text; empty without one. */
  readonly body: string
}

/**
 * Watches and disturbs one endpoint, through all doors alike. A new fault takes the place of the one before. Faults last
 * `times` requests, until an instant, or until `recover()`, whichever comes first.
 */
export interface EndpointControl {
  /** The public address, which `listen()` and `fetch` answer. Through `serve()` the path is the same. */
  readonly url: string
  /** Requests that have arrived so far, those met by faults included. */
  readonly hits: number
  /** The last 1,000 of them, oldest first. */
  readonly requests: readonly RecordedRequest[]
  /**
   * Answers with an error instead. `status`: 300 to 599, default 503. `error`: what the body calls it, an exception of the
   * AWS API or an OAuth error code; by default what the endpoint says of a failure of its own.
   */
  fail(how?: FaultOptions & { readonly status?: number; readonly error?: string }): void
  /**
   * Answers late, in real time. What is answered is decided when the request arrives: what happens while the answer is
   * on its way is not in it.
   */
  slow(by: Duration, how?: FaultOptions): void
  /** Takes the request, does nothing with it, and never answers, not even after `recover()`. */
  hang(how?: FaultOptions): void
  /** Answers 200 with what it should not. `body`: default broken JSON. `contentType`: default `'application/json'`. */
  garbage(how?: FaultOptions & { readonly body?: string; readonly contentType?: string }): void
  /**
   * Redirects. `to`: default an address that no host has. `status`: 301, 302, 303, 307 or 308, default 307, which makes
   * a client that follows it send the body there, token included.
   */
  redirect(how?: FaultOptions & { readonly to?: string; readonly status?: number }): void
  /** Answers as ever, but with white space up to `bytes` after it; default 10,000,000. Valid where JSON is. */
  oversize(how?: FaultOptions & { readonly bytes?: number }): void
  /** Cuts the connection without an answer; the request has no effect. */
  drop(how?: FaultOptions): void
  /** Refuses for too many requests. `status`: 400 to 599, default 429, at the AWS API 400. */
  throttle(how?: FaultOptions & { readonly status?: number }): void
  /** Ends the fault for requests to come. */
  recover(): void
}
