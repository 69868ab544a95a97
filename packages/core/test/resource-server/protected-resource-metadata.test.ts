import * as oauth from 'oauth4webapi'
import { describe, expect, it, onTestFinished } from 'vitest'
import { cognitoUserPool } from '../../src/cognito/index.js'
import {
  authorizationServer,
  ConfigurationError,
  createResourceServer,
  type ProtectedResourceOptions,
  type ResourceServerOptions,
} from '../../src/index.js'
import { asPrincipal } from '../../src/testing/index.js'
import { loopbackServer } from '../support/loopback-server.js'
import { anonymous, serverFor, testIssuer, withToken } from '../support/test-issuer.js'

const issuers: ResourceServerOptions['issuers'] = [
  cognitoUserPool({ userPoolId: 'eu-west-1_AbCdEf123', clientId: 'web' }),
  authorizationServer({ issuer: 'https://login.example.com/tenant', audience: null }),
]
const metadataOf = (resource: string | ProtectedResourceOptions) => {
  const api = createResourceServer({ issuers, resource })
  onTestFinished(() => api.close())
  return api.metadata()
}

describe('the metadata of a protected resource', () => {
  it('says who issues tokens for it and how they are sent, and is the whole answer to a GET', () => {
    const metadata = metadataOf('https://api.example.com/orders')
    const document = {
      resource: 'https://api.example.com/orders',
      authorization_servers: [
        'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123',
        'https://login.example.com/tenant',
      ],
      bearer_methods_supported: ['header'],
    }
    expect(metadata).toStrictEqual({
      url: 'https://api.example.com/.well-known/oauth-protected-resource/orders',
      path: '/.well-known/oauth-protected-resource/orders',
      document,
      status: 200,
      headers: {
        'Content-Type': 'application/json',
        'Cache-Control': 'public, max-age=3600',
        'Access-Control-Allow-Origin': '*',
      },
      body: JSON.stringify(document),
    })
    const parts = [metadata, metadata.headers, metadata.document, ...Object.values(metadata.document)]
    expect(parts.every(Object.isFrozen)).toBe(true)
  })

  it('tells what else it was given', () => {
    expect(
      metadataOf({
        identifier: 'https://api.example.com',
        name: 'Orders',
        documentation: 'https://docs.example.com/orders?v=2#auth',
        scopes: ['orders/read', 'orders/write'],
      }).document,
    ).toMatchObject({
      resource: 'https://api.example.com',
      resource_name: 'Orders',
      resource_documentation: 'https://docs.example.com/orders?v=2#auth',
      scopes_supported: ['orders/read', 'orders/write'],
    })
  })

  it.each([
    ['https://api.example.com', ''],
    ['https://api.example.com/', ''],
    ['https://api.example.com/a', '/a'],
    ['https://api.example.com/a/', '/a/'],
    ['https://api.example.com/a/b', '/a/b'],
    ['https://api.example.com:8443/a%20b', '/a%20b'],
  ])('of %s stands between host and path (RFC 9728 §3.1)', (identifier, path) => {
    const { url, path: told, document } = metadataOf(identifier)
    expect(told).toBe(`/.well-known/oauth-protected-resource${path}`)
    expect(url).toBe(`${new URL(identifier).origin}${told}`)
    expect(document.resource).toBe(identifier)
  })

  it.each<[string, unknown, string]>([
    ['nothing', '', 'createResourceServer.resource.identifier must be an absolute https URL'],
    ['a name', 'orders', 'createResourceServer.resource.identifier must be an absolute https URL'],
    ['plain http', 'http://api.example.com', 'createResourceServer.resource.identifier must be an https URL'],
    ['plain http to loopback', 'http://localhost:3000', 'allowInsecureLoopback: true admits http to loopback'],
    [
      'plain http elsewhere, for tests',
      { identifier: 'http://api.example.com', allowInsecureLoopback: true },
      'allowInsecureLoopback admits http to loopback only',
    ],
    ['a fragment', 'https://api.example.com/#a', 'createResourceServer.resource.identifier must not have a fragment'],
    ['a query', 'https://api.example.com/?a=b', 'createResourceServer.resource.identifier must not have a query'],
    ['a password', 'https://a:b@api.example.com', 'must not carry a user name or password'],
    [
      'a host in capitals',
      'https://API.example.com/a',
      'must be written as clients will write it: https://api.example.com/a',
    ],
    ['the port everybody knows', 'https://api.example.com:443', 'clients will write it: https://api.example.com'],
    ['dots in its path', 'https://api.example.com/a/../b', 'clients will write it: https://api.example.com/b'],
    ['no identifier', {}, 'createResourceServer.resource.identifier must be an absolute https URL'],
    [
      'a misspelt member',
      { identifier: 'https://a.example', scope: ['a'] },
      'createResourceServer.resource.scope is not',
    ],
    ['a list', ['https://a.example'], 'createResourceServer.resource takes a plain object'],
    ['null', null, 'createResourceServer.resource takes a plain object'],
    ['an empty name', { identifier: 'https://a.example', name: '' }, 'createResourceServer.resource.name must be'],
    [
      'no scopes',
      { identifier: 'https://a.example', scopes: [] },
      'createResourceServer.resource.scopes must be a list',
    ],
    [
      'scopes in one text',
      { identifier: 'https://a.example', scopes: 'a b' },
      'createResourceServer.resource.scopes must be a list',
    ],
    [
      'two scopes in one',
      { identifier: 'https://a.example', scopes: ['a b'] },
      'createResourceServer.resource.scopes must be a list',
    ],
    [
      'a page over plain http',
      { identifier: 'https://a.example', documentation: 'http://a.example' },
      'createResourceServer.resource.documentation must be an https URL',
    ],
    [
      'a page that is none',
      { identifier: 'https://a.example', documentation: 7 },
      'createResourceServer.resource.documentation must be an absolute https URL',
    ],
  ])('is not made from %s', (_, resource, message) => {
    const make = () => createResourceServer({ issuers, resource } as ResourceServerOptions)
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(message)
  })

  it('is not there unless the server was given a resource, and then challenges name none', async () => {
    const { api } = serverFor(await testIssuer())
    const missing = 'metadata needs the option resource'
    expect(() => api.metadata()).toThrow(missing)
    expect(() => asPrincipal({ sub: 'u1' }).metadata()).toThrow(missing)
    expect(JSON.stringify(await api.authorize(anonymous))).not.toContain('resource_metadata')
  })

  it('is named in every challenge, whatever the reason', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, {}, { resource: 'https://api.example.com/orders' })
    const named = expect.stringContaining(`resource_metadata="${api.metadata().url}"`)
    const twice = { ...withToken(issuer.token()), url: '/orders?access_token=x' }
    for (const [request, policy, status] of [
      [anonymous, {}, 401],
      [twice, {}, 400],
      [withToken(issuer.token({ exp: 1 })), {}, 401],
      [withToken(issuer.token()), { scopes: ['a'] }, 403],
      [withToken(issuer.token()), { maxAge: '5m' }, 401],
    ] as const) {
      const told = { status, headers: { 'WWW-Authenticate': named } }
      expect(await api.authorize(request, policy)).toMatchObject(told)
      expect(await api.precheck(request, policy)).toMatchObject(told)
    }
    await expect(api.verify('x')).rejects.toMatchObject({ challenge: named })
  })
})

