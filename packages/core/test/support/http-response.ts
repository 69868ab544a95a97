import type { HttpResponse } from '../../src/transport/http-client.js'

/** An answer of status 200, as a client would hand it on. */
export function httpResponse(text: string, contentType: string | undefined): HttpResponse {
  return { status: 200, contentType, header: () => undefined, body: new TextEncoder().encode(text) }
}
