import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { type FakeCognito, fakeCognito } from '../../src/index.js'
import { doors, operation } from '../support/doors.js'

/** Calls an operation as the AWS SDK does, and tells what matters of the answer. */
async function ask(pool: FakeCognito, name: string, input: object) {
  const response = await pool.fetch(pool.getUser.url, operation(name, input))
  const body = (await response.json()) as { readonly message?: string }
  return { status: response.status, type: response.headers.get('x-amzn-errortype'), body }
}
const getUser = (pool: FakeCognito, AccessToken: unknown) => ask(pool, 'GetUser', { AccessToken })
const refused = (name: string, message: string) => ({
  status: 400,
  type: `${name}:`,
  body: { __type: name, message },
})

describe.each(['fetch', 'listen', 'serve'] as const)('the API through %s', (door) => {
  it('answers in the shapes of AWS', async () => {
    const pool = await fakeCognito()
    const call = await doors[door](pool)
    const token = await pool.accessToken({ sub: 'u1', username: 'ann' })
    const good = await call(pool.getUser.url, operation('GetUser', { AccessToken: token }))
    expect([good.status, good.headers.get('content-type')]).toStrictEqual([200, 'application/x-amz-json-1.1'])
    expect(good.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/)
    expect(await good.json()).toStrictEqual({
      Username: 'ann',
      UserAttributes: [
        { Name: 'email', Value: 'ann@example.com' },
        { Name: 'email_verified', Value: 'true' },
        { Name: 'sub', Value: 'u1' },
      ],
    })
    await pool.revoke(token)
    const bad = await call(pool.getUser.url, operation('GetUser', { AccessToken: token }))
    expect(bad.status).toBe(400)
    expect(bad.headers.get('x-amzn-errortype')).toBe('NotAuthorizedException:')
    expect(await bad.json()).toStrictEqual({
      __type: 'NotAuthorizedException',
      message: 'Access Token has been revoked',
    })
    expect(pool.getUser.hits).toBe(2)
    await pool.close()
  })
})

