import { fakeAuthorizationServer } from '@tokenward/testkit'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  authorizationServer,
  type AuthorizationServerOptions,
  clientSecretBasic,
  createResourceServer,
  inMemoryRevocationList,
  type Principal,
} from '../../src/index.js'
import { signOutsAtCognito } from '../support/sign-outs.js'
import { anonymous, withToken } from '../support/test-issuer.js'

const tell = async () => {}

/** Another authorization server than Cognito, which revokes for any client, and knows opaque tokens. */
async function otherServer(changed: Partial<AuthorizationServerOptions> = {}) {
  const server = await fakeAuthorizationServer()
  const { issuer, client, clock, fetch } = server
  const clientAuthentication = clientSecretBasic(client.clientId, client.clientSecret)
  const list = inMemoryRevocationList({ clock })
  const api = createResourceServer({
    issuers: [
      authorizationServer({
        issuer,
        audience: 'https://api.example',
        revocation: { clientAuthentication },
        introspection: { clientAuthentication },
        opaqueTokens: true,
        ...changed,
      } as AuthorizationServerOptions),
    ],
    revocationList: list,
    clock,
    fetch,
  })
  onTestFinished(() => api.close())
  onTestFinished(() => server.close())
  return { server, api, list }
}

describe('the principal of a grant', () => {
  it('that has lost its claims to a schema asks for the access token', async () => {
    const { pool, api } = await signOutsAtCognito()
    const principal = await api.verify(await pool.accessToken(), {
      claims: { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: { tenant: 't1' } }) } },
    })
    const signOut = api.signOut(principal, { refreshToken: 'r' })
    await expect(signOut).rejects.toMatchObject({
      name: 'RevocationError',
      code: 'claim-missing',
      member: 'origin_jti',
    })
    await expect(signOut).rejects.toThrow('hold no origin_jti, which the entry needs: give signOut the access token')
    expect(pool.revokeToken.hits).toBe(0)
    // What names the user is no claim that a schema could take away.
    expect(await api.signOut(principal, { tell, ends: 'user' })).toMatchObject({ list: 'stored' })
  })

  it.each([undefined, null, 7, {}, { issuer: 'https://other.example', subject: 's', expiresAt: 1 }])(
    'is not %j',
    async (who) => {
      const { api } = await signOutsAtCognito()
      await expect(api.signOut(who as unknown as Principal, { tell, ends: 'user' })).rejects.toThrow(
        'signOut takes a principal that this server granted, or the access token itself',
      )
    },
  )
})

describe('the text of an access token', () => {
  it('is verified before anything is done', async () => {
    const { pool, api, list } = await signOutsAtCognito()
    const spy = vi.fn(tell)
    for (const token of [
      await pool.forged.wrongKey({ sub: 'alice' }),
      await pool.forged.expired({ sub: 'alice' }),
      await pool.forged.otherPool({ sub: 'alice' }),
      anonymous.url,
    ]) {
      await expect(api.signOut(token, { tell: spy, ends: 'user' })).rejects.toMatchObject({ name: 'TokenRefusedError' })
      await expect(api.signOut(token, { accessToken: token })).rejects.toMatchObject({ name: 'TokenRefusedError' })
    }
    expect([spy.mock.calls.length, pool.globalSignOut.hits, list.size]).toStrictEqual([0, 0, 0])
  })

  it('that cannot be verified now is no refusal', async () => {
    const { pool, api } = await signOutsAtCognito()
    const token = await pool.accessToken()
    await api.close()
    await expect(api.signOut(token, { tell, ends: 'user' })).rejects.toMatchObject({
      name: 'TokenUncheckedError',
      code: 'resource-server-closed',
    })
  })

  it('signs out again after it was refused: the first time may not have been confirmed', async () => {
    const { pool, api } = await signOutsAtCognito()
    const { accessToken, refreshToken } = await pool.signIn()
    pool.revokeToken.fail({ status: 400, error: 'OperationNotEnabledException', times: 1 })
    expect(await api.signOut(accessToken, { refreshToken })).toMatchObject({ authorizationServer: 'unconfirmed' })
    expect(await api.signOut(accessToken, { refreshToken })).toMatchObject({ authorizationServer: 'confirmed' })
  })

  it('without a name for its login leaves the list as it is, and the server is told', async () => {
    const { pool, api, list } = await signOutsAtCognito({ tokenRevocation: false })
    expect(await api.signOut(await pool.accessToken(), { tell, ends: 'login' })).toMatchObject({
      ends: 'login',
      list: 'failed',
      listFailure: 'claim-missing',
      authorizationServer: 'confirmed',
    })
    expect(list.size).toBe(0)
  })
})

