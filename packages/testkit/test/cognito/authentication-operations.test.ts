import { createHmac } from 'node:crypto'
import { decodeJwt } from 'jose'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type FakeCognito, fakeCognito, type FakeCognitoOptions } from '../../src/index.js'
import { callOperation, isAlive, operation } from '../support/doors.js'

const ANN = { username: 'ann', password: 'correct horse', email: 'ann@acme.example', groups: ['staff'] }

const poolWithAnn = (options: FakeCognitoOptions = {}) => fakeCognito({ users: [ANN], ...options })

interface Tokens {
  readonly AccessToken: string
  readonly IdToken: string
  readonly RefreshToken?: string
  readonly ExpiresIn: number
  readonly TokenType: string
}

const initiateAuth = (
  pool: FakeCognito,
  AuthFlow: string | undefined,
  AuthParameters?: object,
  ClientId = pool.clientId,
) => callOperation(pool, 'InitiateAuth', { AuthFlow, ClientId, AuthParameters })

const passwordOf = (USERNAME: string, PASSWORD: string, SECRET_HASH?: string) => ({ USERNAME, PASSWORD, SECRET_HASH })

async function signIn(pool: FakeCognito, parameters: object = passwordOf('ann', ANN.password), clientId?: string) {
  const { status, body } = await initiateAuth(pool, 'USER_PASSWORD_AUTH', parameters, clientId)
  expect(status).toBe(200)
  return body['AuthenticationResult'] as Tokens & { readonly RefreshToken: string }
}

const secretHash = (secret: string, username: string, clientId: string) =>
  createHmac('sha256', secret).update(`${username}${clientId}`).digest('base64')

const refused = (exception: string, message: string) => ({
  status: 400,
  exception,
  body: { __type: exception, message },
})

