import type { HttpRequest } from '../../src/transport/http-client.js'

/** A request as the floors above make it, changed as told. */
export function httpRequest(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { url, headers: { accept: 'application/json' }, timeout: 2_000, maxBytes: 1_000, ...more }
}
