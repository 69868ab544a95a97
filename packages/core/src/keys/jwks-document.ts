import type { HttpClient } from '../transport/http-client.js'
import { fetchJsonObject } from '../transport/json-document.js'
import type { JsonObject } from '../vocabulary/json-object.js'
import type { Discovery } from './discovery.js'

interface FetchLimits {
  readonly http: HttpClient
  /** Milliseconds for one call. */
  readonly timeout: number
}

/** RFC 7517 §8.5 registers its own media type; most servers answer plain JSON. */
const ACCEPT = 'application/jwk-set+json, application/json'

/** Fetches the key set from a known address. */
export function jwksAt(address: string, { http, timeout }: FetchLimits): () => Promise<JsonObject> {
  return () => fetchJsonObject(http, address, { timeout, accept: ACCEPT })
}

/**
 * Fetches the key set from wherever the issuer's metadata says. The address is remembered until a fetch from it fails,
 * so that a server may move its keys without anybody being restarted.
 */
export function jwksOfIssuer(discovery: Discovery, limits: FetchLimits): () => Promise<JsonObject> {
  return async () => {
    const address = await discovery.find('jwks_uri')
    try {
      return await jwksAt(address, limits)()
    } catch (error) {
      discovery.forget(address)
      throw error
    }
  }
}