describe('InitiateAuth by password', () => {
  it('brings the tokens of a sign-in through the SDK, for the user as declared', async () => {
    const pool = await poolWithAnn()
    const answer = await initiateAuth(pool, 'USER_PASSWORD_AUTH', passwordOf('ann', ANN.password))
    expect(Object.keys(answer.body)).toStrictEqual(['AuthenticationResult', 'ChallengeParameters'])
    const tokens = answer.body['AuthenticationResult'] as Tokens
    expect(tokens).toMatchObject({ ExpiresIn: 3_600, TokenType: 'Bearer' })
    const [access, id] = [decodeJwt(tokens.AccessToken), decodeJwt(tokens.IdToken)]
    expect(access).toMatchObject({
      scope: 'aws.cognito.signin.user.admin',
      username: 'ann',
      'cognito:groups': ['staff'],
      client_id: pool.clientId,
    })
    expect(access).not.toHaveProperty('version')
    expect(id).toMatchObject({ sub: access.sub, origin_jti: access['origin_jti'], email: 'ann@acme.example' })
    for (const name of ['acr', 'nonce', 'at_hash']) expect(id).not.toHaveProperty(name)
    expect(pool.initiateAuth.hits).toBe(1)
    const { body } = await callOperation(pool, 'GetUser', { AccessToken: tokens.AccessToken })
    expect(body['UserAttributes']).toContainEqual({ Name: 'email', Value: 'ann@acme.example' })
  })

  it('takes the sub for a name, as Cognito does', async () => {
    const pool = await fakeCognito()
    const { sub } = pool.addUser(ANN)
    expect(decodeJwt((await signIn(pool, passwordOf(sub, ANN.password))).AccessToken).sub).toBe(sub)
  })

  it('tells nothing of users who are not there, unless the client wants to know', async () => {
    const pool = await poolWithAnn({ clients: ['web', { clientId: 'legacy', preventUserExistenceErrors: false }] })
    await pool.accessToken({ username: 'never-declared' })
    const wrong = refused('NotAuthorizedException', 'Incorrect username or password.')
    expect(await initiateAuth(pool, 'USER_PASSWORD_AUTH', passwordOf('ann', 'guess'))).toStrictEqual(wrong)
    for (const clientId of ['web', 'legacy']) {
      const attempt = passwordOf('never-declared', 'undefined')
      expect(await initiateAuth(pool, 'USER_PASSWORD_AUTH', attempt, clientId)).toStrictEqual(wrong)
    }
    const nobody = passwordOf('nobody', ANN.password)
    expect(await initiateAuth(pool, 'USER_PASSWORD_AUTH', nobody, 'web')).toStrictEqual(wrong)
    expect(await initiateAuth(pool, 'USER_PASSWORD_AUTH', nobody, 'legacy')).toStrictEqual(
      refused('UserNotFoundException', 'User does not exist.'),
    )
  })

  it('tells a disabled user who knows the password, and not a deleted one', async () => {
    const pool = await poolWithAnn()
    pool.addUser({ username: 'bob', password: 'x' })
    await pool.disableUser('ann')
    await pool.deleteUser('bob')
    expect(await initiateAuth(pool, 'USER_PASSWORD_AUTH', passwordOf('ann', ANN.password))).toStrictEqual(
      refused('NotAuthorizedException', 'User is disabled.'),
    )
    for (const [username, password] of [
      ['ann', 'guess'],
      ['bob', 'x'],
    ] as const) {
      expect(await initiateAuth(pool, 'USER_PASSWORD_AUTH', passwordOf(username, password))).toStrictEqual(
        refused('NotAuthorizedException', 'Incorrect username or password.'),
      )
    }
  })

  it('asks a confidential client for its secret hash, and a public one for none', async () => {
    const pool = await poolWithAnn({ clients: ['web', { clientId: 'backend', clientSecret: 'shh' }] })
    const attempt = (clientId: string, hash?: string) =>
      initiateAuth(pool, 'USER_PASSWORD_AUTH', passwordOf('ann', ANN.password, hash), clientId)
    expect(await attempt('backend')).toStrictEqual(
      refused('NotAuthorizedException', 'Client backend is configured for secret but secret was not received'),
    )
    const wrong = [
      ['backend', secretHash('shh', 'bob', 'backend')],
      ['backend', secretHash('guess', 'ann', 'backend')],
      ['web', secretHash('shh', 'ann', 'web')],
    ] as const
    for (const [clientId, hash] of wrong) {
      expect(await attempt(clientId, hash)).toStrictEqual(
        refused('NotAuthorizedException', `Unable to verify secret hash for client ${clientId}`),
      )
    }
    expect((await attempt('backend', secretHash('shh', 'ann', 'backend'))).status).toBe(200)
  })

  it('names what is wrong with a request', async () => {
    const machine = { clientId: 'machine', clientSecret: 'shh', grant: 'client_credentials' } as const
    const pool = await poolWithAnn({ clients: ['web', machine], resourceServers: { orders: ['read'] } })
    const answers = [
      await initiateAuth(pool, undefined),
      await callOperation(pool, 'InitiateAuth', { AuthFlow: 'USER_PASSWORD_AUTH' }),
      await initiateAuth(pool, 'USER_PASSWORD_AUTH'),
      await initiateAuth(pool, 'USER_PASSWORD_AUTH', { USERNAME: 'ann' }),
      await initiateAuth(pool, 'REFRESH_TOKEN_AUTH', {}),
      await initiateAuth(pool, 'USER_SRP_AUTH', { USERNAME: 'ann' }),
      await initiateAuth(pool, 'ADMIN_USER_PASSWORD_AUTH', {}),
      await initiateAuth(pool, 'USER_PASSWORD_AUTH', passwordOf('ann', ANN.password), 'machine'),
      await initiateAuth(pool, 'USER_PASSWORD_AUTH', passwordOf('ann', ANN.password), 'tv'),
    ]
    expect(answers.map(({ exception, body }) => `${exception}: ${String(body['message'])}`)).toStrictEqual([
      expect.stringMatching(/^InvalidParameterException: .*'authFlow'/),
      expect.stringMatching(/^InvalidParameterException: .*'clientId'/),
      'InvalidParameterException: Missing required parameter USERNAME',
      'InvalidParameterException: Missing required parameter PASSWORD',
      'InvalidParameterException: Missing required parameter REFRESH_TOKEN',
      'InvalidParameterException: USER_SRP_AUTH flow not enabled for this client',
      'InvalidParameterException: Initiate Auth method not supported.',
      'InvalidParameterException: USER_PASSWORD_AUTH flow not enabled for this client',
      'ResourceNotFoundException: User pool client tv does not exist.',
    ])
  })

  it('repeats in the header what a header can hold', async () => {
    const pool = await fakeCognito()
    onTestFinished(() => pool.close())
    const { url } = await pool.serve()
    const input = { AuthFlow: 'USER_PASSWORD_AUTH', ClientId: 'größe' }
    const answer = await fetch(url, operation('InitiateAuth', input))
    expect([answer.status, answer.headers.get('x-amzn-errormessage'), await answer.json()]).toMatchObject([
      400,
      'User pool client gr??e does not exist.',
      { message: 'User pool client größe does not exist.' },
    ])
  })
})

type Refresh = (pool: FakeCognito, token: string, clientId?: string) => ReturnType<typeof callOperation>

