import type { UpstreamError } from '../outcomes/errors.js'
import { readBody } from './bounded-body.js'
import { systemClock } from './clock.js'
import {
  bodyOf,
  closedError,
  connectionError,
  headersOf,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
  interruptedError,
  isRedirect,
  redirectError,
  stoodStill,
  timeoutError,
  tooLargeError,
} from './http-client.js'
import { OpenCalls } from './open-calls.js'

/** What is given to a `fetch`: a GET, or a POST with a form or JSON; never following redirects. */
export interface FetchInit {
  /** `'POST'` where there is a body. */
  readonly method: 'GET' | 'POST'
  /** An encoded form (RFC 6749 appendix B), or JSON. It may hold a token, and the client's secret. */
  readonly body?: string
  /** Names in lower case. */
  readonly headers: Record<string, string>
  /** Redirects are refused, never followed. */
  readonly redirect: 'manual'
  /** Aborted at the deadline, and by `close()`. */
  readonly signal: FetchSignal
}

/** The part of an `AbortSignal` that is promised to a `fetch`. */
export interface FetchSignal {
  /** Whether the call was given up. */
  readonly aborted: boolean
  /** Calls back when the call is given up. */
  addEventListener(type: 'abort', listener: () => void): void
  /** Takes the call-back away. */
  removeEventListener(type: 'abort', listener: () => void): void
}

/** The part of a `Response` that is read. */
export interface FetchResponse {
  /** HTTP status. */
  readonly status: number
  /** `'opaqueredirect'` where the platform hides a redirect. */
  readonly type?: string | undefined
  /** Whether a redirect was followed, which is refused. */
  readonly redirected?: boolean | undefined
  /** `content-type` is read; of key sets `cache-control` and `age`, of Cognito `www-authenticate` and `x-amzn-errortype`. */
  readonly headers: { get(name: string): string | null }
  /** Read in pieces, up to the limit. */
  readonly body: {
    getReader(): {
      read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>
    }
  } | null
}

/** What the global `fetch` takes, where there is one; so that a given one may pass it on. No DOM type is named. */
type GlobalFetchInit = typeof globalThis extends { fetch: (input: never, init?: infer Init) => unknown }
  ? NonNullable<Init>
  : FetchInit

/** A function such as the global `fetch`. It is called with an absolute address and what {@link FetchInit} holds. */
export type Fetch = (url: string, init: GlobalFetchInit) => Promise<FetchResponse>

/** Client over a `fetch`: the caller's own, or on edge runtimes the global one, looked up at every call. */
export function createFetchClient(currentFetch: () => Fetch): HttpClient {
  const open = new OpenCalls()
  let closed = false
  return {
    send(request) {
      if (closed) return Promise.reject(closedError())
      const controller = new AbortController()
      return new Promise((resolve, reject) => {
        /** Rejects before it aborts: a `fetch` that ignores its signal must not keep anybody waiting. */
        const fail = (error: UpstreamError) => {
          settle()
          reject(error)
          controller.abort()
        }
        const deadline = systemClock.monotonic() + request.timeout
        const expire = () => fail(stoodStill(deadline) ? interruptedError() : timeoutError(request.timeout))
        const timer = setTimeout(expire, request.timeout)
        const settle = () => {
          clearTimeout(timer)
          leave()
        }
        const leave = open.add(fail)
        const attempt = () => exchange(request, currentFetch(), controller)
        attempt()
          // Once more, within the same deadline: an idle connection may have been closed just as it was reused.
          .catch((error: unknown) =>
            isDropped(error) && !controller.signal.aborted ? attempt() : Promise.reject(error),
          )
          .then(
            (response) => {
              settle()
              resolve(response)
            },
            (error: unknown) => fail(connectionError(error)),
          )
      })
    },
    close() {
      closed = true
      open.endAll(closedError)
    },
  }
}

const DROPPED: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

/** Whether a connection ended that had been open; Node says so in the cause, workerd by a member of its own. */
function isDropped(error: unknown): boolean {
  for (let depth = 0, at = error; depth < 5 && typeof at === 'object' && at !== null; depth += 1) {
    const { code, cause, retryable } = at as { code?: unknown; cause?: unknown; retryable?: unknown }
    if (DROPPED.has(code) || retryable === true) return true
    at = cause
  }
  return false
}

async function exchange(request: HttpRequest, fetch: Fetch, controller: AbortController): Promise<HttpResponse> {
  const body = bodyOf(request)
  const init: FetchInit = {
    method: body === undefined ? 'GET' : 'POST',
    headers: headersOf(request, body),
    redirect: 'manual',
    signal: controller.signal,
    ...(body !== undefined && { body: body.text }),
  }
  const response = await fetch(request.url, init as GlobalFetchInit)
  // Browsers and some runtimes hide a manual redirect behind status 0; a wrapped `fetch` may have followed it.
  if (isRedirect(response.status) || response.type === 'opaqueredirect' || response.redirected === true) {
    throw redirectError(response.status)
  }
  const header = (name: string) => response.headers.get(name) ?? undefined
  const whole = await readBody(response.body, request.maxBytes)
  if (whole === undefined) throw tooLargeError(request.maxBytes)
  return { status: response.status, contentType: header('content-type'), header, body: whole }
}
