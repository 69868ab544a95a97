/** The answer to write, and where: what `api.metadata()` brings. */
export interface ServedMetadata {
  /** Where clients look for it (RFC 9728 §3.1). */
  readonly path: string
  /** HTTP status. */
  readonly status: number
  /** Headers of the answer. */
  readonly headers: Readonly<Record<string, string>>
  /** The document as text. */
  readonly body: string
}

/** The part of a request of Node, Express or Fastify's `raw` that is read. */
export interface MetadataRequest {
  /** HTTP method. */
  readonly method?: string | undefined
  /** Path and query. */
  readonly url?: string | undefined
  /** The URL before a router took its prefix off (Express). */
  readonly originalUrl?: string | undefined
}

/** The part of a response of Node that is written to. */
export interface MetadataWriter {
  /** Status and headers. */
  writeHead(status: number, headers: Record<string, string>): unknown
  /** The whole body; Node leaves it out of an answer to HEAD. */
  end(body: string): unknown
}

/** As Connect, Express, middie and the standalone server of tRPC call it. */
export type MetadataMiddleware = (request: MetadataRequest, response: MetadataWriter, next: () => void) => void

/**
 * Answers a GET of the protected resource metadata (RFC 9728 §3.1) at its path, to everybody, and hands on every other
 * request: `app.use(metadataMiddleware(api.metadata()))`, before what asks for a token.
 */
export function metadataMiddleware({ path, status, headers, body }: ServedMetadata): MetadataMiddleware {
  return ({ method, url = '', originalUrl = url }, response, next) => {
    const isRead = method === 'GET' || method === 'HEAD'
    if (!isRead || originalUrl.split('?', 1)[0] !== path) return next()
    response.writeHead(status, { ...headers })
    response.end(body)
  }
}
