import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import type { FakeCognito } from '../../src/index.js'
import {
  browserOf,
  CALLBACK,
  CHALLENGE,
  codeRequest,
  poolWithApplication,
  told,
  tokenRequest,
  VERIFIER,
  WEB,
} from '../support/browser.js'
import { basic, doors, form } from '../support/doors.js'

const MACHINE = { clientId: 'machine', clientSecret: 'shh', grant: 'client_credentials' } as const

/** A code for ann, who signs in by himself. */
async function codeFor(pool: FakeCognito, more: Readonly<Record<string, string | undefined>> = {}) {
  pool.authorize.signInAs('ann')
  return told(await browserOf(pool).authorize(more))['code']
}

const claimsOf = (token: string | undefined) => decodeJwt(token as string)

describe.each(['fetch', 'listen', 'serve'] as const)('the token endpoint through %s', (door) => {
  it('redeems a code for the tokens of managed login', async () => {
    const pool = await poolWithApplication()
    const call = await doors[door](pool)
    const code = await codeFor(pool, { scope: 'openid orders/read', nonce: 'n' })
    const response = await call(pool.token.url, form(codeRequest(code) as Record<string, string>))
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    const body = (await response.json()) as Record<string, string>
    expect(Object.keys(body)).toStrictEqual(['id_token', 'access_token', 'refresh_token', 'expires_in', 'token_type'])
    expect(body).toMatchObject({ expires_in: 3_600, token_type: 'Bearer' })
    const [access, id] = [claimsOf(body['access_token']), claimsOf(body['id_token'])]
    expect(access).toMatchObject({
      version: 2,
      scope: 'openid orders/read',
      client_id: 'web',
      username: 'ann',
      'cognito:groups': ['staff'],
    })
    const hash = createHash('sha256')
      .update(body['access_token'] as string)
      .digest()
      .subarray(0, 16)
    expect(id).toMatchObject({
      aud: 'web',
      sub: access.sub,
      origin_jti: access['origin_jti'],
      nonce: 'n',
      email: 'ann@acme.example',
      at_hash: hash.toString('base64url'),
    })
    for (const name of ['acr', 'amr', 'aud']) expect(access).not.toHaveProperty(name)
    expect(pool.token.hits).toBe(1)
    await pool.close()
  })
})

