import type { Endpoint, EndpointMaker } from '../endpoints/endpoint.js'
import type { FakeRequest, FakeResponse } from '../endpoints/fake-server.js'
import type { JsonRecord } from '../jws/compact-jws.js'
import { awsAnswer, awsDialect, awsException, inputOf, operationOf } from './aws-json.js'
import { examineAccessToken, hasScope, type Pool, type Standing, verifiedClaims } from './token-examination.js'

/** The operations of the user pools API that work with tokens alone, without AWS credentials. */
export interface UserPoolApi {
  readonly endpoints: Readonly<Record<'getUser' | 'revokeToken' | 'globalSignOut', Endpoint>>
  answer(request: FakeRequest): Promise<FakeResponse>
}

type Operation = (input: JsonRecord) => FakeResponse

export function createUserPoolApi(pool: Pool, endpointAt: EndpointMaker): UserPoolApi {
  const url = `${new URL(pool.settings.issuers.ORIGINAL).origin}/`
  const endpoints = {
    getUser: endpointAt(url, awsDialect),
    revokeToken: endpointAt(url, awsDialect),
    globalSignOut: endpointAt(url, awsDialect),
  }
  const operations: Readonly<Record<string, readonly [Endpoint, Operation]>> = {
    GetUser: [endpoints.getUser, (input) => withUser(pool, input, getUser)],
    RevokeToken: [endpoints.revokeToken, (input) => revokeToken(pool, input)],
    GlobalSignOut: [endpoints.globalSignOut, (input) => withUser(pool, input, (claims) => globalSignOut(pool, claims))],
  }
  return {
    endpoints,
    async answer(request) {
      const [endpoint, operation] = operations[operationOf(request) ?? ''] ?? []
      if (endpoint === undefined || operation === undefined) {
        return awsException('UnknownOperationException', `The fake knows ${Object.keys(operations).join(', ')}`)
      }
      return endpoint.answer(request, () => {
        const input = inputOf(request)
        return input === undefined ? awsException('SerializationException', 'Not JSON 1.1') : operation(input)
      })
    },
  }
}

/** What the API says of tokens that no pool has issued; `undefined` when the request is for no operation. */
export function answerStray(request: FakeRequest): FakeResponse | undefined {
  const operation = operationOf(request)
  if (operation === undefined) return undefined
  return operation === 'RevokeToken' ? awsAnswer({}) : awsException(...REFUSALS.invalid)
}

const REFUSALS: Readonly<Record<Exclude<Standing, 'good'>, readonly [name: string, message: string]>> = {
  invalid: ['NotAuthorizedException', 'Invalid Access Token'],
  expired: ['NotAuthorizedException', 'Access Token has expired'],
  revoked: ['NotAuthorizedException', 'Access Token has been revoked'],
  'user-disabled': ['NotAuthorizedException', 'User is disabled.'],
  'user-deleted': ['UserNotFoundException', 'User does not exist.'],
}

/** What all operations authorized by an access token have in common. */
function withUser(pool: Pool, { AccessToken: token }: JsonRecord, operation: Operation): FakeResponse {
  if (typeof token !== 'string') return missing('accessToken')
  const { standing, claims } = examineAccessToken(pool, token)
  if (standing !== 'good') return awsException(...REFUSALS[standing])
  // A machine has neither the scope nor a user.
  if (!hasScope(claims, 'aws.cognito.signin.user.admin')) {
    return awsException('NotAuthorizedException', 'Access Token does not have required scopes')
  }
  return typeof claims['username'] === 'string' ? operation(claims) : awsException(...REFUSALS.invalid)
}

function getUser({ username, sub }: JsonRecord): FakeResponse {
  return awsAnswer({
    Username: username,
    UserAttributes: [
      { Name: 'email', Value: `${String(username)}@example.com` },
      { Name: 'email_verified', Value: 'true' },
      { Name: 'sub', Value: sub },
    ],
  })
}

function globalSignOut({ logins }: Pool, { sub }: JsonRecord): FakeResponse {
  logins.endAllOf(String(sub))
  return awsAnswer({})
}

function revokeToken(pool: Pool, { Token: token, ClientId: clientId }: JsonRecord): FakeResponse {
  if (typeof token !== 'string') return missing('token')
  if (typeof clientId !== 'string') return missing('clientId')
  if (!pool.settings.tokenRevocation) {
    return awsException('UnsupportedOperationException', 'Token revocation is not enabled for the client')
  }
  if (!pool.settings.clients.includes(clientId)) return awsException('UnauthorizedException', 'Unknown client')
  const known = pool.logins.refreshToken(token)
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

function missing(member: string): FakeResponse {
  return awsException(
    'InvalidParameterException',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must not be null`,
  )
}
