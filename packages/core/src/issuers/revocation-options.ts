import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames } from '../outcomes/option-check.js'
import { type ClientAuthentication, isClientAuthentication } from '../transport/client-authentication.js'
import { whatIsWrongWithAddress } from '../vocabulary/issuer-identifier.js'

/** How `signOut` has an authorization server revoke tokens (RFC 7009). */
export interface RevocationOptions {
  /**
   * Address of the endpoint, https. Default: `revocation_endpoint` of the issuer's metadata (RFC 8414 §2), of the
   * `mtls_endpoint_aliases` with `tlsClientAuth` (RFC 8705 §5); looked up when first needed.
   */
  readonly endpoint?: string | undefined
  /**
   * The client that revokes, `clientSecretBasic(id, secret)` or one of its siblings: a server revokes tokens of that
   * client alone (RFC 7009 §2.1). Default: the client of the token that signs out, by its id, with the `clientSecret`
   * that is given with each sign-out where it has one.
   */
  readonly clientAuthentication?: ClientAuthentication | undefined
}

export interface CheckedRevocation {
  /** `undefined`: to be looked up. */
  readonly endpoint: string | undefined
  /** `undefined`: whichever client the tokens were issued to. */
  readonly clientAuthentication: ClientAuthentication | undefined
}

export function checkRevocationOptions(
  owner: string,
  options: RevocationOptions | undefined,
  allowInsecureLoopback: boolean,
): CheckedRevocation {
  if (options === undefined) return { endpoint: undefined, clientAuthentication: undefined }
  checkOptionNames(owner, options, ['endpoint', 'clientAuthentication'])
  const { endpoint, clientAuthentication } = options as RevocationOptions
  if (clientAuthentication !== undefined && !isClientAuthentication(clientAuthentication)) {
    throw new ConfigurationError(
      `${owner}.clientAuthentication`,
      'must be made by clientSecretBasic(), clientSecretPost(), privateKeyJwt(), tlsClientAuth() or bearerToken()',
    )
  }
  const problem = endpoint === undefined ? undefined : whatIsWrongWithAddress(endpoint, allowInsecureLoopback)
  if (problem !== undefined) throw new ConfigurationError(`${owner}.endpoint`, problem)
  return { endpoint, clientAuthentication }
}
