import type { HttpClient } from '../transport/http-client.js'
import { fetchJsonObject } from '../transport/json-document.js'
import type { JsonObject } from '../vocabulary/json-object.js'
import { discoverJwksAddress } from './discovery.js'

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
export function jwksOfIssuer(
  issuer: string,
  { http, timeout, allowInsecureLoopback }: FetchLimits & { readonly allowInsecureLoopback: boolean },
): () => Promise<JsonObject> {
  let address: string | undefined
  return async () => {
    address ??= await discoverJwksAddress(http, issuer, { timeout, allowInsecureLoopback })
    try {
      return await jwksAt(address, { http, timeout })()
    } catch (error) {
      address = undefined
      throw error
    }
  }
}