describe('a code', () => {
  it('is good once', async () => {
    const pool = await poolWithApplication()
    const code = await codeFor(pool)
    expect((await tokenRequest(pool, codeRequest(code))).status).toBe(200)
    expect(await tokenRequest(pool, codeRequest(code))).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  it('is good for five minutes', async () => {
    const pool = await poolWithApplication()
    const [early, late] = [await codeFor(pool), await codeFor(pool)]
    pool.clock.advance('4m')
    expect((await tokenRequest(pool, codeRequest(early))).status).toBe(200)
    pool.clock.advance('1m')
    expect((await tokenRequest(pool, codeRequest(late))).body).toStrictEqual({ error: 'invalid_grant' })
  })

  it('is for the client and the redirect URI that asked for it', async () => {
    const other = { clientId: 'mobile', redirectUris: [CALLBACK, 'app://callback'] }
    const pool = await poolWithApplication({ clients: [WEB, other] })
    const wrong = [{ client_id: 'mobile' }, { redirect_uri: 'app://callback' }]
    for (const more of wrong) {
      const { body } = await tokenRequest(pool, codeRequest(await codeFor(pool), more))
      expect(body).toStrictEqual({ error: 'invalid_grant' })
    }
    for (const more of [{ redirect_uri: undefined }, { code: undefined }]) {
      const { body } = await tokenRequest(pool, codeRequest(await codeFor(pool), more))
      expect(body).toStrictEqual({ error: 'invalid_request' })
    }
  })

  it('needs the verifier of its challenge, and none without one', async () => {
    const pool = await poolWithApplication()
    const pkce = { code_challenge: CHALLENGE, code_challenge_method: 'S256' }
    const outcomes: [Readonly<Record<string, string>>, string | undefined, number][] = [
      [pkce, VERIFIER, 200],
      [pkce, 'w'.repeat(43), 400],
      [pkce, CHALLENGE, 400],
      [pkce, undefined, 400],
      [{}, undefined, 200],
      [{}, VERIFIER, 400],
    ]
    for (const [more, code_verifier, status] of outcomes) {
      const answer = await tokenRequest(pool, codeRequest(await codeFor(pool, more), { code_verifier }))
      expect(answer.status, JSON.stringify([more, code_verifier])).toBe(status)
      if (status === 400) expect(answer.body).toStrictEqual({ error: 'invalid_grant' })
    }
  })

  it('is worth nothing when the user may not sign in any more', async () => {
    const pool = await poolWithApplication()
    const code = await codeFor(pool)
    await pool.disableUser('ann')
    expect((await tokenRequest(pool, codeRequest(code))).body).toStrictEqual({ error: 'invalid_grant' })
  })
})

describe('what is asked for at /oauth2/authorize', () => {
  const redeemed = async (pool: FakeCognito, more: Readonly<Record<string, string | undefined>>) => {
    const { body } = await tokenRequest(pool, codeRequest(await codeFor(pool, more)))
    return { access: claimsOf(body['access_token']), id: body['id_token'] && claimsOf(body['id_token']), body }
  }

  it('decides about scopes: all of the client without any, and no ID token without openid', async () => {
    const limited = { ...WEB, scopes: ['openid', 'orders/read'] } as const
    const pool = await poolWithApplication({ clients: [limited] })
    expect((await redeemed(pool, { scope: undefined })).access).toMatchObject({ scope: 'openid orders/read' })
    const { access, body } = await redeemed(pool, { scope: 'orders/read orders/read' })
    expect([access['scope'], Object.keys(body)]).toStrictEqual([
      'orders/read',
      ['access_token', 'refresh_token', 'expires_in', 'token_type'],
    ])
    const denied = told(await browserOf(pool).authorize({ scope: 'orders/write' }))
    expect(denied).toStrictEqual({ error: 'invalid_request', error_description: 'invalid_scope' })
  })

  it('binds the access token to a resource, and no ID token', async () => {
    const pool = await poolWithApplication()
    for (const resource of ['https://api.example/orders', 'http://localhost:4000', 'myapp://api']) {
      const { access, id } = await redeemed(pool, { resource })
      expect([access.aud, id && id.aud]).toStrictEqual([resource, 'web'])
    }
  })

  it('puts level and methods into both tokens, and the time of the sign-in', async () => {
    const pool = await poolWithApplication()
    const { access, id } = await redeemed(pool, { acr_values: 'urn:cognito:loa:4' })
    for (const claims of [access, id]) {
      expect(claims).toMatchObject({ acr: 'urn:cognito:loa:4', amr: ['pwd', 'otp', 'mfa'] })
    }
  })

  it('tells of a session when it began and what level it has', async () => {
    const pool = await poolWithApplication()
    const browser = browserOf(pool)
    await browser.signIn({ acr_values: 'urn:cognito:loa:3' }, { code: '000000' })
    pool.clock.advance('20m')
    const { code } = told(await browser.authorize({ acr_values: 'urn:cognito:loa:1' }))
    const claims = claimsOf((await tokenRequest(pool, codeRequest(code))).body['access_token'])
    expect(claims).toMatchObject({ acr: 'urn:cognito:loa:3', amr: ['pwd', 'email_otp', 'mfa'] })
    expect((claims.iat as number) - (claims['auth_time'] as number)).toBeGreaterThanOrEqual(1_199)
  })
})

describe('a refresh token', () => {
  it('continues the login at the endpoint, whichever way it began', async () => {
    const pool = await poolWithApplication()
    const more = {
      scope: 'openid orders/read',
      resource: 'https://api.example',
      nonce: 'n',
      acr_values: 'urn:cognito:loa:1',
    }
    const { body: first } = await tokenRequest(pool, codeRequest(await codeFor(pool, more)))
    pool.clock.advance('10m')
    const refresh = (refresh_token: string | undefined) =>
      tokenRequest(pool, { grant_type: 'refresh_token', client_id: 'web', refresh_token })
    const { status, body } = await refresh(first['refresh_token'])
    expect([status, Object.keys(body)]).toStrictEqual([200, ['id_token', 'access_token', 'expires_in', 'token_type']])
    const [before, after] = [claimsOf(first['access_token']), claimsOf(body['access_token'])]
    for (const name of ['sub', 'origin_jti', 'event_id', 'auth_time', 'scope', 'aud', 'acr', 'amr']) {
      expect(after[name], name).toStrictEqual(before[name])
    }
    expect(after.jti).not.toBe(before.jti)
    expect(after.iat).toBeGreaterThanOrEqual((before.iat as number) + 600)
    const id = claimsOf(body['id_token'])
    expect(id).not.toHaveProperty('nonce')
    expect(id['at_hash']).not.toBe(claimsOf(first['id_token'])['at_hash'])
    expect((await refresh((await pool.signIn({ username: 'ann' })).refreshToken)).status).toBe(200)
  })

  it('is refused without saying why', async () => {
    const pool = await poolWithApplication({ clients: [WEB, 'mobile'] })
    const refresh = async (refresh_token: string | undefined, client_id = 'web') =>
      (await tokenRequest(pool, { grant_type: 'refresh_token', client_id, refresh_token })).body['error']
    const [revoked, fresh] = [await pool.signIn({ username: 'ann' }), await pool.signIn({ username: 'ann' })]
    await pool.revoke(revoked.refreshToken)
    expect(await refresh(revoked.refreshToken)).toBe('invalid_grant')
    expect(await refresh(fresh.refreshToken, 'mobile')).toBe('invalid_grant')
    expect(await refresh('never-issued')).toBe('invalid_grant')
    expect(await refresh(undefined)).toBe('invalid_request')
    pool.clock.advance('30d')
    expect(await refresh(fresh.refreshToken)).toBe('invalid_grant')
  })

  it('is rotated where the client says so', async () => {
    const pool = await poolWithApplication({ clients: [{ ...WEB, refreshTokenRotation: true }] })
    const { body: first } = await tokenRequest(pool, codeRequest(await codeFor(pool)))
    const refresh = (refresh_token: string | undefined) =>
      tokenRequest(pool, { grant_type: 'refresh_token', client_id: 'web', refresh_token })
    const { body: second } = await refresh(first['refresh_token'])
    expect(second['refresh_token']).toMatch(/^ey/)
    expect((await refresh(first['refresh_token'])).body).toStrictEqual({ error: 'invalid_grant' })
    expect((await refresh(second['refresh_token'])).status).toBe(200)
  })
})

describe('client credentials', () => {
  it('bring an access token of a machine, and nothing else', async () => {
    const pool = await poolWithApplication({ clients: [WEB, MACHINE] })
    const { body } = await tokenRequest(pool, { grant_type: 'client_credentials' }, basic('machine', 'shh'))
    expect(Object.keys(body)).toStrictEqual(['access_token', 'expires_in', 'token_type'])
    const claims = claimsOf(body['access_token'])
    expect(claims).toMatchObject({
      sub: 'machine',
      client_id: 'machine',
      scope: 'orders/read orders/write',
      version: 2,
    })
    for (const name of ['username', 'origin_jti', 'cognito:groups']) expect(claims).not.toHaveProperty(name)
  })

  it('are for custom scopes that the client has', async () => {
    const pool = await poolWithApplication({ clients: [WEB, { ...MACHINE, scopes: ['orders/read'] }] })
    const ask = async (scope: string) =>
      (await tokenRequest(pool, { grant_type: 'client_credentials', scope }, basic('machine', 'shh'))).body
    expect(claimsOf((await ask('orders/read'))['access_token'])['scope']).toBe('orders/read')
    for (const scope of ['orders/write', 'openid', 'orders/read orders/delete']) {
      expect(await ask(scope)).toStrictEqual({ error: 'invalid_scope' })
    }
  })

  it('are for clients that were declared for them, which have no other grant', async () => {
    const pool = await poolWithApplication({ clients: [{ ...WEB, clientSecret: 'shh' }, MACHINE] })
    const errorOf = async (grant_type: string, client: string) =>
      (
        await tokenRequest(
          pool,
          { grant_type, code: 'x', redirect_uri: CALLBACK, refresh_token: 'x' },
          basic(client, 'shh'),
        )
      ).body['error']
    expect(await errorOf('client_credentials', 'web')).toBe('unauthorized_client')
    expect(await errorOf('authorization_code', 'machine')).toBe('unauthorized_client')
    expect(await errorOf('refresh_token', 'machine')).toBe('unauthorized_client')
  })
})

describe('a client', () => {
  it('shows its secret by one of two methods, and only if it has one', async () => {
    const pool = await poolWithApplication({ clients: ['web', { clientId: 'backend', clientSecret: 'a secret/+' }] })
    const errorOf = async (parameters: Record<string, string>, headers = {}) =>
      (await tokenRequest(pool, { grant_type: 'refresh_token', refresh_token: 'x', ...parameters }, headers)).body[
        'error'
      ]
    const post = (client_id: string, client_secret?: string) => ({ client_id, ...(client_secret && { client_secret }) })
    // Past the authentication the made-up token is what is wrong.
    expect(await errorOf(post('backend', 'a secret/+'))).toBe('invalid_grant')
    expect(await errorOf({}, basic('backend', 'a secret/+'))).toBe('invalid_grant')
    expect(await errorOf(post('web'))).toBe('invalid_grant')
    for (const wrong of [post('backend'), post('backend', 'guess'), post('web', 'guess'), post('tv')]) {
      expect(await errorOf(wrong)).toBe('invalid_client')
    }
    expect(await errorOf({}, basic('backend', 'guess'))).toBe('invalid_client')
    expect(await errorOf(post('backend', 'a secret/+'), basic('backend', 'a secret/+'))).toBe('invalid_request')
    expect(await errorOf({})).toBe('invalid_request')
  })

  it('is told what is wrong with its request', async () => {
    const pool = await poolWithApplication()
    const errorOf = async (parameters: Record<string, string>) => (await tokenRequest(pool, parameters)).body['error']
    expect(await errorOf({ client_id: 'web' })).toBe('invalid_request')
    expect(await errorOf({ client_id: 'web', grant_type: 'password' })).toBe('unsupported_grant_type')
    const init = { ...form({ client_id: 'web' }), headers: { 'content-type': 'application/json' } }
    expect((await pool.fetch(pool.token.url, init)).status).toBe(400)
  })
})

it('each endpoint has faults of its own', async () => {
  const pool = await poolWithApplication()
  pool.token.fail({ status: 500, error: 'server_error', times: 1 })
  const code = await codeFor(pool)
  expect(await tokenRequest(pool, codeRequest(code))).toMatchObject({ status: 500, body: { error: 'server_error' } })
  expect((await tokenRequest(pool, codeRequest(code))).status).toBe(200)
  for (const name of ['authorize', 'login', 'logout'] as const) {
    pool[name].throttle({ times: 1 })
    const { pathname } = new URL(pool[name].url)
    expect((await browserOf(pool).go(pathname)).status, name).toBe(429)
  }
})
