import type { PathParameters, ProtectedRequest } from '../vocabulary/protected-request.js'

/** The part of Node's `IncomingMessage` that is read. Express and Fastify's `request.raw` are one. */
export interface NodeRequest {
  /** HTTP method. Default `'GET'`. */
  readonly method?: string | undefined
  /** Path and query. Default `'/'`. */
  readonly url?: string | undefined
  /** The URL before a router took its prefix off (Express). */
  readonly originalUrl?: string | undefined
  /** Names in lower case, as Node writes them. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Names and values in turn, as they came. */
  readonly rawHeaders?: readonly string[] | undefined
  /** What a router took from the path (Express), for the functions of a policy. */
  readonly params?: unknown
}

/** Describes a Node request by what is read of it, under the URL before any router cut it. */
export function fromNodeRequest(request: NodeRequest): ProtectedRequest {
  return {
    method: request.method ?? 'GET',
    url: request.originalUrl ?? request.url ?? '/',
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    params: isObject(request.params) ? (request.params as PathParameters) : undefined,
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
