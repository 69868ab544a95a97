import { describe, expect, it } from 'vitest'
import { type FakeCognito, fakeCognito } from '../../src/index.js'
import { basic, doors, form } from '../support/doors.js'

const BOTH_SCOPES = ['openid', 'aws.cognito.signin.user.admin'] as const

function userInfo(pool: FakeCognito, authorization?: string, method = 'GET') {
  return pool.fetch(pool.userInfo.url, { method, headers: authorization === undefined ? {} : { authorization } })
}

async function isAlive(pool: FakeCognito, token: string): Promise<boolean> {
  return (await userInfo(pool, `Bearer ${token}`)).status === 200
}

describe.each(['fetch', 'listen', 'serve'] as const)('the domain through %s', (door) => {
  it('answers in the shapes of Cognito', async () => {
    const pool = await fakeCognito()
    const call = await doors[door](pool)
    const { accessToken, refreshToken } = await pool.signIn({ sub: 'u1', username: 'ann', scopes: ['openid'] })
    const ask = () => call(pool.userInfo.url, { headers: { authorization: `Bearer ${accessToken}` } })
    const good = await ask()
    expect([good.status, await good.json()]).toStrictEqual([
      200,
      { sub: 'u1', email_verified: 'true', email: 'ann@example.com', username: 'ann' },
    ])
    const revoked = await call(pool.revocation.url, form({ token: refreshToken, client_id: pool.clientId }))
    expect([revoked.status, await revoked.text()]).toStrictEqual([200, ''])
    const bad = await ask()
    expect(bad.status).toBe(401)
    expect(bad.headers.get('www-authenticate')).toBe(
      'error="invalid_token", error_description="Access token is expired, disabled, or deleted, or the user has globally signed out."',
    )
    expect([pool.userInfo.hits, pool.revocation.hits]).toStrictEqual([2, 1])
    await pool.close()
  })
})

it('the domain stands in the discovery document', async () => {
  const pool = await fakeCognito()
  expect(pool.domain).toMatch(/^https:\/\/xx-fake-1-[a-z0-9]{9}\.auth\.xx-fake-1\.amazoncognito\.com$/)
  expect(await (await pool.fetch(pool.metadata.url)).json()).toMatchObject({
    userinfo_endpoint: pool.userInfo.url,
    revocation_endpoint: pool.revocation.url,
  })
})

describe('hosts', () => {
  it('have their own paths each', async () => {
    const pool = await fakeCognito()
    const { pathname } = new URL(pool.jwks.url)
    const elsewhere = [
      `${pool.domain}${pathname}`,
      `${new URL(pool.issuer).origin}/oauth2/userInfo`,
      'https://elsewhere.example/oauth2/userInfo',
      `https://elsewhere.example${pathname}`,
    ]
    for (const url of elsewhere) await expect(pool.fetch(url)).rejects.toThrow('nothing answers GET')
    await expect(pool.fetch(pool.userInfo.url, { method: 'PUT' })).rejects.toThrow('nothing answers PUT')
    await expect(pool.fetch(`${pool.domain}/`, { method: 'POST' })).rejects.toThrow('nothing answers POST')
    expect([pool.userInfo.hits, pool.jwks.hits]).toStrictEqual([0, 0])
  })
})

