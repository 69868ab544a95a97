import type { Endpoint, EndpointMaker } from '../endpoints/endpoint.js'
import type { FakeRequest, FakeResponse } from '../endpoints/fake-server.js'
import { type JsonRecord, tryDecodeJws } from '../jws/compact-jws.js'
import { adminOperations, noSuchPool } from './admin-operations.js'
import { authenticationOperations, invalidRefreshToken, noSuchClient } from './authentication-operations.js'
import { awsAnswer, awsDialect, awsException, inputOf, type Operation, operationOf } from './aws-json.js'
import { issuerOf, type Pool } from './pool.js'
import { ORIGINAL_HOST } from './pool-address.js'
import { invalidAccessToken, tokenOperations } from './token-operations.js'

/** The operations of the user pools API that a fake has a use for, each with a control of its own. */
export interface UserPoolApi {
  readonly endpoints: Readonly<Record<ControlOfOperation, Endpoint>>
  answer(request: FakeRequest): Promise<FakeResponse>
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
  return {
    endpoints,
    async answer(request) {
      const name = operationOf(request) ?? ''
      const operation = Object.hasOwn(operations, name) ? operations[name] : undefined
      if (operation === undefined) {
        return awsException('UnknownOperationException', `The fake knows ${names.join(', ')}`)
      }
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
  if (typeof AccessToken === 'string') return tryDecodeJws(AccessToken)?.payload['iss'] === issuerOf(pool)
  const refreshToken = refreshTokenIn(input)
  return refreshToken === undefined
    ? pool.clients.find(ClientId) !== undefined
    : pool.refreshTokens.find(refreshToken) !== undefined
}

function refreshTokenIn({ Token, RefreshToken, AuthParameters }: JsonRecord): unknown {
  return Token ?? RefreshToken ?? (AuthParameters as { readonly REFRESH_TOKEN?: unknown } | undefined)?.REFRESH_TOKEN
}

/** What the API says of what no pool knows; `undefined` when the request is for no operation. */
export function answerStray(request: FakeRequest): FakeResponse | undefined {
  const input = inputOf(request) ?? {}
  switch (operationOf(request)) {
    case undefined:
      return undefined
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
