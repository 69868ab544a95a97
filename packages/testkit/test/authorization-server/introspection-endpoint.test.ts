import { createLocalJWKSet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { type FakeAuthorizationServer, fakeAuthorizationServer } from '../../src/index.js'
import { basic, doors, form } from '../support/doors.js'

function credentialsOf({ client }: FakeAuthorizationServer) {
  return basic(client.clientId, client.clientSecret)
}

async function introspect(server: FakeAuthorizationServer, token: string): Promise<unknown> {
  const response = await server.fetch(server.introspection.url, form({ token }, credentialsOf(server)))
  expect(response.status).toBe(200)
  return response.json()
}

async function refusal(server: FakeAuthorizationServer, request: RequestInit) {
  const response = await server.fetch(server.introspection.url, request)
  return [response.status, ((await response.json()) as { error: string }).error]
}

describe.each(['fetch', 'listen', 'serve'] as const)('introspection through %s', (door) => {
  it('answers in the shape of RFC 7662', async () => {
    const server = await fakeAuthorizationServer()
    const call = await doors[door](server)
    const ask = (token: string) => call(server.introspection.url, form({ token }, credentialsOf(server)))
    const token = await server.opaqueToken({ sub: 'u1', clientId: 'web', scopes: ['read'], claims: { tenant: 'acme' } })
    const answer = await ask(token)
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toStrictEqual([
      200,
      'application/json',
      'no-store',
    ])
    const iat = Math.floor(server.clock.now() / 1_000)
    expect(await answer.json()).toStrictEqual({
      active: true,
      token_type: 'Bearer',
      iss: server.issuer,
      sub: 'u1',
      client_id: 'web',
      aud: 'https://api.example',
      scope: 'read',
      iat: expect.closeTo(iat, -1),
      exp: expect.closeTo(iat + 3_600, -1),
      jti: expect.any(String),
      tenant: 'acme',
    })
    await server.revoke(token)
    expect(await (await ask(token)).json()).toStrictEqual({ active: false })
    expect(server.introspection.hits).toBe(2)
    await server.close()
  })
})

describe('a token', () => {
  it('is inactive when it is unknown, changed, revoked or of another server', async () => {
    const [server, other] = [await fakeAuthorizationServer(), await fakeAuthorizationServer()]
    const [jwt, opaque] = [await server.accessToken(), await server.opaqueToken()]
    for (const token of [jwt, opaque]) expect(await introspect(server, token)).toMatchObject({ active: true })
    for (const token of ['x', `${jwt}=`, `${opaque} `, await other.accessToken(), await other.opaqueToken()]) {
      expect(await introspect(server, token)).toStrictEqual({ active: false })
    }
    for (const token of [jwt, opaque]) {
      await server.revoke(token)
      expect(await introspect(server, token)).toStrictEqual({ active: false })
    }
    await expect(server.revoke('x')).rejects.toThrow('revoke takes a token that this server has issued')
  })

  it('is inactive when its time is over on the clock of the server, or has not come', async () => {
    const server = await fakeAuthorizationServer()
    const [jwt, opaque] = [await server.accessToken({ expiresIn: '5m' }), await server.opaqueToken({ expiresIn: '5m' })]
    const forever = await server.opaqueToken({ expiresIn: null })
    const nbf = Math.floor(server.clock.now() / 1_000) + 60
    const later = await server.opaqueToken({ claims: { nbf } })
    expect(await introspect(server, later)).toStrictEqual({ active: false })
    server.clock.advance('5m')
    for (const token of [jwt, opaque]) expect(await introspect(server, token)).toStrictEqual({ active: false })
    server.clock.advance('365d')
    const answer = await introspect(server, forever)
    expect(answer).toMatchObject({ active: true })
    expect(answer).not.toHaveProperty('exp')
  })

  it('says what it is bound to', async () => {
    const server = await fakeAuthorizationServer()
    const certificate = { 'x5t#S256': 'a' }
    expect(await introspect(server, await server.opaqueToken({ cnf: certificate }))).toMatchObject({
      cnf: certificate,
      token_type: 'Bearer',
    })
    expect(await introspect(server, await server.opaqueToken({ cnf: { jkt: 'b' } }))).toMatchObject({
      cnf: { jkt: 'b' },
      token_type: 'DPoP',
    })
  })
})

describe('the client', () => {
  it('authenticates by Basic or in the form', async () => {
    const server = await fakeAuthorizationServer({ clientId: 'api: one+two%' })
    const { clientId: client_id, clientSecret: client_secret } = server.client
    const token = await server.opaqueToken()
    expect(await introspect(server, token)).toMatchObject({ active: true })
    const posted = await server.fetch(server.introspection.url, form({ token, client_id, client_secret }))
    expect(await posted.json()).toMatchObject({ active: true })
  })

  it('is refused with a challenge when it is another, and learns nothing', async () => {
    const server = await fakeAuthorizationServer()
    const { clientId: client_id, clientSecret: client_secret } = server.client
    const token = await server.opaqueToken()
    const requests = [
      form({ token }),
      form({ token, client_id }),
      form({ token, client_id, client_secret: 'guess' }),
      form({ token, client_id: 'other', client_secret }),
      form({ token }, basic(client_id, 'guess')),
      form({ token }, basic('other', client_secret)),
      form({ token }, { authorization: `Bearer ${client_secret}` }),
      form({ token }, { authorization: 'Basic !' }),
      form({ token }, { authorization: `Basic ${btoa('no colon')}` }),
      form({ token }, { authorization: `Basic ${btoa('%:%')}` }),
    ]
    for (const request of requests) {
      expect(await refusal(server, request)).toStrictEqual([401, 'invalid_client'])
    }
    const response = await server.fetch(server.introspection.url, form({ token }))
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic /)
  })

  it('may not use two methods at once, nor repeat a parameter, nor leave the token out', async () => {
    const server = await fakeAuthorizationServer()
    const { clientId: client_id, clientSecret: client_secret } = server.client
    const credentials = credentialsOf(server)
    const token = await server.opaqueToken()
    const requests = [
      form({ token, client_secret }, credentials),
      form({ token, client_id: 'other' }, credentials),
      form({}, credentials),
      form({ token: '' }, credentials),
      { ...form({}, credentials), body: `token=${token}&token=x` },
      { ...form({ token }), headers: { ...credentials, 'content-type': 'application/json' } },
    ]
    for (const request of requests) expect(await refusal(server, request)).toStrictEqual([400, 'invalid_request'])
    const named = await server.fetch(server.introspection.url, form({ token, client_id }, credentials))
    expect(named.status).toBe(200)
  })

  it('gets no answer to GET', async () => {
    const server = await fakeAuthorizationServer()
    await expect(server.fetch(server.introspection.url)).rejects.toThrow('nothing answers GET')
  })
})