describe('the access token that signs a user out', () => {
  it('belongs to the very user', async () => {
    const { pool, api, list } = await signOutsAtCognito()
    const [alice, bob] = [await pool.accessToken({ sub: 'alice' }), await pool.accessToken({ sub: 'bob' })]
    for (const who of [alice, await api.verify(alice)]) {
      await expect(api.signOut(who, { accessToken: bob })).rejects.toThrow(
        'signOut.accessToken must be a token of the very user who signs out',
      )
    }
    expect([pool.globalSignOut.hits, list.size]).toStrictEqual([0, 0])
  })

  it('has the scope that Cognito asks for', async () => {
    const { pool, api, list } = await signOutsAtCognito()
    const token = await pool.accessToken({ scopes: ['openid'] })
    await expect(api.signOut(token, { accessToken: token })).rejects.toThrow('aws.cognito.signin.user.admin')
    expect([pool.globalSignOut.hits, list.size]).toStrictEqual([0, 0])
  })
})

describe('at another authorization server', () => {
  it('an access token ends itself', async () => {
    const { server, api } = await otherServer()
    const [token, other] = [await server.accessToken({ sub: 'alice' }), await server.accessToken({ sub: 'alice' })]
    expect(await api.signOut(token, { accessToken: token })).toMatchObject({
      ends: 'token',
      list: 'stored',
      authorizationServer: 'confirmed',
    })
    expect(server.revocation.requests[0]?.body).toContain('token_type_hint=access_token')
    expect(await api.authorize(withToken(token))).toMatchObject({ reason: 'token-revoked' })
    expect(await api.authorize(withToken(other))).toMatchObject({ outcome: 'granted' })
  })

  it('a refresh token ends the login that the access token names', async () => {
    const { server, api } = await otherServer()
    const [token, refreshed] = [
      await server.accessToken({ claims: { sid: 'login-1' } }),
      await server.accessToken({ claims: { sid: 'login-1' } }),
    ]
    expect(await api.signOut(token, { refreshToken: 'r' })).toMatchObject({ ends: 'login', list: 'stored' })
    expect(await api.authorize(withToken(refreshed))).toMatchObject({ reason: 'token-revoked' })
  })

  it('a refresh token ends the access token alone where that names no login', async () => {
    const { server, api } = await otherServer()
    const token = await server.accessToken()
    expect(await api.signOut(token, { refreshToken: 'r' })).toMatchObject({ ends: 'token', list: 'stored' })
    expect(await api.authorize(withToken(token))).toMatchObject({ reason: 'token-revoked' })
    const principal = await api.verify(await server.accessToken())
    await expect(api.signOut(principal, { refreshToken: 'r' })).rejects.toMatchObject({ code: 'claim-missing' })
  })

  it('an opaque token is asked about, and denied for longer than the answer says', async () => {
    const { server, api, list } = await otherServer()
    const token = await server.opaqueToken({ expiresIn: null })
    server.revocation.fail({ status: 400 })
    expect(await api.signOut(token, { accessToken: token })).toMatchObject({
      ends: 'token',
      list: 'stored',
      authorizationServer: 'unconfirmed',
    })
    expect(list.size).toBe(1)
    server.clock.advance('1d')
    expect(await api.authorize(withToken(token))).toMatchObject({ reason: 'token-revoked' })
    // It still says whose it is.
    server.revocation.recover()
    expect(await api.signOut(token, { accessToken: token })).toMatchObject({ authorizationServer: 'confirmed' })
    await expect(api.signOut(await server.opaqueToken(), { tell, ends: 'token' })).resolves.toMatchObject({
      list: 'stored',
    })
  })

  it('an opaque token that is not active is refused', async () => {
    const { api } = await otherServer()
    await expect(api.signOut('made-up', { tell, ends: 'token' })).rejects.toMatchObject({ code: 'token-revoked' })
  })
})
