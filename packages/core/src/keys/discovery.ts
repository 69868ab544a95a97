import { UpstreamError } from '../outcomes/errors.js'
import type { HttpClient } from '../transport/http-client.js'
import { fetchJsonObject } from '../transport/json-document.js'
import { metadataAddresses } from '../vocabulary/authorization-server-metadata.js'
import { whatIsWrongWithAddress } from '../vocabulary/issuer-identifier.js'
import { member } from '../vocabulary/json-object.js'

/**
 * Finds an issuer's key set address in its metadata (RFC 8414, then OpenID Connect Discovery). The metadata must name
 * the very issuer that was configured (RFC 8414 §3.3): anything else could hand the issuer's keys to another server.
 */
export async function discoverJwksAddress(
  http: HttpClient,
  issuer: string,
  { timeout, allowInsecureLoopback }: { readonly timeout: number; readonly allowInsecureLoopback: boolean },
): Promise<string> {
  const [oauth, openid] = metadataAddresses(issuer)
  const metadata = await fetchMetadata(http, oauth, timeout).catch((error: unknown) => {
    // Not there: many servers serve the OpenID document alone. An outage must not be taken for that.
    if (error instanceof UpstreamError && isNotServed(error.httpStatus)) return fetchMetadata(http, openid, timeout)
    throw error
  })
  if (member(metadata, 'issuer') !== issuer) {
    throw new UpstreamError('issuer-mismatch', 'The metadata names another issuer than the configured one')
  }
  const address = member(metadata, 'jwks_uri')
  const problem = whatIsWrongWithAddress(address, allowInsecureLoopback)
  if (problem !== undefined) throw new UpstreamError('unexpected-content', `The metadata's jwks_uri ${problem}`)
  return address as string
}

function fetchMetadata(http: HttpClient, url: string, timeout: number) {
  return fetchJsonObject(http, url, { timeout, accept: 'application/json' })
}

function isNotServed(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== 429
}
