import {
  CognitoIdentityProviderClient,
  GetUserCommand,
  GlobalSignOutCommand,
  NotAuthorizedException,
  RevokeTokenCommand,
  TooManyRequestsException,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fakeCognito } from '../../src/index.js'

/** The client of AWS, unchanged, behind a port or at the addresses of AWS. */
async function clientThrough(door: 'serve' | 'listen') {
  const pool = await fakeCognito()
  onTestFinished(() => pool.close())
  const where = door === 'serve' ? { endpoint: (await pool.serve()).url } : {}
  if (door === 'listen') await pool.listen()
  // These operations are authorized by tokens, so that no credentials are looked for.
  const client = new CognitoIdentityProviderClient({ region: pool.region, maxAttempts: 1, ...where })
  onTestFinished(() => client.destroy())
  return { pool, client }
}

describe.each(['serve', 'listen'] as const)('the AWS SDK through %s', (door) => {
  it('gets the user of a token, until its login ends', async () => {
    const { pool, client } = await clientThrough(door)
    const { accessToken, refreshToken } = await pool.signIn({ sub: 'u1', username: 'ann' })
    const user = await client.send(new GetUserCommand({ AccessToken: accessToken }))
    expect([user.Username, user.UserAttributes]).toStrictEqual([
      'ann',
      expect.arrayContaining([{ Name: 'sub', Value: 'u1' }]),
    ])
    await client.send(new RevokeTokenCommand({ ClientId: pool.clientId, Token: refreshToken }))
    const asked = client.send(new GetUserCommand({ AccessToken: accessToken }))
    await expect(asked).rejects.toThrow(NotAuthorizedException)
    await expect(asked).rejects.toMatchObject({ name: 'NotAuthorizedException', $metadata: { httpStatusCode: 400 } })
  })

  it('signs a user out everywhere', async () => {
    const { pool, client } = await clientThrough(door)
    const [first, second] = [await pool.accessToken({ sub: 'u1' }), await pool.accessToken({ sub: 'u1' })]
    await client.send(new GlobalSignOutCommand({ AccessToken: first }))
    await expect(client.send(new GetUserCommand({ AccessToken: second }))).rejects.toThrow(NotAuthorizedException)
  })

  it('knows exceptions by their classes', async () => {
    const { pool, client } = await clientThrough(door)
    const AccessToken = await pool.accessToken({ sub: 'u1' })
    pool.getUser.throttle({ times: 1 })
    await expect(client.send(new GetUserCommand({ AccessToken }))).rejects.toThrow(TooManyRequestsException)
    await pool.deleteUser('u1')
    await expect(client.send(new GetUserCommand({ AccessToken }))).rejects.toThrow(UserNotFoundException)
  })
})
