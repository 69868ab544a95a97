import { ConfigurationError, UpstreamError } from '../outcomes/errors.js'
import type { IssuerSignOut, SignOutNotice } from '../revocation/issuer-sign-out.js'
import { clientSecretBasic, credentialsOf } from '../transport/client-authentication.js'
import { MAX_JSON_BYTES } from '../transport/json-document.js'
import { member, parseJsonBytes } from '../vocabulary/json-object.js'
import { callCognitoIdp, type CognitoIdp, failureOf, isDone } from './cognito-idp.js'
import { GET_USER_SCOPE } from './get-user.js'

/** The login that ends. */
interface LoginToEnd {
  readonly refreshToken: string
  /** The app client that the refresh token was issued to. */
  readonly clientId: string
  /** Of a client that has one. */
  readonly clientSecret?: string | undefined
}

export interface CognitoSignOutContext extends CognitoIdp {
  /** The pool's domain, without a slash at its end; its revocation endpoint is used where there is one. */
  readonly domain: string | undefined
}

/** What Cognito is told at a sign-out. Each resolves once it is done there, and throws {@link UpstreamError} otherwise. */
export interface CognitoSignOut {
  /**
   * Ends one login: its refresh token, and all tokens that came from it. The revocation endpoint of a domain calls it
   * done also for a login that has ended already (RFC 7009 §2.2).
   */
  revokeLogin(login: LoginToEnd): Promise<void>
  /**
   * Ends all logins of the user an access token belongs to. A token that Cognito refuses is an error: that it was revoked
   * says that its own login has ended, and nothing of the user's others.
   */
  signOutEverywhere(accessToken: string): Promise<void>
}

export function createCognitoSignOut(context: CognitoSignOutContext): CognitoSignOut {
  const { domain } = context
  return {
    revokeLogin: (login) =>
      domain === undefined ? revokeAtApi(context, login) : revokeAtDomain({ ...context, domain }, login),
    async signOutEverywhere(accessToken) {
      const answer = await callCognitoIdp(context, 'GlobalSignOut', { AccessToken: accessToken })
      // Whoever is gone has no login left.
      if (answer.errorName === 'UserNotFoundException') return
      if (!isDone(answer)) throw failureOf(answer)
    },
  }
}

/** The same as the ways to sign out that an application has. */
export function cognitoSignOutWays({ revokeLogin, signOutEverywhere }: CognitoSignOut): IssuerSignOut {
  return {
    withRefreshToken(refreshToken, { clientId, clientSecret }): SignOutNotice {
      if (clientId === undefined) {
        throw new ConfigurationError(
          'signOut',
          'needs the app client of the refresh token, which the principal must name',
        )
      }
      return { kinds: ['login'], tell: () => revokeLogin({ refreshToken, clientId, clientSecret }) }
    },
    withAccessToken(accessToken, { scopes, clientSecret }): SignOutNotice {
      // Cognito would answer as it does for a revoked token.
      if (!scopes.includes(GET_USER_SCOPE)) {
        throw new ConfigurationError(
          'signOut.accessToken',
          `must have the scope ${GET_USER_SCOPE}, without which GlobalSignOut is refused`,
        )
      }
      if (clientSecret !== undefined) {
        throw new ConfigurationError('signOut.clientSecret', 'belongs to a refreshToken; GlobalSignOut takes none')
      }
      return { kinds: ['user'], tell: () => signOutEverywhere(accessToken) }
    },
  }
}

async function revokeAtApi(idp: CognitoIdp, { refreshToken, clientId, clientSecret }: LoginToEnd): Promise<void> {
  const answer = await callCognitoIdp(idp, 'RevokeToken', {
    Token: refreshToken,
    ClientId: clientId,
    ClientSecret: clientSecret,
  })
  if (isDone(answer)) return
  if (answer.errorName === 'UnsupportedTokenTypeException') throw noRefreshToken(answer.status)
  throw answer.errorName === 'UnauthorizedException' ? clientRejected(answer.status) : failureOf(answer)
}

/** RFC 7009 §2.1. A public client is named in the form, any other in its credentials. */
async function revokeAtDomain(
  { http, domain, timeout }: CognitoSignOutContext & { readonly domain: string },
  { refreshToken, clientId, clientSecret }: LoginToEnd,
): Promise<void> {
  const { headers } =
    clientSecret === undefined
      ? { headers: undefined }
      : await credentialsOf(clientSecretBasic(clientId, clientSecret), { issuer: domain, now: 0 })
  const { status, body } = await http.send({
    url: `${domain}/oauth2/revoke`,
    headers: { accept: 'application/json', ...headers },
    form: new URLSearchParams({ token: refreshToken, ...(headers === undefined && { client_id: clientId }) }),
    timeout,
    maxBytes: MAX_JSON_BYTES,
  })
  if (status === 200) return
  if (status === 400 && errorOf(body) === 'unsupported_token_type') throw noRefreshToken(status)
  throw status === 401 ? clientRejected(status) : failureOf({ status, errorName: undefined })
}

/** RFC 7009 §2.2.1. */
function errorOf(body: Uint8Array): unknown {
  const answer = parseJsonBytes(body)
  return answer === undefined ? undefined : member(answer, 'error')
}

function noRefreshToken(httpStatus: number): UpstreamError {
  return new UpstreamError('token-type-not-supported', 'Cognito revokes refresh tokens alone', { httpStatus })
}

function clientRejected(httpStatus: number): UpstreamError {
  return new UpstreamError('client-rejected', 'Cognito does not accept the app client or its secret', { httpStatus })
}
