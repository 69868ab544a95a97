import { type ResourceServerSource, serverFrom } from './resource-server-source.js'

/**
 * The route handler that serves the metadata of the API (RFC 9728) to everybody: `export const GET = metadataHandler(api)`,
 * in the file of the path that `api.metadata().path` says.
 *
 * @throws {@link ConfigurationError} where `api` is none; with the first request, where it has no `resource`.
 */
export function metadataHandler(api: ResourceServerSource): () => Promise<Response> {
  const server = serverFrom('metadataHandler', api)
  return async () => {
    const { status, headers, body } = (await server.get()).metadata()
    return new Response(body, { status, headers })
  }
}
