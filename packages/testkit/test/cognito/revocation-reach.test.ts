import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import type { FakeCognito } from '../../src/index.js'
import { ANN, browserOf, codeRequest, poolWithApplication, told, tokenRequest } from '../support/browser.js'
import { callOperation, form, isAlive } from '../support/doors.js'

interface Login {
  readonly accessToken: string
  readonly refreshToken: string
}

const SCOPES = ['openid', 'aws.cognito.signin.user.admin'] as const

/** Each way in which a login of ann's begins. */
const beginnings: Readonly<Record<string, (pool: FakeCognito) => Promise<Login>>> = {
  signIn: (pool) => pool.signIn({ username: 'ann', scopes: SCOPES }),
  async InitiateAuth(pool) {
    const AuthParameters = { USERNAME: ANN.username, PASSWORD: ANN.password }
    const input = { AuthFlow: 'USER_PASSWORD_AUTH', ClientId: 'web', AuthParameters }
    const { body } = await callOperation(pool, 'InitiateAuth', input)
    const { AccessToken, RefreshToken } = body['AuthenticationResult'] as Record<string, string>
    return { accessToken: AccessToken as string, refreshToken: RefreshToken as string }
  },
  async 'an authorization code'(pool) {
    const { code } = told(await browserOf(pool).signIn({ scope: SCOPES.join(' ') }))
    const { body } = await tokenRequest(pool, codeRequest(code))
    return { accessToken: body['access_token'] as string, refreshToken: body['refresh_token'] as string }
  },
}

/** What can end it. */
const ends: Readonly<Record<string, (pool: FakeCognito, login: Login) => Promise<unknown>>> = {
  revoke: (pool, { accessToken }) => pool.revoke(accessToken),
  revokeLogin: (pool, { accessToken }) => pool.revokeLogin(String(decodeJwt(accessToken)['origin_jti'])),
  revokeUser: (pool) => pool.revokeUser('ann'),
  RevokeToken: (pool, { refreshToken }) => callOperation(pool, 'RevokeToken', { Token: refreshToken, ClientId: 'web' }),
  '/oauth2/revoke': (pool, { refreshToken }) =>
    pool.fetch(pool.revocation.url, form({ token: refreshToken, client_id: 'web' })),
  GlobalSignOut: (pool, { accessToken }) => callOperation(pool, 'GlobalSignOut', { AccessToken: accessToken }),
}

async function refreshed(pool: FakeCognito, { refreshToken }: Login): Promise<string | undefined> {
  const { body } = await tokenRequest(pool, {
    grant_type: 'refresh_token',
    client_id: 'web',
    refresh_token: refreshToken,
  })
  return body['access_token']
}

describe.each(Object.entries(beginnings))('a login that began with %s', (_, begin) => {
  it.each(Object.entries(ends))('ends by %s with every token of it', async (__, end) => {
    const pool = await poolWithApplication()
    const login = await begin(pool)
    const { sub, origin_jti } = decodeJwt(login.accessToken)
    const tokens = [
      login.accessToken,
      (await refreshed(pool, login)) as string,
      // Made by the test, under the name of the same login.
      await pool.accessToken({ username: 'ann', claims: { origin_jti } }),
    ]
    expect(tokens.map((token) => decodeJwt(token).sub)).toStrictEqual([sub, sub, sub])
    for (const token of tokens) expect(await isAlive(pool, token)).toBe(true)
    await end(pool, login)
    for (const token of tokens) expect(await isAlive(pool, token)).toBe(false)
    expect(await refreshed(pool, login)).toBeUndefined()
    expect(await isAlive(pool, (await begin(pool)).accessToken)).toBe(true)
  })
})
