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
 * Fetches the key set from wherever the issuer's metadata says. The address is looked up again once a fetch from it has
 * failed, so that a server may move its keys without anybody being restarted. While the look-up fails, the address that
 * served last does: an outage of the metadata must not make keys unreachable that are there.
 */
export function jwksOfIssuer(discovery: Discovery, limits: FetchLimits): JwksFetch {
  let served: string | undefined
  let found: string | undefined

  async function currentAddress(): Promise<string> {
    try {
      found = await discovery.find('jwks_uri')
      return found
    } catch (error) {
      const last = served ?? found
      if (last === undefined) throw error
      return last
    }
  }

  return {
    async fetchDocument() {
      const address = await currentAddress()
      try {
        const fetched = await jwksAt(address, limits).fetchDocument()
        served = address
        return fetched
      } catch (error) {
        discovery.forget(address)
        throw error
      }
    },
    longest: limits.timeout * CALLS_OF_DISCOVERY,
  }
}