describe('answerWith', () => {
  it('contradicts the truth in the members it is given', async () => {
    const server = await fakeAuthorizationServer()
    const token = await server.accessToken({ sub: 'u1', scopes: ['read'] })
    server.introspection.answerWith(token, { sub: 'u2', scope: undefined })
    const answer = await introspect(server, token)
    expect(answer).toMatchObject({ active: true, sub: 'u2', iss: server.issuer })
    expect(answer).not.toHaveProperty('scope')
    server.introspection.answerWith(token, { active: 'true' })
    expect(await introspect(server, token)).toMatchObject({ active: 'true', sub: 'u1', scope: 'read' })
    server.introspection.answerWith(token, {})
    expect(await introspect(server, token)).toMatchObject({ active: true, sub: 'u1' })
    server.introspection.answerWith('never-issued', { active: true })
    expect(await introspect(server, 'never-issued')).toStrictEqual({ active: true })
    expect(server.introspection.hits).toBe(4)
  })
})

describe('a signed answer', () => {
  it.each(['RS256', 'ES256'] as const)('has the shape of RFC 9701, with %s', async (algorithm) => {
    const server = await fakeAuthorizationServer({ algorithm })
    const accept = 'application/json;q=0.5, Application/Token-Introspection+JWT'
    const ask = async (token: string) => {
      const request = form({ token }, { ...credentialsOf(server), accept })
      const response = await server.fetch(server.introspection.url, request)
      expect(response.headers.get('content-type')).toBe('application/token-introspection+jwt')
      const keys = createLocalJWKSet(await server.publicKeys())
      return jwtVerify(await response.text(), keys, {
        issuer: server.issuer,
        audience: server.client.clientId,
        typ: 'token-introspection+jwt',
        algorithms: [algorithm],
      })
    }
    const token = await server.opaqueToken({ sub: 'u1' })
    const { payload } = await ask(token)
    expect(Object.keys(payload).toSorted()).toStrictEqual(['aud', 'iat', 'iss', 'token_introspection'])
    expect(payload['token_introspection']).toMatchObject({ active: true, sub: 'u1' })
    await server.revoke(token)
    expect((await ask(token)).payload['token_introspection']).toStrictEqual({ active: false })
  })

  it('is given to those alone who ask for it', async () => {
    const server = await fakeAuthorizationServer()
    for (const accept of ['application/json', '*/*', 'application/jwt']) {
      const request = form({ token: 'x' }, { ...credentialsOf(server), accept })
      const response = await server.fetch(server.introspection.url, request)
      expect(await response.json()).toStrictEqual({ active: false })
    }
  })
})
