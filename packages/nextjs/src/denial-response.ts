import type { Denied } from '@tokenward/core'

/** The whole answer to a request that may not enter: status, challenge or `Retry-After`, and body. */
export function denialResponse({ status, headers, body }: Denied): Response {
  return Response.json(body, { status, headers })
}