const refreshes: Readonly<Record<string, Refresh>> = {
  REFRESH_TOKEN_AUTH: (pool, token, clientId) =>
    initiateAuth(pool, 'REFRESH_TOKEN_AUTH', { REFRESH_TOKEN: token }, clientId),
  REFRESH_TOKEN: (pool, token, clientId) => initiateAuth(pool, 'REFRESH_TOKEN', { REFRESH_TOKEN: token }, clientId),
  GetTokensFromRefreshToken: (pool, RefreshToken, ClientId = pool.clientId) =>
    callOperation(pool, 'GetTokensFromRefreshToken', { RefreshToken, ClientId }),
}

describe.each(Object.entries(refreshes))('a refresh by %s', (_, refresh) => {
  it('continues the login: what it was stays, times and ids are new, and there is no new refresh token', async () => {
    const pool = await poolWithAnn()
    const first = await signIn(pool)
    pool.clock.advance('30m')
    const { status, body } = await refresh(pool, first.RefreshToken)
    expect(status).toBe(200)
    const second = body['AuthenticationResult'] as Tokens
    expect(second).not.toHaveProperty('RefreshToken')
    for (const kind of ['AccessToken', 'IdToken'] as const) {
      const [before, after] = [decodeJwt(first[kind]), decodeJwt(second[kind])]
      const { jti, iat, exp, ...kept } = after
      expect({ ...kept }).toStrictEqual(withoutTimes(before))
      expect(jti).not.toBe(before.jti)
      expect((iat as number) - (before.iat as number)).toBeGreaterThanOrEqual(1_800)
      expect((exp as number) - (iat as number)).toBe(3_600)
    }
    expect(await isAlive(pool, second.AccessToken)).toBe(true)
  })

  it('is refused by the name of the reason', async () => {
    const pool = await poolWithAnn({ clients: ['web', 'mobile'] })
    const { RefreshToken } = await signIn(pool)
    const revoked = await signIn(pool)
    await pool.revoke(revoked.AccessToken)
    const invalid = refused('NotAuthorizedException', 'Invalid Refresh Token.')
    expect(await refresh(pool, 'never-issued')).toStrictEqual(invalid)
    expect(await refresh(pool, RefreshToken, 'mobile')).toStrictEqual(invalid)
    expect(await refresh(pool, revoked.RefreshToken)).toStrictEqual(
      refused('NotAuthorizedException', 'Refresh Token has been revoked'),
    )
    expect(await refresh(pool, RefreshToken, 'tv')).toMatchObject({ exception: 'ResourceNotFoundException' })
    pool.clock.advance('30d')
    expect(await refresh(pool, RefreshToken)).toStrictEqual(
      refused('NotAuthorizedException', 'Refresh Token has expired'),
    )
  })

  it('is refused to users who are disabled or deleted', async () => {
    const pool = await poolWithAnn()
    pool.addUser({ username: 'bob', password: 'x' })
    const [ann, bob] = [await signIn(pool), await signIn(pool, passwordOf('bob', 'x'))]
    await pool.disableUser('ann')
    await pool.deleteUser('bob')
    expect(await refresh(pool, ann.RefreshToken)).toStrictEqual(refused('NotAuthorizedException', 'User is disabled.'))
    expect(await refresh(pool, bob.RefreshToken)).toStrictEqual(
      refused('UserNotFoundException', 'User does not exist.'),
    )
  })

  it('works for logins that a test made by signIn', async () => {
    const pool = await fakeCognito({ resourceServers: { orders: ['read'] } })
    const { refreshToken } = await pool.signIn({ scopes: ['orders/read'], acr: 'urn:cognito:loa:4', authTime: '-5m' })
    const { AccessToken } = (await refresh(pool, refreshToken)).body['AuthenticationResult'] as Tokens
    const claims = decodeJwt(AccessToken)
    expect(claims).toMatchObject({ scope: 'orders/read', acr: 'urn:cognito:loa:4' })
    expect((claims.iat as number) - (claims['auth_time'] as number)).toBeGreaterThanOrEqual(299)
  })
})

describe('a confidential client', () => {
  const clients = [{ clientId: 'backend', clientSecret: 'shh' }] as const
  const hash = secretHash('shh', 'ann', 'backend')

  it('shows its secret as a hash over the username in a flow, and as it is otherwise', async () => {
    const pool = await poolWithAnn({ clients })
    const { RefreshToken } = await signIn(pool, passwordOf('ann', ANN.password, hash))
    const flow = (SECRET_HASH?: string) =>
      initiateAuth(pool, 'REFRESH_TOKEN_AUTH', { REFRESH_TOKEN: RefreshToken, SECRET_HASH })
    const call = (ClientSecret?: string) =>
      callOperation(pool, 'GetTokensFromRefreshToken', { RefreshToken, ClientId: 'backend', ClientSecret })
    for (const attempt of [flow, call]) {
      expect((await attempt()).body['message']).toBe(
        'Client backend is configured for secret but secret was not received',
      )
      expect((await attempt('guess')).body['message']).toBe('Unable to verify secret hash for client backend')
    }
    expect([(await flow(hash)).status, (await call('shh')).status]).toStrictEqual([200, 200])
    expect((await call(hash)).status).toBe(400)
  })

  it('is not confused with a public one that shows a secret', async () => {
    const pool = await poolWithAnn()
    const { RefreshToken } = await signIn(pool)
    const input = { RefreshToken, ClientId: pool.clientId, ClientSecret: 'shh' }
    expect((await callOperation(pool, 'GetTokensFromRefreshToken', input)).exception).toBe('NotAuthorizedException')
  })
})