describe('GetUser', () => {
  it('refuses tokens without its scope, and those of machines', async () => {
    const pool = await fakeCognito({ resourceServers: { orders: ['read'] } })
    const message = 'Access Token does not have required scopes'
    for (const token of [await pool.accessToken({ scopes: ['openid', 'orders/read'] }), await pool.m2mToken()]) {
      expect(await getUser(pool, token)).toStrictEqual(refused('NotAuthorizedException', message))
    }
    const odd = await pool.m2mToken({ claims: { scope: 'aws.cognito.signin.user.admin' } })
    expect(await getUser(pool, odd)).toStrictEqual(refused('NotAuthorizedException', 'Invalid Access Token'))
    expect(
      (await getUser(pool, await pool.accessToken({ scopes: ['openid', 'aws.cognito.signin.user.admin'] }))).status,
    ).toBe(200)
  })

  it('refuses every forged token that is wrong for the pool, too', async () => {
    const pool = await fakeCognito()
    const verdicts: Record<string, string | undefined> = {}
    for (const [kind, forge] of Object.entries(pool.forged)) {
      verdicts[kind] = (await getUser(pool, await forge())).body.message
    }
    const good = undefined
    const invalid = 'Invalid Access Token'
    expect(verdicts).toStrictEqual({
      wrongKey: invalid,
      unknownKid: invalid,
      tampered: invalid,
      algNone: invalid,
      hs256WithPublicKey: invalid,
      expired: 'Access Token has expired',
      notYetValid: invalid,
      issuedInTheFuture: good,
      withoutExpiry: invalid,
      idToken: invalid,
      otherPool: invalid,
      // What is wrong with these is no business of the pool.
      otherClient: good,
      critical: good,
      senderConstrained: good,
    })
  })

  it('refuses a token when its time is over on the clock of the pool', async () => {
    const pool = await fakeCognito()
    const token = await pool.accessToken({ expiresIn: '5m' })
    expect((await getUser(pool, token)).status).toBe(200)
    pool.clock.advance('5m')
    expect(await getUser(pool, token)).toStrictEqual(refused('NotAuthorizedException', 'Access Token has expired'))
  })

  it('refuses tokens of other pools, withdrawn keys, and what is no token', async () => {
    const [pool, other] = [await fakeCognito(), await fakeCognito()]
    const token = await pool.accessToken()
    const sameKeysOtherIssuer = await pool.accessToken({ claims: { iss: other.issuer } })
    for (const bad of [
      await other.accessToken(),
      sameKeysOtherIssuer,
      '',
      'x',
      'a.b.c',
      `${token}.x`,
      'bnVsbA.e30.x',
    ]) {
      expect(await getUser(pool, bad)).toStrictEqual(refused('NotAuthorizedException', 'Invalid Access Token'))
    }
    await pool.rotateKeys()
    expect((await getUser(pool, token)).status).toBe(200)
    await pool.rotateKeys({ keepOld: false })
    expect((await getUser(pool, token)).body.message).toBe('Invalid Access Token')
  })

  it('tells disabled and deleted users apart', async () => {
    const pool = await fakeCognito()
    const [a, b] = [await pool.accessToken({ sub: 'a' }), await pool.accessToken({ sub: 'b' })]
    await pool.disableUser('a')
    await pool.deleteUser('b')
    expect(await getUser(pool, a)).toStrictEqual(refused('NotAuthorizedException', 'User is disabled.'))
    expect(await getUser(pool, b)).toStrictEqual(refused('UserNotFoundException', 'User does not exist.'))
  })

  it('names what is wrong with a request', async () => {
    const pool = await fakeCognito()
    expect((await getUser(pool, undefined)).type).toBe('InvalidParameterException:')
    for (const name of ['SignUp', 'constructor']) {
      expect((await ask(pool, name, {})).body).toStrictEqual({
        __type: 'UnknownOperationException',
        message:
          'The fake knows GetUser, GlobalSignOut, RevokeToken, InitiateAuth, GetTokensFromRefreshToken, AdminUserGlobalSignOut',
      })
    }
    for (const [body, type] of [
      ['{', 'application/x-amz-json-1.1'],
      ['[]', 'application/x-amz-json-1.1'],
      ['{}', 'application/json'],
    ] as const) {
      const { headers } = operation('GetUser', {})
      const init = { method: 'POST', body, headers: { ...headers, 'content-type': type } }
      const response = await pool.fetch(pool.getUser.url, init)
      expect(await response.json()).toMatchObject({ __type: 'SerializationException' })
    }
    expect(pool.getUser.hits).toBe(4)
  })
})

describe('GlobalSignOut', () => {
  it('ends all logins of the user, and those of nobody else; later ones are good', async () => {
    const pool = await fakeCognito()
    const [first, second, other] = [
      await pool.accessToken({ sub: 'u1' }),
      await pool.signIn({ sub: 'u1', scopes: ['openid', 'aws.cognito.signin.user.admin'] }),
      await pool.accessToken({ sub: 'u2' }),
    ]
    expect(await ask(pool, 'GlobalSignOut', { AccessToken: first })).toMatchObject({ status: 200, body: {} })
    for (const token of [first, second.accessToken]) {
      expect((await getUser(pool, token)).body.message).toBe('Access Token has been revoked')
    }
    expect((await getUser(pool, other)).status).toBe(200)
    expect((await getUser(pool, await pool.accessToken({ sub: 'u1' }))).status).toBe(200)
    expect(await ask(pool, 'GlobalSignOut', { AccessToken: first })).toMatchObject({ status: 400 })
  })

  it('needs the scope of GetUser', async () => {
    const pool = await fakeCognito()
    const token = await pool.accessToken({ scopes: ['openid'] })
    expect((await ask(pool, 'GlobalSignOut', { AccessToken: token })).body.message).toContain('required scopes')
  })
})

