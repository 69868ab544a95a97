import type { PoolSettings } from './pool-settings.js'
import { STANDARD_SCOPES } from './scopes.js'

/**
 * What a pool says about itself (OpenID Connect Discovery §3). It names no introspection endpoint: Cognito has none.
 * `issuer`: the one it has now. `servedAt`: the origin in place of all hosts, for whoever asks there and could not reach them.
 */
export function discoveryDocument(settings: PoolSettings, issuer: string, servedAt?: string) {
  const domain = servedAt ?? settings.domain
  return {
    authorization_endpoint: `${domain}/oauth2/authorize`,
    end_session_endpoint: `${domain}/logout`,
    id_token_signing_alg_values_supported: ['RS256'],
    issuer,
    jwks_uri: `${servedAt === undefined ? issuer : `${servedAt}/${settings.userPoolId}`}/.well-known/jwks.json`,
    response_types_supported: ['code', 'token'],
    revocation_endpoint: `${domain}/oauth2/revoke`,
    scopes_supported: STANDARD_SCOPES.filter((scope) => !scope.startsWith('aws.')),
    subject_types_supported: ['public'],
    token_endpoint: `${domain}/oauth2/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    userinfo_endpoint: `${domain}/oauth2/userInfo`,
  }
}
