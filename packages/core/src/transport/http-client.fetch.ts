import { createFetchClient } from './fetch-client.js'
import type { HttpClient } from './http-client.js'

/** The client of runtimes without Node's sockets. */
export function createHttpClient(): HttpClient {
  return createFetchClient(() => globalThis.fetch)
}
