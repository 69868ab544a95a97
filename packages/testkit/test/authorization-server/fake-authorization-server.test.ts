import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fakeAuthorizationServer } from '../../src/index.js'
import { doors } from '../support/doors.js'

describe('a server', () => {
  it('has an issuer, keys and a secret of its own', async () => {
    const [a, b] = [await fakeAuthorizationServer(), await fakeAuthorizationServer()]
    expect(a.issuer).toMatch(/^https:\/\/auth-[0-9a-f]{12}\.example$/)
    expect(a.issuer).not.toBe(b.issuer)
    expect(await a.publicKeys()).not.toStrictEqual(await b.publicKeys())
    expect(a.client.clientId).toBe('resource-server')
    expect(a.client.clientSecret).not.toBe(b.client.clientSecret)
    expect(a.client.clientSecret).toMatch(/^[\w-]{32}$/)
  })

  it.each<[string, object, string]>([
    ['a misspelt option', { issuers: [] }, 'the server knows no issuers; it takes issuer,'],
    ['an issuer that is no URL', { issuer: 'auth' }, 'issuer must be a URL without query and fragment'],
    ['an issuer with a query', { issuer: 'https://a.example/?x' }, 'issuer must be a URL without query and fragment'],
    ['an algorithm it does not sign with', { algorithm: 'HS256' }, "algorithm must be 'RS256' or 'ES256'"],
    ['an empty audience', { audience: '' }, 'audience must be text, not empty'],
    ['both an issuer and a port for one', { issuer: 'https://a.example', served: true }, 'is its own issuer'],
  ])('refuses %s', async (_, options, message) => {
    await expect(fakeAuthorizationServer(options)).rejects.toThrow(message)
  })

  it('that is closed makes and revokes nothing', async () => {
    const server = await fakeAuthorizationServer()
    const token = await server.opaqueToken()
    await server.close()
    const attempts = [
      server.accessToken(),
      server.opaqueToken(),
      server.revoke(token),
      server.rotateKeys(),
      server.listen(),
      server.serve(),
      server.fetch(server.jwks.url),
    ]
    for (const attempt of attempts) await expect(attempt).rejects.toThrow('the server was closed; make a new one')
  })
})

describe('an access token', () => {
  it.each(['RS256', 'ES256'] as const)('signed with %s is verified by jose, through discovery', async (algorithm) => {
    const server = await fakeAuthorizationServer({ served: true, algorithm })
    onTestFinished(() => server.close())
    const metadata = (await (await fetch(server.metadata.url)).json()) as { readonly jwks_uri: string }
    const token = await server.accessToken({ sub: 'u1', scopes: ['read', 'write'], clientId: 'web' })
    const keys = createRemoteJWKSet(new URL(metadata.jwks_uri))
    const { payload } = await jwtVerify(token, keys, {
      issuer: server.issuer,
      audience: 'https://api.example',
      typ: 'at+jwt',
      algorithms: [algorithm],
    })
    expect(payload).toMatchObject({ sub: 'u1', scope: 'read write', client_id: 'web' })
  })

  it('has the claims of RFC 9068, and those it is told', async () => {
    const server = await fakeAuthorizationServer({ audience: 'https://orders.example' })
    const plain = decodeJwt(await server.accessToken())
    expect(Object.keys(plain)).toStrictEqual(['iss', 'sub', 'client_id', 'aud', 'iat', 'exp', 'jti'])
    expect(plain).toMatchObject({ aud: 'https://orders.example', client_id: 'test-client' })
    expect((plain.exp as number) - (plain.iat as number)).toBe(3_600)
    const cnf = { jkt: 'x' }
    const told = await server.accessToken({
      audience: ['a', 'b'],
      expiresIn: '5m',
      cnf,
      claims: { jti: undefined, x: 1 },
    })
    expect(decodeJwt(told)).toMatchObject({ aud: ['a', 'b'], cnf, x: 1 })
    expect(decodeJwt(told)).not.toHaveProperty('jti')
  })

  it.each([
    ['a misspelt member', { scope: 'read' }, 'accessToken knows no scope; it takes sub,'],
    ['scopes that are no list', { scopes: 'read' }, 'accessToken takes scopes as a list'],
    ['no lifetime', { expiresIn: null }, 'only opaqueToken takes expiresIn: null'],
    [
      'a duration that is none',
      { expiresIn: 'soon' },
      "expiresIn must be milliseconds, or whole ms, s, m, h or d such as '30s'",
    ],
  ])('cannot be made with %s', async (_, request, message) => {
    const server = await fakeAuthorizationServer()
    await expect(server.accessToken(request as never)).rejects.toThrow(message)
  })

  it('is signed with a new key after rotation, and the old one is published until told otherwise', async () => {
    const server = await fakeAuthorizationServer({ algorithm: 'ES256' })
    const kidOf = async () => decodeProtectedHeader(await server.accessToken()).kid
    const published = async () => (await server.publicKeys()).keys.map(({ kid }) => kid)
    const first = await kidOf()
    await server.rotateKeys()
    expect(await kidOf()).not.toBe(first)
    expect(await published()).toContain(first)
    await server.rotateKeys({ keepOld: false })
    expect(await published()).toStrictEqual([await kidOf()])
    await server.rotateKeys({ announceAfter: '30s' })
    expect(await published()).not.toContain(await kidOf())
    server.clock.advance('30s')
    expect(await published()).toContain(await kidOf())
    await expect(server.rotateKeys({ keep: true } as never)).rejects.toThrow('rotateKeys knows no keep')
  })
})

describe('an opaque token', () => {
  it('says nothing, and is another each time', async () => {
    const server = await fakeAuthorizationServer()
    const [a, b] = [await server.opaqueToken({ sub: 'u1' }), await server.opaqueToken({ sub: 'u1' })]
    for (const token of [a, b]) expect(token).toMatch(/^[\w-]{43}$/)
    expect(a).not.toBe(b)
  })
})

describe('metadata', () => {
  it.each(['fetch', 'listen', 'serve'] as const)(
    'stand at both addresses, with and without a path, through %s',
    async (door) => {
      for (const [issuer, oauth, openid] of [
        ['https://id.example', '/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'],
        [
          'https://id.example/t/1',
          '/.well-known/oauth-authorization-server/t/1',
          '/t/1/.well-known/openid-configuration',
        ],
      ] as const) {
        const server = await fakeAuthorizationServer({ issuer })
        const call = await doors[door](server)
        const documents = [
          await (await call(`https://id.example${oauth}`)).json(),
          await (await call(`https://id.example${openid}`)).json(),
        ]
        for (const document of documents) {
          expect(document).toMatchObject({
            issuer,
            jwks_uri: `${issuer}/jwks`,
            introspection_endpoint: `${issuer}/introspect`,
            introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
            revocation_endpoint: `${issuer}/revoke`,
          })
        }
        expect(server.metadata.hits).toBe(2)
        await server.close()
      }
    },
  )
})

describe('a served server', () => {
  it('is its own issuer, and is served once', async () => {
    const server = await fakeAuthorizationServer({ served: true })
    expect(server.issuer).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect((await server.serve()).url).toBe(server.issuer)
    expect(await (await fetch(server.metadata.url)).json()).toMatchObject({
      issuer: server.issuer,
      introspection_endpoint: `${server.issuer}/introspect`,
    })
    expect(decodeJwt(await server.accessToken()).iss).toBe(server.issuer)
    await server.close()
    await expect(fetch(server.metadata.url)).rejects.toThrow('fetch failed')
  })
})
