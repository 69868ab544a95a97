import { describe, expect, it } from 'vitest'
import { cognitoSignOutWays, createCognitoSignOut } from '../../src/cognito/cognito-sign-out.js'
import { brokenConnection, cognitoError, cognitoServer } from '../support/cognito-server.js'
import { json } from '../support/loopback-server.js'

const empty = (status: number) => json('', status)

async function setUp(answer: Parameters<typeof cognitoServer>[0], { hasDomain = false } = {}) {
  const server = await cognitoServer(answer)
  const { bodies, http } = server
  const domain = hasDomain ? server.url : undefined
  return { server, bodies, signOut: createCognitoSignOut({ http, url: `${server.url}/`, timeout: 2_000, domain }) }
}

const login = { refreshToken: 'refresh-token', clientId: 'web' }
const failures = [
  ['TooManyRequestsException', 400, 'throttled'],
  ['InternalErrorException', 400, 'server-error'],
  ['OperationNotEnabledException', 400, 'unexpected-status'],
  ['NotAuthorizedException', 400, 'unexpected-status'],
] as const

describe('the end of one login at the API', () => {
  it('is told with the client and its refresh token', async () => {
    const { server, bodies, signOut } = await setUp(empty(200))
    await expect(signOut.revokeLogin(login)).resolves.toBeUndefined()
    await signOut.revokeLogin({ ...login, clientSecret: 's3cret' })
    expect(server.requests[0]?.headers).toMatchObject({
      'x-amz-target': 'AWSCognitoIdentityProviderService.RevokeToken',
    })
    expect(bodies.map((body) => JSON.parse(body) as unknown)).toStrictEqual([
      { Token: 'refresh-token', ClientId: 'web' },
      { Token: 'refresh-token', ClientId: 'web', ClientSecret: 's3cret' },
    ])
  })

  it.each([
    ...failures,
    ['UnauthorizedException', 401, 'client-rejected'],
    ['UnsupportedTokenTypeException', 400, 'token-type-not-supported'],
    ['UnsupportedOperationException', 400, 'unexpected-status'],
  ] as const)('fails on %s with status %i: %s', async (name, status, code) => {
    const { signOut } = await setUp(cognitoError(name, status))
    await expect(signOut.revokeLogin(login)).rejects.toMatchObject({ name: 'UpstreamError', code })
  })

  it('fails on a page that says nothing', async () => {
    const { signOut } = await setUp(json('<!doctype html>', 200, { 'content-type': 'text/html' }))
    await expect(signOut.revokeLogin(login)).rejects.toMatchObject({ code: 'unexpected-content' })
  })
})

