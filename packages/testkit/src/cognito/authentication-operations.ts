import { createHmac } from 'node:crypto'
import type { FakeResponse } from '../endpoints/fake-server.js'
import type { JsonRecord } from '../jws/compact-jws.js'
import type { AppClient } from './app-clients.js'
import { awsAnswer, awsException, missingMember, type Operation } from './aws-json.js'
import { beginLogin, type LoginClaims, sdkLoginClaims, signLogin } from './login-tokens.js'
import type { Pool } from './pool.js'
import { type RefreshRefusal, refreshLogin } from './token-refresh.js'

/** The operations that a password or a refresh token authorizes. */
export function authenticationOperations(pool: Pool) {
  return {
    InitiateAuth: (input) => initiateAuth(pool, input),
    GetTokensFromRefreshToken: (input) => getTokensFromRefreshToken(pool, input),
  } as const satisfies Readonly<Record<string, Operation>>
}

export function noSuchClient(clientId: unknown): FakeResponse {
  return awsException('ResourceNotFoundException', `User pool client ${String(clientId)} does not exist.`)
}

const REFUSALS: Readonly<Record<RefreshRefusal, readonly [name: string, message: string]>> = {
  unknown: ['NotAuthorizedException', 'Invalid Refresh Token.'],
  expired: ['NotAuthorizedException', 'Refresh Token has expired'],
  revoked: ['NotAuthorizedException', 'Refresh Token has been revoked'],
  rotated: ['RefreshTokenReuseException', 'Refresh Token has been rotated'],
  'user-disabled': ['NotAuthorizedException', 'User is disabled.'],
  'user-deleted': ['UserNotFoundException', 'User does not exist.'],
}

export function invalidRefreshToken(): FakeResponse {
  return awsException(...REFUSALS.unknown)
}

/** Flows that Cognito has and the fake has not; every other name is a mistake. */
const OTHER_FLOWS = new Set<unknown>(['USER_SRP_AUTH', 'USER_AUTH', 'CUSTOM_AUTH'])

async function initiateAuth(pool: Pool, input: JsonRecord): Promise<FakeResponse> {
  const { AuthFlow: flow, ClientId: clientId } = input
  if (typeof flow !== 'string') return missingMember('authFlow')
  if (typeof clientId !== 'string') return missingMember('clientId')
  const client = pool.clients.find(clientId)
  if (client === undefined) return noSuchClient(clientId)
  const parameters = parametersOf(input)
  switch (flow) {
    case 'USER_PASSWORD_AUTH':
      return client.isMachine ? notEnabled(flow) : signInByPassword(pool, client, parameters)
    case 'REFRESH_TOKEN_AUTH':
    case 'REFRESH_TOKEN':
      return refreshByFlow(pool, client, parameters)
    default:
      return OTHER_FLOWS.has(flow)
        ? notEnabled(flow)
        : awsException('InvalidParameterException', 'Initiate Auth method not supported.')
  }
}

async function signInByPassword(pool: Pool, client: AppClient, parameters: JsonRecord): Promise<FakeResponse> {
  const { USERNAME: username, PASSWORD: password } = parameters
  if (typeof username !== 'string') return missingParameter('USERNAME')
  if (typeof password !== 'string') return missingParameter('PASSWORD')
  const refusal = checkSecretHash(client, username, parameters)
  if (refusal !== undefined) return refusal
  const user = pool.users.find(username)
  if (user === undefined || user.state === 'deleted') {
    return client.preventUserExistenceErrors
      ? wrongPassword()
      : awsException('UserNotFoundException', 'User does not exist.')
  }
  if (user.password !== password) return wrongPassword()
  if (user.state === 'disabled') return awsException(...REFUSALS['user-disabled'])
  const login = sdkLoginClaims(pool, { sub: user.sub, clientId: client.clientId }, 'InitiateAuth')
  const refreshToken = beginLogin(pool, login)
  return authenticated(pool, login, refreshToken, { ChallengeParameters: {} })
}

