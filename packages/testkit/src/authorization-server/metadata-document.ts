import type { ServerSettings } from './server-settings.js'

/** Where the endpoints of an issuer stand. */
export function addressesOf(issuer: string) {
  const url = new URL(issuer)
  const path = url.pathname.replace(/\/$/, '')
  const base = `${url.origin}${path}`
  return {
    jwks: `${base}/jwks`,
    introspection: `${base}/introspect`,
    revocation: `${base}/revoke`,
    /** RFC 8414 §3.1: the well-known segment stands between host and path. */
    metadata: `${url.origin}/.well-known/oauth-authorization-server${path}`,
    /** OpenID Connect Discovery §4: it is appended to the path. */
    openidConfiguration: `${base}/.well-known/openid-configuration`,
    authorization: `${base}/authorize`,
    token: `${base}/token`,
  }
}

/** What the server says about itself (RFC 8414 §2). Authorization and token endpoint are named, and not there. */
export function metadataDocument({ issuer, algorithm }: ServerSettings) {
  const { authorization, token, jwks, introspection, revocation } = addressesOf(issuer)
  const methods = ['client_secret_basic', 'client_secret_post']
  return {
    issuer,
    authorization_endpoint: authorization,
    token_endpoint: token,
    jwks_uri: jwks,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [algorithm],
    introspection_endpoint: introspection,
    introspection_endpoint_auth_methods_supported: methods,
    introspection_signing_alg_values_supported: [algorithm],
    revocation_endpoint: revocation,
    revocation_endpoint_auth_methods_supported: [...methods, 'none'],
  }
}
