import type { ProtectedRequest } from '../vocabulary/protected-request.js'

/** The part of Node's `IncomingMessage` that is read. Express and Fastify's `request.raw` are one. */
export interface NodeRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** The URL before a router took its prefix off (Express). */
  readonly originalUrl?: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Names and values in turn, as they came. */
  readonly rawHeaders?: readonly string[] | undefined
}

/**
 * Describes a Node request. Node keeps only the first of two `Authorization` headers in `headers`, so they are read
 * from `rawHeaders`: a request with two must be seen as one.
 */
export function fromNodeRequest(request: NodeRequest): ProtectedRequest {
  return {
    method: request.method ?? 'GET',
    url: request.originalUrl ?? request.url ?? '/',
    headers: request.rawHeaders === undefined ? request.headers : groupRawHeaders(request.rawHeaders),
  }
}

function groupRawHeaders(rawHeaders: readonly string[]): Record<string, string[]> {
  // Names are the client's choice; without a prototype `__proto__` is a name like any other.
  const headers: Record<string, string[]> = Object.create(null)
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase()
    ;(headers[name] ??= []).push(rawHeaders[i + 1] as string)
  }
  return headers
}