describe('the end of one login at the domain', () => {
  it('names a public client in the form', async () => {
    const { server, bodies, signOut } = await setUp(empty(200), { hasDomain: true })
    await expect(signOut.revokeLogin(login)).resolves.toBeUndefined()
    expect(server.requests[0]).toMatchObject({ method: 'POST', url: '/oauth2/revoke' })
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization')
    expect(bodies).toStrictEqual(['token=refresh-token&client_id=web'])
  })

  it('names a confidential client in its credentials', async () => {
    const { server, bodies, signOut } = await setUp(empty(200), { hasDomain: true })
    await signOut.revokeLogin({ ...login, clientSecret: 's3cret' })
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${btoa('web:s3cret')}`)
    expect(bodies).toStrictEqual(['token=refresh-token'])
  })

  it.each([
    [400, 'unexpected-status'],
    [401, 'client-rejected'],
    [403, 'unexpected-status'],
    [204, 'unexpected-status'],
    [429, 'throttled'],
    [500, 'server-error'],
  ])('fails on status %i: %s', async (status, code) => {
    const { signOut } = await setUp(json({ error: 'invalid_request' }, status), { hasDomain: true })
    await expect(signOut.revokeLogin(login)).rejects.toMatchObject({ name: 'UpstreamError', code })
  })

  it('fails on a token of the wrong type', async () => {
    const { signOut } = await setUp(json({ error: 'unsupported_token_type' }, 400), { hasDomain: true })
    await expect(signOut.revokeLogin(login)).rejects.toMatchObject({
      code: 'token-type-not-supported',
      httpStatus: 400,
    })
  })
})

describe('the ways to sign out', () => {
  const client = { clientId: 'web', clientSecret: undefined }
  const scopes = ['aws.cognito.signin.user.admin']

  it('are a refresh token for its login and an access token for the user', async () => {
    const { bodies, signOut } = await setUp(json({}))
    const ways = cognitoSignOutWays(signOut)
    const [login_, user] = [ways.withRefreshToken('r', client), ways.withAccessToken('a', { ...client, scopes })]
    expect([login_.kinds, user.kinds]).toStrictEqual([['login'], ['user']])
    expect(bodies).toStrictEqual([])
    await login_.tell()
    await user.tell()
    expect(bodies).toStrictEqual(['{"Token":"r","ClientId":"web"}', '{"AccessToken":"a"}'])
  })

  it('are refused before any call where they cannot work', async () => {
    const { bodies, signOut } = await setUp(json({}))
    const ways = cognitoSignOutWays(signOut)
    expect(() => ways.withRefreshToken('r', { ...client, clientId: undefined })).toThrow('needs the app client')
    expect(() => ways.withAccessToken('a', { ...client, scopes: ['openid'] })).toThrow(
      'signOut.accessToken must have the scope aws.cognito.signin.user.admin',
    )
    expect(() => ways.withAccessToken('a', { clientId: 'web', clientSecret: 's', scopes })).toThrow(
      'signOut.clientSecret belongs to a refreshToken',
    )
    expect(bodies).toStrictEqual([])
  })
})

describe('the end of all logins of a user', () => {
  it('is told with an access token, also where there is a domain', async () => {
    for (const hasDomain of [false, true]) {
      const { server, bodies, signOut } = await setUp(json({}), { hasDomain })
      await expect(signOut.signOutEverywhere('access-token')).resolves.toBeUndefined()
      expect(server.requests[0]).toMatchObject({
        url: '/',
        headers: { 'x-amz-target': 'AWSCognitoIdentityProviderService.GlobalSignOut' },
      })
      expect(bodies).toStrictEqual(['{"AccessToken":"access-token"}'])
    }
  })

  it('is done where the user is gone', async () => {
    const { signOut } = await setUp(cognitoError('UserNotFoundException', 400))
    await expect(signOut.signOutEverywhere('access-token')).resolves.toBeUndefined()
  })

  it('is not done because the access token was revoked: the user may have other logins', async () => {
    const revoked = { __type: 'NotAuthorizedException', message: 'Access Token has been revoked' }
    const { signOut } = await setUp(json(revoked, 400))
    await expect(signOut.signOutEverywhere('access-token')).rejects.toMatchObject({ code: 'unexpected-status' })
  })

  it.each(failures)('fails on %s with status %i: %s', async (name, status, code) => {
    const { signOut } = await setUp(cognitoError(name, status))
    await expect(signOut.signOutEverywhere('access-token')).rejects.toMatchObject({ name: 'UpstreamError', code })
  })
})

describe('a sign-out that fails', () => {
  it.each([
    ['by an error', cognitoError('ForbiddenException')],
    ['by an error that repeats what was sent', cognitoError('refresh-token access-token s3cret')],
    ['by the connection', brokenConnection],
    ['by a status', json('refresh-token access-token s3cret', 401)],
  ])('%s holds no token and no secret', async (_, answer) => {
    for (const hasDomain of [false, true]) {
      const { signOut } = await setUp(answer, { hasDomain })
      const attempts = [
        () => signOut.revokeLogin({ ...login, clientSecret: 's3cret' }),
        () => signOut.signOutEverywhere('access-token'),
      ]
      for (const attempt of attempts) {
        const error: unknown = await attempt().catch((thrown: unknown) => thrown)
        expect(error).toMatchObject({ name: 'UpstreamError' })
        const { message, stack, cause } = error as Error
        expect(`${message} ${stack} ${String(cause)}`).not.toMatch(/refresh-token|access-token|s3cret/)
      }
    }
  })
})