describe('RevokeToken', () => {
  it('asks a confidential client for its secret, and a public one for none', async () => {
    const pool = await fakeCognito({ clients: ['web', { clientId: 'backend', clientSecret: 'shh' }] })
    const typeOf = async (input: object) => (await ask(pool, 'RevokeToken', input)).type
    const { refreshToken: Token, accessToken } = await pool.signIn({ clientId: 'backend' })
    expect(await typeOf({ Token, ClientId: 'backend' })).toBe('UnauthorizedException:')
    expect(await typeOf({ Token, ClientId: 'backend', ClientSecret: 'guess' })).toBe('UnauthorizedException:')
    expect(await typeOf({ Token: 'x', ClientId: 'web', ClientSecret: 'guess' })).toBe('UnauthorizedException:')
    expect((await getUser(pool, accessToken)).status).toBe(200)
    expect(await typeOf({ Token, ClientId: 'backend', ClientSecret: 'shh' })).toBe(null)
    expect((await getUser(pool, accessToken)).status).toBe(400)
  })

  it('ends the login of a refresh token, and answers the same again', async () => {
    const pool = await fakeCognito({ clients: ['web', 'mobile'] })
    const [ended, kept] = [await pool.signIn({ sub: 'u1' }), await pool.signIn({ sub: 'u1' })]
    const revoke = () => ask(pool, 'RevokeToken', { Token: ended.refreshToken, ClientId: 'web' })
    expect(await revoke()).toMatchObject({ status: 200, body: {} })
    expect(await revoke()).toMatchObject({ status: 200, body: {} })
    expect((await getUser(pool, ended.accessToken)).body.message).toBe('Access Token has been revoked')
    expect((await getUser(pool, kept.accessToken)).status).toBe(200)
    expect(pool.revokeToken.hits).toBe(2)
  })

  it('takes the refresh tokens of the client that asks, and no other tokens', async () => {
    const pool = await fakeCognito({ clients: ['web', 'mobile'] })
    const { accessToken, idToken, refreshToken } = await pool.signIn({ clientId: 'mobile' })
    const typeOf = async (input: object) => (await ask(pool, 'RevokeToken', input)).type
    expect(await typeOf({ Token: accessToken, ClientId: 'mobile' })).toBe('UnsupportedTokenTypeException:')
    expect(await typeOf({ Token: idToken, ClientId: 'mobile' })).toBe('UnsupportedTokenTypeException:')
    expect(await typeOf({ Token: refreshToken, ClientId: 'web' })).toBe('UnauthorizedException:')
    expect(await typeOf({ Token: refreshToken, ClientId: 'tv' })).toBe('UnauthorizedException:')
    expect(await typeOf({ Token: refreshToken })).toBe('InvalidParameterException:')
    expect(await typeOf({ ClientId: 'web' })).toBe('InvalidParameterException:')
    expect(await typeOf({ Token: 'never-issued', ClientId: 'web' })).toBe(null)
    expect((await getUser(pool, accessToken)).status).toBe(200)
  })

  it('is refused where token revocation is off, and tokens carry nothing to revoke by', async () => {
    const pool = await fakeCognito({ tokenRevocation: false, resourceServers: { orders: ['read'] } })
    const { accessToken, idToken, refreshToken } = await pool.signIn()
    for (const token of [accessToken, idToken, await pool.m2mToken()]) {
      expect(decodeJwt(token)).not.toHaveProperty('jti')
      expect(decodeJwt(token)).not.toHaveProperty('origin_jti')
    }
    const answer = await ask(pool, 'RevokeToken', { Token: refreshToken, ClientId: pool.clientId })
    expect(answer.type).toBe('UnsupportedOperationException:')
    expect((await getUser(pool, accessToken)).status).toBe(200)
  })
})
