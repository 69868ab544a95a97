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
  const at = (url: string) => jwksAddressAt(http, url, issuer, { timeout, allowInsecureLoopback })
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
      `No key set address was found at ${oauth} or ${openid} (${message}); give it as jwks`,
      { httpStatus, cause: error },
    )
  }
}

async function jwksAddressAt(
  http: HttpClient,
  url: string,
  issuer: string,
  { timeout, allowInsecureLoopback }: { readonly timeout: number; readonly allowInsecureLoopback: boolean },
): Promise<string> {
  const metadata = await fetchJsonObject(http, url, { timeout, accept: 'application/json' })
  if (member(metadata, 'issuer') !== issuer) {
    throw new UpstreamError(
      'issuer-mismatch',
      'The metadata names another issuer than the configured one; they must agree to the last slash',
    )
  }
  const address = member(metadata, 'jwks_uri')
  if (address === undefined) throw new UpstreamError('unexpected-content', 'The metadata has no jwks_uri')
  const problem = whatIsWrongWithAddress(address, allowInsecureLoopback)
  if (problem !== undefined) throw new UpstreamError('address-not-allowed', `The metadata's jwks_uri ${problem}`)
  return address as string
}

/**
 * Many servers serve the OpenID document alone, and answer for the other address with 404, a page, or a redirect to one.
 * An outage must not be taken for that.
 */
function isNotServed({ code, httpStatus = 0 }: UpstreamError): boolean {
  if (code === 'unexpected-status') return httpStatus >= 400 && httpStatus < 500 && httpStatus !== 429
  return code === 'redirect' || code === 'unexpected-content-type' || code === 'unexpected-content'
}
