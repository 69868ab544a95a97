import { UpstreamError } from '../outcomes/errors.js'
import type { TlsClientCertificate } from './client-authentication.js'
import { systemClock } from './clock.js'

/** One call to an authorization server. */
export interface HttpRequest {
  readonly url: string
  /** Parameters of a form (RFC 6749 appendix B), which makes the call a POST. Without them it is a GET. */
  readonly form?: { toString(): string } | undefined
  /** A body of another media type, which makes the call a POST as well. */
  readonly body?: RequestBody | undefined
  readonly headers: Readonly<Record<string, string>>
  /** The client's certificate for the TLS handshake (RFC 8705 §2). */
  readonly certificate?: TlsClientCertificate | undefined
  /** Milliseconds for the whole exchange: connection, headers and body. */
  readonly timeout: number
  /** Largest body, counted after decompression. */
  readonly maxBytes: number
}

export interface RequestBody {
  readonly contentType: string
  readonly text: string
}

export interface HttpResponse {
  readonly status: number
  readonly contentType: string | undefined
  /** A header's value by its name in lower case; several of one name are joined by commas (RFC 9110 §5.3). */
  header(name: string): string | undefined
  readonly body: Uint8Array
}

/**
 * The port all calls to authorization servers go through. Implementations keep the deadline over headers and body,
 * stop reading at `maxBytes`, never follow a redirect, and throw {@link UpstreamError} alone.
 */
export interface HttpClient {
  send(request: HttpRequest): Promise<HttpResponse>
  /** Ends what is under way and refuses what comes later. */
  close(): void
}

/** What is posted; `undefined` for a GET. */
export function bodyOf({ form, body }: HttpRequest): RequestBody | undefined {
  return form === undefined ? body : { contentType: 'application/x-www-form-urlencoded', text: form.toString() }
}

export function headersOf({ headers }: HttpRequest, body: RequestBody | undefined): Record<string, string> {
  return { ...headers, ...(body !== undefined && { 'content-type': body.contentType }) }
}

export function timeoutError(timeout: number): UpstreamError {
  return new UpstreamError('timeout', `No complete answer within ${timeout} ms`)
}

/** By how much a timer is late at most where nothing but other work delays it. */
const LATE_MS = 1_000

/** Whether a deadline passed while the process stood still, which says nothing about the server. */
export function stoodStill(deadline: number): boolean {
  return systemClock.monotonic() - deadline > LATE_MS
}

export function interruptedError(): UpstreamError {
  return new UpstreamError('interrupted', 'The process stood still while an answer was awaited')
}

export function tooLargeError(maxBytes: number): UpstreamError {
  return new UpstreamError('too-large', `The answer is larger than ${maxBytes} bytes`)
}

export function redirectError(httpStatus: number): UpstreamError {
  return new UpstreamError('redirect', 'The answer is a redirect; redirects are not followed', { httpStatus })
}

export function closedError(): UpstreamError {
  return new UpstreamError('closed', 'The resource server was closed')
}

/** The cause is a system error such as ECONNREFUSED: it names hosts and ports, never tokens. */
export function connectionError(cause: unknown): UpstreamError {
  return cause instanceof UpstreamError
    ? cause
    : new UpstreamError('connection-failed', 'The connection failed', { cause })
}

export function isRedirect(status: number): boolean {
  return status >= 300 && status < 400
}