/** Which has no way to bring a new refresh token, so that rotation shuts it off. */
async function refreshByFlow(pool: Pool, client: AppClient, parameters: JsonRecord): Promise<FakeResponse> {
  const { REFRESH_TOKEN: token } = parameters
  if (typeof token !== 'string') return missingParameter('REFRESH_TOKEN')
  if (client.rotationGrace !== undefined) {
    // The name is not documented for this.
    const message = 'The client rotates refresh tokens; use GetTokensFromRefreshToken'
    return awsException('UnsupportedOperationException', message)
  }
  const username = pool.refreshTokens.find(token)?.access['username']
  const refusal = checkSecretHash(client, String(username), parameters)
  if (refusal !== undefined) return refusal
  const refreshed = refreshLogin(pool, client, token)
  if (typeof refreshed === 'string') return awsException(...REFUSALS[refreshed])
  return authenticated(pool, refreshed.claims, undefined, { ChallengeParameters: {} })
}

async function getTokensFromRefreshToken(pool: Pool, input: JsonRecord): Promise<FakeResponse> {
  const { RefreshToken: token, ClientId: clientId, ClientSecret: secret } = input
  if (typeof token !== 'string') return missingMember('refreshToken')
  if (typeof clientId !== 'string') return missingMember('clientId')
  const client = pool.clients.find(clientId)
  if (client === undefined) return noSuchClient(clientId)
  if (client.clientSecret !== undefined && secret === undefined) return secretNotReceived(client)
  if (client.clientSecret !== secret) return secretNotVerified(client)
  const refreshed = refreshLogin(pool, client, token)
  if (typeof refreshed === 'string') return awsException(...REFUSALS[refreshed])
  return authenticated(pool, refreshed.claims, refreshed.refreshToken)
}

async function authenticated(
  pool: Pool,
  login: LoginClaims,
  refreshToken: string | undefined,
  more: JsonRecord = {},
): Promise<FakeResponse> {
  const { accessToken, idToken, expiresIn } = await signLogin(pool, login)
  const result = {
    AccessToken: accessToken,
    ExpiresIn: expiresIn,
    IdToken: idToken,
    RefreshToken: refreshToken,
    TokenType: 'Bearer',
  }
  return awsAnswer({ AuthenticationResult: result, ...more })
}

/** `SECRET_HASH`: that the caller knows the secret of a confidential client, and whom it is about. */
function checkSecretHash(client: AppClient, username: string, parameters: JsonRecord): FakeResponse | undefined {
  const { SECRET_HASH: hash } = parameters
  if (client.clientSecret === undefined) return hash === undefined ? undefined : secretNotVerified(client)
  if (hash === undefined) return secretNotReceived(client)
  const expected = createHmac('sha256', client.clientSecret).update(`${username}${client.clientId}`).digest('base64')
  return hash === expected ? undefined : secretNotVerified(client)
}

function parametersOf({ AuthParameters: parameters }: JsonRecord): JsonRecord {
  return typeof parameters === 'object' && parameters !== null ? (parameters as JsonRecord) : {}
}

function wrongPassword(): FakeResponse {
  return awsException('NotAuthorizedException', 'Incorrect username or password.')
}

function notEnabled(flow: string): FakeResponse {
  return awsException('InvalidParameterException', `${flow} flow not enabled for this client`)
}

function missingParameter(name: string): FakeResponse {
  return awsException('InvalidParameterException', `Missing required parameter ${name}`)
}

function secretNotReceived({ clientId }: AppClient): FakeResponse {
  const message = `Client ${clientId} is configured for secret but secret was not received`
  return awsException('NotAuthorizedException', message)
}

function secretNotVerified({ clientId }: AppClient): FakeResponse {
  return awsException('NotAuthorizedException', `Unable to verify secret hash for client ${clientId}`)
}