describe('refresh token rotation', () => {
  const rotating = (retryGracePeriod?: '10s') =>
    poolWithAnn({
      clients: [{ clientId: 'web', refreshTokenRotation: true, ...(retryGracePeriod && { retryGracePeriod }) }],
    })
  const refresh = refreshes['GetTokensFromRefreshToken'] as Refresh
  const newTokenOf = ({ body }: Awaited<ReturnType<Refresh>>) =>
    (body['AuthenticationResult'] as Tokens).RefreshToken as string

  it('brings a new refresh token and ends the old one', async () => {
    const pool = await rotating()
    const { RefreshToken: first } = await signIn(pool)
    const second = newTokenOf(await refresh(pool, first))
    expect(await refresh(pool, first)).toMatchObject({ status: 400, exception: 'RefreshTokenReuseException' })
    pool.clock.advance('-1h')
    expect(await refresh(pool, first)).toMatchObject({ exception: 'RefreshTokenReuseException' })
    expect(newTokenOf(await refresh(pool, second))).not.toBe(second)
  })

  it('takes the old one again within the grace period, which a retry does not prolong', async () => {
    const pool = await rotating('10s')
    const { RefreshToken: first } = await signIn(pool)
    await refresh(pool, first)
    pool.clock.advance('6s')
    expect((await refresh(pool, first)).status).toBe(200)
    pool.clock.advance('6s')
    expect((await refresh(pool, first)).exception).toBe('RefreshTokenReuseException')
  })

  it('does not prolong the login', async () => {
    const pool = await rotating()
    const { RefreshToken: first } = await signIn(pool)
    pool.clock.advance('29d')
    const second = newTokenOf(await refresh(pool, first))
    pool.clock.advance('1d')
    expect((await refresh(pool, second)).body['message']).toBe('Refresh Token has expired')
  })

  it('shuts off the flow that has no place for a new token', async () => {
    const pool = await rotating()
    const { RefreshToken } = await signIn(pool)
    const answer = await initiateAuth(pool, 'REFRESH_TOKEN_AUTH', { REFRESH_TOKEN: RefreshToken })
    expect(answer.exception).toBe('UnsupportedOperationException')
    expect((await refresh(pool, RefreshToken)).status).toBe(200)
  })

  it('leaves nothing alive when any of the tokens is revoked', async () => {
    for (const which of [0, 1]) {
      const pool = await rotating()
      const { RefreshToken: first, AccessToken } = await signIn(pool)
      const second = newTokenOf(await refresh(pool, first))
      await callOperation(pool, 'RevokeToken', { Token: [first, second][which], ClientId: 'web' })
      expect(await isAlive(pool, AccessToken)).toBe(false)
      expect((await refresh(pool, second)).body['message']).toBe('Refresh Token has been revoked')
    }
  })
})

describe('GetTokensFromRefreshToken', () => {
  it('names what is wrong with a request', async () => {
    const pool = await poolWithAnn()
    for (const input of [{ ClientId: pool.clientId }, { RefreshToken: 'x' }]) {
      const answer = await callOperation(pool, 'GetTokensFromRefreshToken', input)
      expect(answer.exception).toBe('InvalidParameterException')
    }
    expect(pool.getTokensFromRefreshToken.hits).toBe(2)
  })
})

it('a fault of sign-in leaves the other operations alone', async () => {
  const pool = await poolWithAnn()
  pool.initiateAuth.fail({ error: 'LimitExceededException', times: 1 })
  const attempt = () => initiateAuth(pool, 'USER_PASSWORD_AUTH', passwordOf('ann', ANN.password))
  expect(await attempt()).toMatchObject({ status: 503, exception: 'LimitExceededException' })
  expect(await isAlive(pool, await pool.accessToken())).toBe(true)
  expect((await attempt()).status).toBe(200)
})

function withoutTimes(claims: Readonly<Record<string, unknown>>) {
  const { jti: _, iat: __, exp: ___, ...kept } = claims
  return kept
}
