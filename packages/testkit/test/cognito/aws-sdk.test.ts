import {
  AdminUserGlobalSignOutCommand,
  CognitoIdentityProviderClient,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  NotAuthorizedException,
  RefreshTokenReuseException,
  RevokeTokenCommand,
  TooManyRequestsException,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fakeCognito } from '../../src/index.js'

/** The client of AWS, unchanged, behind a port or at the addresses of AWS. */
async function clientThrough(door: 'serve' | 'listen') {
  const pool = await fakeCognito({
    clients: ['web', { clientId: 'rotating', refreshTokenRotation: true }],
    users: [{ username: 'ann', password: 'correct horse' }],
  })
  onTestFinished(() => pool.close())
  const where = door === 'serve' ? { endpoint: (await pool.serve()).url } : {}
  if (door === 'listen') await pool.listen()
  // Of any account: only the operations of administrators are signed, and the fake takes every signature.
  const credentials = { accessKeyId: 'AKIAFAKE', secretAccessKey: 'of-nobody' }
  const client = new CognitoIdentityProviderClient({ region: pool.region, maxAttempts: 1, credentials, ...where })
  onTestFinished(() => client.destroy())
  const signIn = async (ClientId = 'web') => {
    const AuthParameters = { USERNAME: 'ann', PASSWORD: 'correct horse' }
    const command = new InitiateAuthCommand({ AuthFlow: 'USER_PASSWORD_AUTH', ClientId, AuthParameters })
    const { AuthenticationResult: result } = await client.send(command)
    return result as { AccessToken: string; RefreshToken: string }
  }
  return { pool, client, signIn, getUser: (AccessToken: string) => client.send(new GetUserCommand({ AccessToken })) }
}

describe.each(['serve', 'listen'] as const)('the AWS SDK through %s', (door) => {
  it('signs in by password, and is told when the password is wrong', async () => {
    const { client, signIn, getUser } = await clientThrough(door)
    const { AccessToken } = await signIn()
    expect((await getUser(AccessToken)).Username).toBe('ann')
    const AuthParameters = { USERNAME: 'ann', PASSWORD: 'guess' }
    const attempt = client.send(
      new InitiateAuthCommand({ AuthFlow: 'USER_PASSWORD_AUTH', ClientId: 'web', AuthParameters }),
    )
    await expect(attempt).rejects.toThrow(NotAuthorizedException)
    await expect(attempt).rejects.toThrow('Incorrect username or password.')
  })

  it('refreshes tokens, with rotation and without', async () => {
    const { client, signIn, getUser } = await clientThrough(door)
    const { RefreshToken } = await signIn()
    const AuthParameters = { REFRESH_TOKEN: RefreshToken }
    const { AuthenticationResult: refreshed } = await client.send(
      new InitiateAuthCommand({ AuthFlow: 'REFRESH_TOKEN_AUTH', ClientId: 'web', AuthParameters }),
    )
    expect([refreshed?.RefreshToken, refreshed?.ExpiresIn]).toStrictEqual([undefined, 3_600])
    expect((await getUser(refreshed?.AccessToken as string)).Username).toBe('ann')
    const { RefreshToken: old } = await signIn('rotating')
    const rotate = () => client.send(new GetTokensFromRefreshTokenCommand({ ClientId: 'rotating', RefreshToken: old }))
    expect((await rotate()).AuthenticationResult?.RefreshToken).toMatch(/^ey/)
    await expect(rotate()).rejects.toThrow(RefreshTokenReuseException)
  })

  it('gets the user of a token, until its login ends', async () => {
    const { pool, client, getUser } = await clientThrough(door)
    const { accessToken, refreshToken } = await pool.signIn({ sub: 'u1', username: 'bob' })
    const user = await getUser(accessToken)
    expect([user.Username, user.UserAttributes]).toStrictEqual([
      'bob',
      expect.arrayContaining([{ Name: 'sub', Value: 'u1' }]),
    ])
    await client.send(new RevokeTokenCommand({ ClientId: pool.clientId, Token: refreshToken }))
    const asked = getUser(accessToken)
    await expect(asked).rejects.toThrow(NotAuthorizedException)
    await expect(asked).rejects.toMatchObject({ name: 'NotAuthorizedException', $metadata: { httpStatusCode: 400 } })
  })

  it('signs a user out everywhere, as the user and as an administrator', async () => {
    const { pool, client, getUser } = await clientThrough(door)
    const [first, second] = [await pool.accessToken({ sub: 'u1' }), await pool.accessToken({ sub: 'u1' })]
    await client.send(new GlobalSignOutCommand({ AccessToken: first }))
    await expect(getUser(second)).rejects.toThrow(NotAuthorizedException)
    const third = await pool.accessToken({ sub: 'u1' })
    await client.send(new AdminUserGlobalSignOutCommand({ UserPoolId: pool.userPoolId, Username: 'u1' }))
    await expect(getUser(third)).rejects.toThrow(NotAuthorizedException)
    const nobody = new AdminUserGlobalSignOutCommand({ UserPoolId: pool.userPoolId, Username: 'nobody' })
    await expect(client.send(nobody)).rejects.toThrow(UserNotFoundException)
  })

  it('knows exceptions by their classes', async () => {
    const { pool, getUser } = await clientThrough(door)
    const token = await pool.accessToken({ sub: 'u1' })
    pool.getUser.throttle({ times: 1 })
    await expect(getUser(token)).rejects.toThrow(TooManyRequestsException)
    await pool.deleteUser('u1')
    await expect(getUser(token)).rejects.toThrow(UserNotFoundException)
  })
})

it('the AWS SDK finds the pool that a request is for, among several that listen', async () => {
  const [a, b] = [await clientThrough('listen'), await fakeCognito({ clients: ['another'] })]
  onTestFinished(() => b.close())
  await b.listen()
  b.addUser({ username: 'ann', password: 'of the other pool' })
  const { AccessToken, RefreshToken } = await a.signIn()
  expect((await a.getUser(AccessToken)).Username).toBe('ann')
  const AuthParameters = { USERNAME: 'ann', PASSWORD: 'of the other pool' }
  const flow = { AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters } as const
  await a.client.send(new InitiateAuthCommand({ ...flow, ClientId: 'another' }))
  expect([a.pool.initiateAuth.hits, b.initiateAuth.hits]).toStrictEqual([1, 1])
  await a.client.send(new RevokeTokenCommand({ ClientId: 'web', Token: RefreshToken }))
  await expect(a.getUser(AccessToken)).rejects.toThrow(NotAuthorizedException)
  await expect(a.client.send(new InitiateAuthCommand({ ...flow, ClientId: 'of-nobody' }))).rejects.toThrow(
    'User pool client of-nobody does not exist.',
  )
  const refresh = { ClientId: 'web', RefreshToken: 'of-nobody' }
  await expect(a.client.send(new GetTokensFromRefreshTokenCommand(refresh))).rejects.toThrow('Invalid Refresh Token')
  const signOut = { UserPoolId: 'xx-fake-1_nowhere', Username: 'ann' }
  await expect(a.client.send(new AdminUserGlobalSignOutCommand(signOut))).rejects.toThrow('xx-fake-1_nowhere')
})
