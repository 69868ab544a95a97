import type { Endpoint, EndpointMaker } from '../endpoints/endpoint.js'
import type { FakeRequest, FakeResponse, PublicServer } from '../endpoints/fake-server.js'
import { type JsonRecord, tryDecodeJws } from '../jws/compact-jws.js'
import { adminOperations, noSuchPool } from './admin-operations.js'
import { authenticationOperations, invalidRefreshToken, noSuchClient } from './authentication-operations.js'
import { awsAnswer, awsDialect, awsException, inputOf, type Operation, operationOf } from './aws-json.js'
import { COGNITO } from './cognito-kind.js'
import type { Pool } from './pool.js'
import { ORIGINAL_HOST } from './pool-address.js'
import { invalidAccessToken, tokenOperations } from './token-operations.js'

/** The operations of the user pools API that a fake has a use for, each with a control of its own. */
export interface UserPoolApi {
  readonly endpoints: Readonly<Record<ControlOfOperation, Endpoint>>
  answer(request: FakeRequest): Promise<FakeResponse>
  /**
   * What the API says where no pool is meant, or `owners`, several at once: at AWS no two have an app client of one id.
   * `undefined` when the request is for no operation.
   */
  stray(request: FakeRequest, owners: readonly PublicServer[]): FakeResponse | undefined
}

/** What the controls are called: as the operations, but for the first letter. */
type ControlOfOperation = Uncapitalize<
  keyof (ReturnType<typeof adminOperations> &
    ReturnType<typeof authenticationOperations> &
    ReturnType<typeof tokenOperations>)
>

export function createUserPoolApi(pool: Pool, endpointAt: EndpointMaker): UserPoolApi {
  const operations: Readonly<Record<string, Operation>> = {
    ...tokenOperations(pool),
    ...authenticationOperations(pool),
    ...adminOperations(pool),
  }
  const names = Object.keys(operations)
  const endpoints = Object.fromEntries(
    names.map((name) => [controlOf(name), endpointAt(`https://${ORIGINAL_HOST}/`, awsDialect)]),
  ) as Record<ControlOfOperation, Endpoint>
  const unknownOperation = () => awsException('UnknownOperationException', `The fake knows ${names.join(', ')}`)
  return {
    endpoints,
    stray(request, owners) {
      const name = operationOf(request)
      if (name === undefined) return undefined
      if (!names.includes(name)) return unknownOperation()
      const input = inputOf(request) ?? {}
      return owners.length > 1 ? ambiguous(name, owners, input['ClientId']) : unknownToAll(name, input)
    },
    async answer(request) {
      const name = operationOf(request) ?? ''
      const operation = Object.hasOwn(operations, name) ? operations[name] : undefined
      if (operation === undefined) return unknownOperation()
      return endpoints[controlOf(name)].answer(request, () => {
        const input = inputOf(request)
        return input === undefined ? awsException('SerializationException', 'Not JSON 1.1') : operation(input, request)
      })
    },
  }
}

function controlOf(operation: string): ControlOfOperation {
  return `${operation.slice(0, 1).toLowerCase()}${operation.slice(1)}` as ControlOfOperation
}

/** Whether a request names a pool: by its id, an app client, the issuer of a token, or a refresh token it has issued. */
export function isNamedIn(pool: Pool, request: FakeRequest): boolean {
  const input = inputOf(request) ?? {}
  const { UserPoolId, ClientId, AccessToken } = input
  if (typeof UserPoolId === 'string') return UserPoolId === pool.settings.userPoolId
  if (typeof AccessToken === 'string') return isIssuedBy(pool, AccessToken)
  const refreshToken = refreshTokenIn(input)
  if (refreshToken === undefined) return pool.clients.find(ClientId) !== undefined
  return pool.refreshTokens.find(refreshToken) !== undefined || isIssuedBy(pool, refreshToken)
}

function isIssuedBy({ issuer }: Pool, token: unknown): boolean {
  return typeof token === 'string' && issuer.isOwn(tryDecodeJws(token)?.payload['iss'])
}

function refreshTokenIn({ Token, RefreshToken, AuthParameters }: JsonRecord): unknown {
  return Token ?? RefreshToken ?? (AuthParameters as { readonly REFRESH_TOKEN?: unknown } | undefined)?.REFRESH_TOKEN
}

/** What the API says of what no pool has or has issued. */
function unknownToAll(operation: string, input: JsonRecord): FakeResponse {
  switch (operation) {
    case 'RevokeToken':
      return awsAnswer({})
    case 'AdminUserGlobalSignOut':
      return noSuchPool(input['UserPoolId'])
    case 'InitiateAuth':
    case 'GetTokensFromRefreshToken':
      return refreshTokenIn(input) === undefined ? noSuchClient(input['ClientId']) : invalidRefreshToken()
    default:
      return invalidAccessToken()
  }
}

/** A name that is not of the API: no code under test takes this for an answer of AWS. */
function ambiguous(operation: string, owners: readonly PublicServer[], clientId: unknown): FakeResponse {
  const pools = owners.map(({ identity }) => identity).join(' and ')
  return awsException(
    'AmbiguousPoolException',
    `${COGNITO.maker}: ${operation} names no pool, and ${pools} have the app client ${String(clientId)}; give each pool a client of its own, { clients: ['a'] }, or have one listen at a time`,
  )
}
