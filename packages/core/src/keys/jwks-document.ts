import { freshnessOf } from '../transport/cache-control.js'
import type { HttpClient } from '../transport/http-client.js'
import { fetchJsonDocument } from '../transport/json-document.js'
import type { JsonObject } from '../vocabulary/json-object.js'
import type { Discovery } from './discovery.js'

/** A key set as it was served. Nothing in it has been looked at. */
interface JwksDocument {
  readonly document: JsonObject
  /** Milliseconds for which the server says that it stays good; `undefined` where it does not say. */
  readonly freshFor: number | undefined
}

/** A way to fetch a key set. */
export interface JwksFetch {
  /** Throws `UpstreamError`. */
  fetchDocument(): Promise<JwksDocument>
  /** Milliseconds it takes at most. */
  readonly longest: number
}

interface FetchLimits {
  readonly http: HttpClient
  /** Milliseconds for one call. */
  readonly timeout: number
}

/** RFC 7517 §8.5 registers its own media type; most servers answer plain JSON. */
const ACCEPT = 'application/jwk-set+json, application/json'
/** Two documents of metadata at most, and the keys. */
const CALLS_OF_DISCOVERY = 3

/** Fetches the key set from a known address. */
export function jwksAt(address: string, { http, timeout }: FetchLimits): JwksFetch {
  return {
    async fetchDocument() {
      const { object, response } = await fetchJsonDocument(http, address, { timeout, accept: ACCEPT })
      return { document: object, freshFor: freshnessOf(response) }
    },
    longest: timeout,
  }
}

/**
 * Fetches the key set from wherever the issuer's metadata says. The address is remembered until a fetch from it fails,
 * so that a server may move its keys without anybody being restarted.
 */
export function jwksOfIssuer(discovery: Discovery, limits: FetchLimits): JwksFetch {
  return {
    async fetchDocument() {
      const address = await discovery.find('jwks_uri')
      try {
        return await jwksAt(address, limits).fetchDocument()
      } catch (error) {
        discovery.forget(address)
        throw error
      }
    },
    longest: limits.timeout * CALLS_OF_DISCOVERY,
  }
}
