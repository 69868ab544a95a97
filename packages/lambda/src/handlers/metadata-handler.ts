import type { ResourceServer } from '@tokenward/core'
import { assertResourceServer } from '../option-check.js'

/** The answer to a GET of the protected resource metadata. */
export interface MetadataAnswer {
  /** HTTP status. */
  readonly statusCode: 200
  /** Its headers. */
  readonly headers: Record<string, string>
  /** The document. */
  readonly body: string
}

/**
 * A function that answers with the protected resource metadata (RFC 9728), for a public route at
 * `api.metadata().path`.
 *
 * @throws {@link ConfigurationError} where the server has no `resource`.
 */
export function metadataHandler(api: ResourceServer): () => Promise<MetadataAnswer> {
  assertResourceServer('metadataHandler', api)
  const { status, headers, body } = api.metadata()
  return async () => ({ statusCode: status, headers: { ...headers }, body })
}