describe('userInfo', () => {
  it('answers POST as GET', async () => {
    const pool = await fakeCognito()
    const token = await pool.accessToken({ scopes: ['openid'] })
    expect((await userInfo(pool, `bearer ${token}`, 'POST')).status).toBe(200)
  })

  it('refuses a request without one bearer token', async () => {
    const pool = await fakeCognito()
    for (const authorization of [undefined, 'Bearer', 'Basic abc', 'Bearer a b']) {
      const response = await userInfo(pool, authorization)
      expect([response.status, response.headers.get('www-authenticate')]).toStrictEqual([
        400,
        'error="invalid_request", error_description="Bad OAuth2 request at UserInfo Endpoint"',
      ])
    }
  })

  it('refuses tokens without openid: those of a sign-in through the SDK, and of machines', async () => {
    const pool = await fakeCognito({ resourceServers: { orders: ['read'] } })
    for (const token of [await pool.accessToken(), await pool.m2mToken()]) {
      const response = await userInfo(pool, `Bearer ${token}`)
      expect([response.status, await response.json()]).toMatchObject([401, { error: 'invalid_token' }])
    }
  })

  it('refuses what GetUser refuses', async () => {
    const pool = await fakeCognito()
    const request = { scopes: BOTH_SCOPES }
    const { wrongKey, tampered, expired, idToken, otherPool } = pool.forged
    for (const forge of [wrongKey, tampered, expired, idToken, otherPool]) {
      expect(await isAlive(pool, await forge(request))).toBe(false)
    }
    const [a, b, c] = [
      await pool.accessToken({ ...request, sub: 'a' }),
      await pool.accessToken({ ...request, sub: 'b' }),
      await pool.accessToken({ ...request, sub: 'c' }),
    ] as const
    await pool.disableUser('a')
    await pool.deleteUser('b')
    await pool.revokeUser('c')
    for (const token of [a, b, c]) expect(await isAlive(pool, token)).toBe(false)
  })
})

describe('revoke', () => {
  async function revoke(pool: FakeCognito, parameters: Record<string, string>, headers = {}) {
    const response = await pool.fetch(pool.revocation.url, form(parameters, headers))
    const text = await response.text()
    return [response.status, text === '' ? '' : (JSON.parse(text) as { error: string }).error]
  }

  it('ends every token of the login, and no other login', async () => {
    const pool = await fakeCognito()
    const [ended, kept] = [
      await pool.signIn({ sub: 'u1', scopes: BOTH_SCOPES }),
      await pool.signIn({ sub: 'u1', scopes: BOTH_SCOPES }),
    ]
    expect(await revoke(pool, { token: ended.refreshToken, client_id: pool.clientId })).toStrictEqual([200, ''])
    expect(await isAlive(pool, ended.accessToken)).toBe(false)
    expect(await isAlive(pool, kept.accessToken)).toBe(true)
  })

  it('answers 200 for what is revoked or was never issued', async () => {
    const pool = await fakeCognito()
    const { refreshToken } = await pool.signIn()
    for (const token of [refreshToken, refreshToken, 'never-issued']) {
      expect(await revoke(pool, { token, client_id: pool.clientId })).toStrictEqual([200, ''])
    }
  })

  it('knows its clients, by parameter or by Basic, none of which has a secret', async () => {
    const pool = await fakeCognito({ clients: ['web', 'mobile'] })
    const { refreshToken: token, accessToken } = await pool.signIn({ scopes: BOTH_SCOPES })
    expect(await revoke(pool, { token, client_id: 'tv' })).toStrictEqual([401, 'invalid_client'])
    expect(await revoke(pool, { token, client_id: 'mobile' })).toStrictEqual([401, 'invalid_client'])
    expect(await revoke(pool, { token }, basic('web', 'guess'))).toStrictEqual([401, 'invalid_client'])
    expect(await isAlive(pool, accessToken)).toBe(true)
    expect(await revoke(pool, { token }, basic('web', ''))).toStrictEqual([200, ''])
    expect(await isAlive(pool, accessToken)).toBe(false)
  })

  it('names what is wrong with a request', async () => {
    const pool = await fakeCognito()
    const { refreshToken, accessToken } = await pool.signIn()
    const client_id = pool.clientId
    expect(await revoke(pool, { client_id })).toStrictEqual([400, 'invalid_request'])
    expect(await revoke(pool, { token: refreshToken })).toStrictEqual([400, 'invalid_request'])
    expect(await revoke(pool, { token: accessToken, client_id })).toStrictEqual([400, 'unsupported_token_type'])
    const json = await pool.fetch(pool.revocation.url, { ...form({}), headers: { 'content-type': 'application/json' } })
    expect(json.status).toBe(400)
    const without = await fakeCognito({ tokenRevocation: false })
    const { refreshToken: token } = await without.signIn()
    expect(await revoke(without, { token, client_id })).toStrictEqual([400, 'invalid_request'])
  })
})
