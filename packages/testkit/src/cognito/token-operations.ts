import type { FakeResponse } from '../endpoints/fake-server.js'
import type { JsonRecord } from '../jws/compact-jws.js'
import { awsAnswer, awsException, missingMember, type Operation } from './aws-json.js'
import type { Pool } from './pool.js'
import { USER_ADMIN } from './scopes.js'
import { examineAccessToken, hasScope, type Standing, verifiedClaims } from './token-examination.js'

/** The operations that a token alone authorizes. */
export function tokenOperations(pool: Pool) {
  return {
    GetUser: (input) => withUser(pool, input, (claims) => getUser(pool, claims)),
    GlobalSignOut: (input) => withUser(pool, input, (claims) => globalSignOut(pool, claims)),
    RevokeToken: (input) => revokeToken(pool, input),
  } as const satisfies Readonly<Record<string, Operation>>
}

const REFUSALS: Readonly<Record<Exclude<Standing, 'good'>, readonly [name: string, message: string]>> = {
  invalid: ['NotAuthorizedException', 'Invalid Access Token'],
  expired: ['NotAuthorizedException', 'Access Token has expired'],
  revoked: ['NotAuthorizedException', 'Access Token has been revoked'],
  'user-disabled': ['NotAuthorizedException', 'User is disabled.'],
  'user-deleted': ['UserNotFoundException', 'User does not exist.'],
}

export function invalidAccessToken(): FakeResponse {
  return awsException(...REFUSALS.invalid)
}

/** What all operations authorized by an access token have in common. */
function withUser(
  pool: Pool,
  { AccessToken: token }: JsonRecord,
  operation: (claims: JsonRecord) => FakeResponse,
): FakeResponse {
  if (typeof token !== 'string') return missingMember('accessToken')
  const { standing, claims } = examineAccessToken(pool, token)
  if (standing !== 'good') return awsException(...REFUSALS[standing])
  // A machine has neither the scope nor a user.
  if (!hasScope(claims, USER_ADMIN)) {
    return awsException('NotAuthorizedException', 'Access Token does not have required scopes')
  }
  return typeof claims['username'] === 'string' ? operation(claims) : invalidAccessToken()
}

function getUser({ users }: Pool, { username, sub }: JsonRecord): FakeResponse {
  const email = users.find(sub)?.email ?? `${String(username)}@example.com`
  return awsAnswer({
    Username: username,
    UserAttributes: [
      { Name: 'email', Value: email },
      { Name: 'email_verified', Value: 'true' },
      { Name: 'sub', Value: sub },
    ],
  })
}

function globalSignOut({ logins }: Pool, { sub }: JsonRecord): FakeResponse {
  logins.endAllOf(String(sub))
  return awsAnswer({})
}

function revokeToken(pool: Pool, input: JsonRecord): FakeResponse {
  const { Token: token, ClientId: clientId, ClientSecret: clientSecret } = input
  if (typeof token !== 'string') return missingMember('token')
  if (typeof clientId !== 'string') return missingMember('clientId')
  const client = pool.clients.find(clientId)
  if (client === undefined) return awsException('UnauthorizedException', 'Unknown client')
  if (client.clientSecret !== clientSecret) return awsException('UnauthorizedException', 'Wrong client secret')
  if (!pool.settings.tokenRevocation) {
    return awsException('UnsupportedOperationException', 'Token revocation is not enabled for the client')
  }
  const known = pool.refreshTokens.find(token)
  if (known === undefined) {
    // What is no token at all is no error, and neither is one that has ended.
    return verifiedClaims(pool, token) === undefined
      ? awsAnswer({})
      : awsException('UnsupportedTokenTypeException', 'Only refresh tokens can be revoked')
  }
  if (known.clientId !== clientId) return awsException('UnauthorizedException', 'The token is of another client')
  pool.logins.end(known.login)
  return awsAnswer({})
}
