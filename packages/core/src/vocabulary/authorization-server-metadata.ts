/**
 * Where an issuer's metadata may stand, in the order they are tried: OAuth (RFC 8414 §3.1, well-known segment between
 * host and path), then OpenID Connect Discovery (§4, appended to the path).
 */
export function metadataAddresses(issuer: string): readonly [string, string] {
  const url = new URL(issuer)
  const path = url.pathname.replace(/\/$/, '')
  return [
    `${url.origin}/.well-known/oauth-authorization-server${path}`,
    `${url.origin}${path}/.well-known/openid-configuration`,
  ]
}
