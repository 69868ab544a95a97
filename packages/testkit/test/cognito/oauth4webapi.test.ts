import * as oauth from 'oauth4webapi'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CALLBACK, poolWithApplication, WEB } from '../support/browser.js'

const MACHINE = { clientId: 'machine', clientSecret: 'shh', grant: 'client_credentials' } as const
const insecure = { [oauth.allowInsecureRequests]: true }

/** An OAuth client that finds everything by discovery, at a real port. */
async function clientAtPort() {
  const pool = await poolWithApplication({ clients: [WEB, MACHINE] })
  onTestFinished(() => pool.close())
  const { url } = await pool.serve()
  const issuer = new URL(pool.issuer)
  // The issuer is at AWS, and so is what is asked for; only its place is another one.
  const discovery = await oauth.discoveryRequest(issuer, {
    [oauth.customFetch]: (asked, { headers }) => fetch(url + new URL(asked).pathname, { headers }),
  })
  const server = await oauth.processDiscoveryResponse(issuer, discovery)
  return { pool, server, client: { client_id: 'web' }, authentication: oauth.None() }
}

/** Follows a user through the form, and gives what comes back to the application. */
async function signIn(authorization: URL): Promise<URL> {
  const page = await fetch(authorization)
  expect([page.status, page.redirected]).toStrictEqual([200, true])
  const body = new URLSearchParams({ username: 'ann', password: 'correct horse' })
  const done = await fetch(page.url, { method: 'POST', body, redirect: 'manual' })
  return new URL(done.headers.get('location') as string)
}

async function codeGrant(more: Readonly<Record<string, string>> = {}) {
  const { pool, server, client, authentication } = await clientAtPort()
  const [verifier, state, nonce] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState(), 'a-nonce']
  const authorization = new URL(server.authorization_endpoint as string)
  const parameters = {
    client_id: client.client_id,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid email orders/read aws.cognito.signin.user.admin',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...more,
  }
  for (const [name, value] of Object.entries(parameters)) authorization.searchParams.set(name, value)
  const callback = oauth.validateAuthResponse(server, client, await signIn(authorization), state)
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    authentication,
    callback,
    CALLBACK,
    verifier,
    insecure,
  )
  const result = await oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: nonce })
  await oauth.validateApplicationLevelSignature(server, response, insecure)
  return { pool, server, client, authentication, result }
}

describe('oauth4webapi as a client', () => {
  it('signs a user in with a code and PKCE, and gets to know who it is', async () => {
    const { server, client, result } = await codeGrant()
    const { sub } = oauth.getValidatedIdTokenClaims(result) as oauth.IDToken
    const response = await oauth.userInfoRequest(server, client, result.access_token, insecure)
    expect(await oauth.processUserInfoResponse(server, client, sub, response)).toMatchObject({
      sub,
      username: 'ann',
      email: 'ann@acme.example',
    })
  })

  it('refreshes tokens', async () => {
    const { server, client, authentication, result } = await codeGrant()
    const token = result.refresh_token as string
    const response = await oauth.refreshTokenGrantRequest(server, client, authentication, token, insecure)
    const refreshed = await oauth.processRefreshTokenResponse(server, client, response)
    expect([typeof refreshed.access_token, refreshed.refresh_token]).toStrictEqual(['string', undefined])
    await oauth.validateApplicationLevelSignature(server, response, insecure)
  })

  it('revokes a refresh token, which ends the login', async () => {
    const { server, client, authentication, result } = await codeGrant()
    const token = result.refresh_token as string
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, client, authentication, token, insecure),
    )
    const userInfo = await oauth.userInfoRequest(server, client, result.access_token, insecure)
    expect(userInfo.status).toBe(401)
    const response = await oauth.refreshTokenGrantRequest(server, client, authentication, token, insecure)
    await expect(oauth.processRefreshTokenResponse(server, client, response)).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })

  it('gets a token for a machine', async () => {
    const { server } = await clientAtPort()
    const machine = { client_id: 'machine' }
    const parameters = new URLSearchParams({ scope: 'orders/read' })
    const authentication = oauth.ClientSecretBasic('shh')
    const response = await oauth.clientCredentialsGrantRequest(server, machine, authentication, parameters, insecure)
    const result = await oauth.processClientCredentialsResponse(server, machine, response)
    expect(Object.keys(result).toSorted()).toStrictEqual(['access_token', 'expires_in', 'token_type'])
  })

  it('is told what is wrong in terms it knows', async () => {
    const { server, client } = await clientAtPort()
    const refused = new URL(`${CALLBACK}?error=login_required&state=s`)
    expect(() => oauth.validateAuthResponse(server, client, refused, 's')).toThrow(
      expect.objectContaining({ error: 'login_required' }),
    )
    const wrong = oauth.ClientSecretPost('guess')
    const machine = { client_id: 'machine' }
    const response = await oauth.clientCredentialsGrantRequest(server, machine, wrong, new URLSearchParams(), insecure)
    await expect(oauth.processClientCredentialsResponse(server, machine, response)).rejects.toMatchObject({
      error: 'invalid_client',
    })
  })

  it('steps a user up, and finds the level in the ID token', async () => {
    const { pool, server, client } = await clientAtPort()
    pool.authorize.signInAs('ann')
    const authorization = new URL(server.authorization_endpoint as string)
    authorization.search = new URLSearchParams({
      client_id: 'web',
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'openid',
      acr_values: 'urn:cognito:loa:3',
      max_age: '0',
    }).toString()
    const answer = await fetch(authorization, { redirect: 'manual' })
    const location = new URL(answer.headers.get('location') as string)
    const callback = oauth.validateAuthResponse(server, client, location, oauth.expectNoState)
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      oauth.None(),
      callback,
      CALLBACK,
      oauth.nopkce,
      insecure,
    )
    const result = await oauth.processAuthorizationCodeResponse(server, client, response, { maxAge: 5 })
    expect(oauth.getValidatedIdTokenClaims(result)).toMatchObject({ acr: 'urn:cognito:loa:3' })
  })
})

it('discovery at a port names the port, and the issuer that is in the tokens', async () => {
  const pool = await poolWithApplication()
  onTestFinished(() => pool.close())
  for (const https of [false, true]) {
    const { url, certificateAuthority } = await pool.serve({ https })
    const response = await requestJson(
      `${url}/${pool.userPoolId}/.well-known/openid-configuration`,
      certificateAuthority,
    )
    expect(response).toMatchObject({
      issuer: pool.issuer,
      jwks_uri: `${url}/${pool.userPoolId}/.well-known/jwks.json`,
      token_endpoint: `${url}/oauth2/token`,
      end_session_endpoint: `${url}/logout`,
    })
  }
})

async function requestJson(url: string, ca: string | undefined): Promise<unknown> {
  const { default: http } = await import(ca === undefined ? 'node:http' : 'node:https')
  return new Promise((resolve, reject) => {
    http
      .get(url, { ca }, async (response: AsyncIterable<Buffer>) => {
        let text = ''
        for await (const chunk of response) text += String(chunk)
        resolve(JSON.parse(text))
      })
      .on('error', reject)
  })
}
