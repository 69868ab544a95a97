import { UpstreamError } from '../outcomes/errors.js'
import { type Clock, monotonicNow } from '../transport/clock.js'
import type { HttpClient } from '../transport/http-client.js'
import { fetchJsonObject } from '../transport/json-document.js'
import { SingleFlight } from '../transport/single-flight.js'
import { metadataAddresses } from '../vocabulary/authorization-server-metadata.js'
import { whatIsWrongWithAddress } from '../vocabulary/issuer-identifier.js'
import { isJsonObject, type JsonObject, member } from '../vocabulary/json-object.js'

/** The addresses that are looked up, by their names in the metadata, and the options that make a look-up needless. */
const OPTIONS = {
  jwks_uri: 'jwks',
  introspection_endpoint: 'introspection.endpoint',
  revocation_endpoint: 'revocation.endpoint',
} as const

export type DiscoverableAddress = keyof typeof OPTIONS

export interface DiscoveryOptions {
  readonly http: HttpClient
  readonly clock: Clock
  readonly issuer: string
  /** Milliseconds for one call. */
  readonly timeout: number
  readonly allowInsecureLoopback: boolean
}

/**
 * Finds an issuer's addresses in its metadata (RFC 8414, then OpenID Connect Discovery). The metadata must name the very
 * issuer that was configured (RFC 8414 §3.3): anything else could hand the issuer's keys, or the tokens and the secret
 * that introspection sends, to another server.
 */
export interface Discovery {
  /**
   * An address that may be used; remembered, and looked up once for all who ask meanwhile. `overMutualTls`: the one for
   * clients that present a certificate, where there is one (RFC 8705 §5).
   */
  find(name: DiscoverableAddress, overMutualTls?: boolean): string | Promise<string>
  /** Nothing was served at an address: unless it was found a moment ago, it is looked up again. */
  forget(address: string): void
}

/** One address, given or looked up. */
export interface Endpoint {
  /** At once where it is known. */
  find(): string | Promise<string>
  forget(address: string): void
}

/** For so long a failure answers for the next look-up: whoever asks for tokens cannot make a flood of metadata calls. */
const FAILURE_MEMORY_MS = 200
/** An address this young would be found again: a server that answers 404 to made-up tokens makes no flood, either. */
const YOUNG_MS = 1_000

export function createDiscovery({ http, clock, issuer, timeout, allowInsecureLoopback }: DiscoveryOptions): Discovery {
  const documents = new Map<string, JsonObject>()
  const fetches = flightsOf<JsonObject>(timeout)
  const lookUps = flightsOf<string>(2 * timeout)
  const known = new Map<string, { readonly address: string; readonly at: number }>()
  const failures = new Map<string, { readonly error: unknown; readonly at: number }>()

  /** Several addresses stand in one document, which is fetched once for all of them. */
  function metadataAt(url: string): Promise<JsonObject> {
    const before = documents.get(url)
    return before === undefined ? fetches(url).join(() => fetchMetadata(url)) : Promise.resolve(before)
  }

  async function fetchMetadata(url: string): Promise<JsonObject> {
    const metadata = await fetchJsonObject(http, url, { timeout, accept: 'application/json' })
    if (member(metadata, 'issuer') === issuer) {
      documents.set(url, metadata)
      return metadata
    }
    throw new UpstreamError(
      'issuer-mismatch',
      'The metadata names another issuer than the configured one; they must agree to the last slash',
    )
  }

  async function lookUp(name: DiscoverableAddress, overMutualTls: boolean): Promise<string> {
    const [oauth, openid] = metadataAddresses(issuer)
    const at = async (url: string) => {
      const address = readAddress(await metadataAt(url), name, overMutualTls)
      const problem = whatIsWrongWithAddress(address, allowInsecureLoopback)
      if (problem !== undefined) throw new UpstreamError('address-not-allowed', `The metadata's ${name} ${problem}`)
      return address as string
    }
    try {
      return await at(oauth)
    } catch (error) {
      if (!(error instanceof UpstreamError) || !isNotServed(error)) throw error
    }
    try {
      return await at(openid)
    } catch (error) {
      if (!(error instanceof UpstreamError) || !isNotServed(error)) throw error
      const { code, message, httpStatus } = error
      throw new UpstreamError(
        code,
        `No ${name} was found at ${oauth} or ${openid} (${message}); give it as ${OPTIONS[name]}`,
        { httpStatus, cause: error },
      )
    }
  }

  async function findAnew(key: string, name: DiscoverableAddress, overMutualTls: boolean): Promise<string> {
    const failure = failures.get(key)
    if (failure !== undefined && isWithin(FAILURE_MEMORY_MS, failure.at, monotonicNow(clock))) throw failure.error
    return lookUps(key).join(async () => {
      try {
        const address = await lookUp(name, overMutualTls)
        known.set(key, { address, at: monotonicNow(clock) })
        failures.delete(key)
        return address
      } catch (error) {
        failures.set(key, { error, at: monotonicNow(clock) })
        // A document that lacks the address may have it by the next look-up.
        documents.clear()
        throw error
      }
    })
  }

  return {
    find(name, overMutualTls = false) {
      const key = `${name} ${overMutualTls}`
      return known.get(key)?.address ?? findAnew(key, name, overMutualTls)
    },
    forget(address) {
      const now = monotonicNow(clock)
      for (const [key, found] of known) {
        if (found.address !== address || isWithin(YOUNG_MS, found.at, now)) continue
        known.delete(key)
        documents.clear()
      }
    },
  }
}

/** One piece of work for each name, however many ask. There are few names. */
function flightsOf<Result>(longest: number): (name: string) => SingleFlight<Result> {
  const flights = new Map<string, SingleFlight<Result>>()
  return (name) => {
    const flight = flights.get(name) ?? new SingleFlight(longest)
    flights.set(name, flight)
    return flight
  }
}

/** A clock that stepped back must not prolong a pause. */
function isWithin(milliseconds: number, at: number, now: number): boolean {
  return now >= at && now - at < milliseconds
}

function readAddress(metadata: JsonObject, name: DiscoverableAddress, overMutualTls: boolean): unknown {
  const aliases = overMutualTls ? member(metadata, 'mtls_endpoint_aliases') : undefined
  const address = (isJsonObject(aliases) ? member(aliases, name) : undefined) ?? member(metadata, name)
  if (address === undefined) throw new UpstreamError('unexpected-content', `The metadata has no ${name}`)
  return address
}

export function fixedEndpoint(address: string): Endpoint {
  return { find: () => address, forget() {} }
}

export function discoveredEndpoint(discovery: Discovery, name: DiscoverableAddress, overMutualTls = false): Endpoint {
  return { find: () => discovery.find(name, overMutualTls), forget: (address) => discovery.forget(address) }
}

/**
 * Many servers serve the OpenID document alone, and answer for the other address with 404, a page, or a redirect to one.
 * An outage must not be taken for that.
 */
function isNotServed({ code, httpStatus = 0 }: UpstreamError): boolean {
  if (code === 'unexpected-status') return httpStatus >= 400 && httpStatus < 500 && httpStatus !== 429
  return code === 'redirect' || code === 'unexpected-content-type' || code === 'unexpected-content'
}
