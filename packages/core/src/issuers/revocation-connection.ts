import { discoveredEndpoint, type Discovery, fixedEndpoint } from '../keys/discovery.js'
import { ConfigurationError, UpstreamError } from '../outcomes/errors.js'
import type { IssuerSignOut, SignOutClient, SignOutNotice } from '../revocation/issuer-sign-out.js'
import { createTokenRevocationClient, type PublicClient } from '../revocation/token-revocation.js'
import { type ClientAuthentication, clientSecretBasic } from '../transport/client-authentication.js'
import type { CheckedRevocation } from './revocation-options.js'
import type { IssuerContext } from './trusted-issuer.js'

/** What revocation needs of the issuer it belongs to. */
interface IssuerParts {
  readonly discovery: Discovery
  readonly issuer: string
  /** Milliseconds for one call. */
  readonly timeout: number
}

/** Starts the revocation of one issuer's tokens (RFC 7009). */
export function connectRevocation(
  { endpoint: address, clientAuthentication }: CheckedRevocation,
  { http, clock }: IssuerContext,
  { discovery, issuer, timeout }: IssuerParts,
): IssuerSignOut {
  const overMutualTls = clientAuthentication?.method === 'tls_client_auth'
  const endpoint =
    address === undefined ? discoveredEndpoint(discovery, 'revocation_endpoint', overMutualTls) : fixedEndpoint(address)

  function revoking(token: string, hint: 'access_token' | 'refresh_token', given: SignOutClient): () => Promise<void> {
    const client = clientOf(given, clientAuthentication)
    return async () => {
      const url = await endpoint.find()
      const revocation = createTokenRevocationClient({ http, clock, issuer, endpoint: async () => url, client })
      try {
        await revocation.revokeToken(token, hint, timeout)
      } catch (error) {
        // Nothing is served there any more: the server may have moved its endpoint.
        if (error instanceof UpstreamError && error.httpStatus === 404) endpoint.forget(url)
        throw error
      }
    }
  }

  return {
    withRefreshToken: (refreshToken, client): SignOutNotice => ({
      // Few servers write `sid` into access tokens; the token at hand can be ended all the same.
      kinds: ['login', 'token'],
      tell: revoking(refreshToken, 'refresh_token', client),
    }),
    withAccessToken: (accessToken, client): SignOutNotice => ({
      kinds: ['token'],
      tell: revoking(accessToken, 'access_token', client),
    }),
  }
}

function clientOf(
  { clientId, clientSecret }: SignOutClient,
  byOption: ClientAuthentication | undefined,
): ClientAuthentication | PublicClient {
  if (byOption !== undefined && clientSecret === undefined) return byOption
  if (clientId === undefined) {
    throw new ConfigurationError(
      'authorizationServer.revocation.clientAuthentication',
      'is needed to sign out here: the token does not say which client it was issued to',
    )
  }
  return clientSecret === undefined ? { clientId } : clientSecretBasic(clientId, clientSecret)
}
