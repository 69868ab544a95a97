import type { ProtectedRequest } from '../vocabulary/protected-request.js'

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
}

/**
 * Describes a Node request. Node keeps only the first of two `Authorization` headers in `headers`; whether there were two
 * is read from `rawHeaders`. For all else `headers` counts, which middleware may have changed.
 */
export function fromNodeRequest(request: NodeRequest): ProtectedRequest {
  const authorization = rawValues(request.rawHeaders ?? [], 'authorization')
  return {
    method: request.method ?? 'GET',
    url: request.originalUrl ?? request.url ?? '/',
    headers: authorization.length > 1 ? { ...request.headers, authorization } : request.headers,
  }
}

function rawValues(rawHeaders: readonly string[], name: string): readonly string[] {
  const values: string[] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === name) values.push(rawHeaders[i + 1] as string)
  }
  return values
}