describe('a client that knows nothing but the address of the API', () => {
  it('finds the authorization server by the challenge, and by the identifier', async () => {
    const issuer = await testIssuer()
    const http = await loopbackServer(async (request, response) => {
      const metadata = api.metadata()
      if (request.url === metadata.path) {
        response.writeHead(metadata.status, metadata.headers).end(metadata.body)
        return
      }
      const outcome = await api.authorize({ method: 'GET', url: '/', headers: {} })
      if (outcome.outcome !== 'granted') response.writeHead(outcome.status, outcome.headers)
      response.end()
    })
    const identifier = new URL('/orders', http.url)
    const resource = { identifier: identifier.href, allowInsecureLoopback: true }
    const { api } = serverFor(issuer, {}, { resource })

    const insecure = { [oauth.allowInsecureRequests]: true }
    const call = oauth.protectedResourceRequest('none', 'GET', identifier, undefined, undefined, insecure)
    const error = (await call.catch((thrown: unknown) => thrown)) as oauth.WWWAuthenticateChallengeError
    expect(error.cause[0]?.parameters).toMatchObject({ resource_metadata: api.metadata().url })

    const response = await oauth.resourceDiscoveryRequest(identifier, insecure)
    expect(response.url).toBe(api.metadata().url)
    const found = await oauth.processResourceDiscoveryResponse(identifier, response)
    expect(found.authorization_servers).toStrictEqual([issuer.options.issuer])
  })
})
