import https, { request as requestByName } from 'node:https'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { expect, it, onTestFinished } from 'vitest'
import { fakeAuthorizationServer, fakeCognito } from '../../src/index.js'
import { form, operation, postByHttps } from '../support/doors.js'

async function listeningPool() {
  const pool = await fakeCognito()
  await pool.listen()
  onTestFinished(() => pool.close())
  return pool
}

const jwksOf = (issuer: string) => `${issuer}/.well-known/jwks.json`

it('answers the global fetch on the addresses of AWS', async () => {
  const pool = await listeningPool()
  const response = await fetch(jwksOf(pool.issuer))
  expect(await response.json()).toStrictEqual(await pool.publicKeys())
})

it('answers node:https, and a verifier that uses it', async () => {
  const pool = await listeningPool()
  const status = await new Promise((resolve, reject) => {
    https.get(jwksOf(pool.issuer), (response) => resolve(response.resume().statusCode)).on('error', reject)
  })
  expect(status).toBe(200)
  const keys = createRemoteJWKSet(new URL(jwksOf(pool.issuer)))
  await expect(jwtVerify(await pool.accessToken(), keys)).resolves.toBeDefined()
})

it('answers names imported from node:https one by one, and gives them back', async () => {
  const statusOf = (url: string) =>
    new Promise((resolve, reject) => {
      requestByName(url, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end()
    })
  const before = requestByName
  const [pool, other] = [await listeningPool(), await listeningPool()]
  expect(await statusOf(pool.jwks.url)).toBe(200)
  await pool.close()
  expect(await statusOf(other.jwks.url)).toBe(200)
  await other.close()
  expect(requestByName).toBe(before)
  await expect(statusOf(pool.jwks.url)).rejects.toThrow('ENOTFOUND')
})

it('keeps two pools apart in one process', async () => {
  const [a, b] = [await listeningPool(), await listeningPool()]
  for (const pool of [a, b]) {
    expect(await (await fetch(jwksOf(pool.issuer))).json()).toStrictEqual(await pool.publicKeys())
  }
  a.jwks.fail()
  expect([(await fetch(jwksOf(a.issuer))).status, (await fetch(jwksOf(b.issuer))).status]).toStrictEqual([503, 200])
  await a.close()
  expect((await fetch(jwksOf(b.issuer))).status).toBe(200)
})

it('says where nothing is, rather than asking the internet', async () => {
  const pool = await listeningPool()
  const response = await fetch(`${pool.issuer}/elsewhere`)
  expect([response.status, await response.json()]).toStrictEqual([
    404,
    {
      message: `fakeCognito: nothing answers GET ${pool.issuer}/elsewhere; the addresses of the fake pool are pool.jwks.url, pool.metadata.url and those of its other endpoints, and at a port their paths`,
    },
  ])
})

it('lets other requests through', async () => {
  const pool = await listeningPool()
  const { url } = await pool.serve()
  expect((await fetch(`${url}/${pool.userPoolId}/.well-known/jwks.json`)).status).toBe(200)
})

it('can be called once until it is closed', async () => {
  const pool = await fakeCognito()
  onTestFinished(() => pool.close())
  const door = await pool.listen()
  await expect(pool.listen()).rejects.toThrow('listen() was called before; one call is enough until close() of what')
  await door.close()
  await (await pool.listen()).close()
})

it('finds the pool a token belongs to on the host that all pools share', async () => {
  const [a, b] = [await listeningPool(), await listeningPool()]
  expect(a.getUser.url).toBe(b.getUser.url)
  const { accessToken, refreshToken } = await b.signIn()
  const getUser = (token: string) => fetch(a.getUser.url, operation('GetUser', { AccessToken: token }))
  expect((await getUser(accessToken)).status).toBe(200)
  await fetch(a.revokeToken.url, operation('RevokeToken', { Token: refreshToken, ClientId: b.clientId }))
  expect((await getUser(accessToken)).status).toBe(400)
  expect([b.getUser.hits, b.revokeToken.hits, a.getUser.hits, a.revokeToken.hits]).toStrictEqual([2, 1, 0, 0])
})

it('answers for no pool in particular what no pool has issued', async () => {
  const [a, b] = [await listeningPool(), await listeningPool()]
  const stray = await fetch(a.getUser.url, operation('GetUser', { AccessToken: 'x' }))
  expect([stray.status, stray.headers.get('x-amzn-errortype')]).toStrictEqual([400, 'NotAuthorizedException:'])
  const unknown = await fetch(a.getUser.url, operation('RevokeToken', { Token: 'x', ClientId: 'web' }))
  expect(unknown.status).toBe(200)
  expect([a, b].map((pool) => pool.getUser.hits + pool.revokeToken.hits)).toStrictEqual([0, 0])
  await b.close()
  expect((await fetch(a.getUser.url, operation('GetUser', { AccessToken: 'x' }))).status).toBe(400)
  expect(a.getUser.hits).toBe(1)
})

it('says that a request is ambiguous, rather than asking the wrong pool', async () => {
  const ann = { username: 'ann', password: 'of a' }
  const a = await fakeCognito({ users: [ann] })
  const b = await fakeCognito({ users: [{ ...ann, password: 'of b' }], clients: ['test-client', 'of-b'] })
  for (const pool of [a, b]) {
    onTestFinished(() => pool.close())
    await pool.listen()
  }
  const call = async (name: string, input: object) => {
    const response = await fetch(a.initiateAuth.url, operation(name, input))
    return [response.status, (await response.json()) as Readonly<Record<string, unknown>>] as const
  }
  const signIn = (ClientId: string) => {
    const AuthParameters = { USERNAME: 'ann', PASSWORD: 'of b' }
    return call('InitiateAuth', { AuthFlow: 'USER_PASSWORD_AUTH', ClientId, AuthParameters })
  }
  expect(await signIn('test-client')).toStrictEqual([
    400,
    {
      __type: 'AmbiguousPoolException',
      message: `fakeCognito: InitiateAuth names no pool, and ${a.userPoolId} and ${b.userPoolId} have the app client test-client; give each pool a client of its own, { clients: ['a'] }, or have one listen at a time`,
    },
  ])
  expect(await signIn('of-b')).toMatchObject([200, { AuthenticationResult: {} }])
  expect([a.initiateAuth.hits, b.initiateAuth.hits]).toStrictEqual([0, 1])
  // A refresh token has one pool, whatever the client is called.
  const RefreshToken = (await b.signIn()).refreshToken
  const refresh = { ClientId: 'test-client', RefreshToken }
  expect(await call('GetTokensFromRefreshToken', refresh)).toMatchObject([200, { AuthenticationResult: {} }])
  await a.close()
  expect((await signIn('test-client'))[0]).toBe(200)
})

it('tells pools apart by any token of theirs, and knows operations that no pool has', async () => {
  const [a, b] = [await listeningPool(), await listeningPool()]
  const exceptionOf = async (name: string, input: object) =>
    (await fetch(a.revokeToken.url, operation(name, input))).headers.get('x-amzn-errortype')
  const input = { ClientId: b.clientId, Token: await b.accessToken() }
  expect(await exceptionOf('RevokeToken', input)).toBe('UnsupportedTokenTypeException:')
  expect([a.revokeToken.hits, b.revokeToken.hits]).toStrictEqual([0, 1])
  for (const ClientId of [a.clientId, 'no-client']) {
    expect(await exceptionOf('SignUp', { ClientId })).toBe('UnknownOperationException:')
  }
})

it('answers at the domain of each pool, and 404 at those of others', async () => {
  const [a, b] = [await listeningPool(), await listeningPool()]
  const authorization = `Bearer ${await b.accessToken({ scopes: ['openid'] })}`
  expect((await fetch(b.userInfo.url, { headers: { authorization } })).status).toBe(200)
  expect((await fetch(a.userInfo.url, { headers: { authorization } })).status).toBe(401)
  await b.close()
  expect((await fetch(b.userInfo.url, { headers: { authorization } })).status).toBe(404)
})

it('serves pools and authorization servers side by side, and hands bodies of others on', async () => {
  const pool = await listeningPool()
  const [server, silent] = [await fakeAuthorizationServer(), await fakeAuthorizationServer()]
  for (const fake of [server, silent]) onTestFinished(() => fake.close())
  await server.listen()
  const { clientId: client_id, clientSecret: client_secret } = server.client
  const request = form({ token: await server.opaqueToken(), client_id, client_secret })
  const byHttps = await postByHttps(server.introspection.url, request.headers, String(request.body))
  expect([byHttps.status, JSON.parse(byHttps.body)]).toMatchObject([200, { active: true }])
  expect((await fetch(jwksOf(pool.issuer))).status).toBe(200)
  expect((await fetch(`${server.issuer}/elsewhere`)).status).toBe(404)
  const { url } = await silent.serve()
  const introspected = await fetch(`${url}/introspect`, form({ token: 'x' }))
  expect([introspected.status, silent.introspection.requests[0]?.body]).toStrictEqual([401, 'token=x'])
})

it('tells servers apart that share a host', async () => {
  const [a, b] = [
    await fakeAuthorizationServer({ issuer: 'https://id.example/a' }),
    await fakeAuthorizationServer({ issuer: 'https://id.example/b' }),
  ]
  for (const server of [a, b]) {
    onTestFinished(() => server.close())
    await server.listen()
  }
  expect(await (await fetch(b.metadata.url)).json()).toMatchObject({ issuer: b.issuer })
  expect(await (await fetch(a.jwks.url)).json()).toStrictEqual(await a.publicKeys())
  expect((await fetch('https://id.example/c/jwks')).status).toBe(404)
})
