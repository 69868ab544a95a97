import { describe, expect, it } from 'vitest'
import { createHttpClient } from '#http-client'
import { jwksAt, jwksOfIssuer } from '../../src/keys/jwks-document.js'
import { json, type LoopbackServer, loopbackServer } from '../support/loopback-server.js'

const limits = () => ({ http: createHttpClient(), timeout: 2_000, allowInsecureLoopback: true })
const paths = ({ requests }: LoopbackServer) => requests.map(({ url }) => url)

/** Serves the documents of `routes` by path, 404 for the rest. Metadata may be a function of the server's own address. */
async function serverOf(routes: (url: string) => Record<string, Parameters<typeof json>>) {
  const server = await loopbackServer((request, response) => {
    const answer = routes(server.url)[request.url ?? '']
    json(...(answer ?? ['nothing here', 404, { 'content-type': 'text/plain' }]))(request, response)
  })
  return server
}

const OAUTH = '/.well-known/oauth-authorization-server'
const OPENID = '/.well-known/openid-configuration'

describe('the key set of an issuer', () => {
  it('is found through RFC 8414 metadata', async () => {
    const server = await serverOf((url) => ({
      [OAUTH]: [{ issuer: url, jwks_uri: `${url}/keys` }],
      '/keys': [{ keys: [] }],
    }))
    await expect(jwksOfIssuer(server.url, limits())()).resolves.toStrictEqual({ keys: [] })
    expect(paths(server)).toStrictEqual([OAUTH, '/keys'])
  })

  it('is found through OpenID Connect Discovery where the other is not served', async () => {
    const server = await serverOf((url) => ({
      [OPENID]: [{ issuer: url, jwks_uri: `${url}/keys` }],
      '/keys': [{ keys: [] }],
    }))
    await jwksOfIssuer(server.url, limits())()
    expect(paths(server)).toStrictEqual([OAUTH, OPENID, '/keys'])
  })

  it.each([429, 500, 503])('is not looked for elsewhere when the metadata answers %i', async (status) => {
    const server = await serverOf(() => ({ [OAUTH]: [{}, status] }))
    await expect(jwksOfIssuer(server.url, limits())()).rejects.toMatchObject({
      code: 'unexpected-status',
      httpStatus: status,
    })
    expect(paths(server)).toStrictEqual([OAUTH])
  })

  it('is refused when the metadata names another issuer', async () => {
    for (const issuer of ['https://evil.example', undefined, 7]) {
      const server = await serverOf((url) => ({ [OAUTH]: [{ issuer, jwks_uri: `${url}/keys` }] }))
      await expect(jwksOfIssuer(server.url, limits())()).rejects.toMatchObject({ code: 'issuer-mismatch' })
      expect(paths(server)).toStrictEqual([OAUTH])
    }
  })

  it('is refused when the issuer differs by a slash', async () => {
    const server = await serverOf((url) => ({ [OAUTH]: [{ issuer: `${url}/`, jwks_uri: `${url}/keys` }] }))
    await expect(jwksOfIssuer(server.url, limits())()).rejects.toMatchObject({ code: 'issuer-mismatch' })
  })

  it('is found through OpenID Connect Discovery where the other address answers with something else', async () => {
    const others: Parameters<typeof json>[] = [
      ['<!doctype html>', 200, { 'content-type': 'text/html' }],
      ['<!doctype html>', 200],
      ['', 302, { location: 'https://auth.example.com/sign-in' }],
      [{ issuer: 'SELF' }],
      [{}, 403],
    ]
    for (const other of others) {
      const server = await serverOf((url) => ({
        [OAUTH]: JSON.stringify(other).includes('SELF') ? [{ issuer: url }] : other,
        [OPENID]: [{ issuer: url, jwks_uri: `${url}/keys` }],
        '/keys': [{ keys: [] }],
      }))
      await expect(jwksOfIssuer(server.url, limits())()).resolves.toStrictEqual({ keys: [] })
    }
  })

  it.each([7, 'http://keys.example.com', 'file:///etc/keys', 'https://a:b@keys.example.com'])(
    'is refused at the address %j',
    async (address) => {
      const server = await serverOf((url) => ({ [OAUTH]: [{ issuer: url, jwks_uri: address }] }))
      await expect(jwksOfIssuer(server.url, limits())()).rejects.toMatchObject({ code: 'address-not-allowed' })
      expect(paths(server)).toStrictEqual([OAUTH])
    },
  )

  it('keeps its address until a fetch from it fails', async () => {
    let keysAt = '/keys'
    const server = await serverOf((url) => ({
      [OAUTH]: [{ issuer: url, jwks_uri: `${url}${keysAt}` }],
      [keysAt]: [{ keys: [] }],
    }))
    const fetchKeys = jwksOfIssuer(server.url, limits())
    await fetchKeys()
    await fetchKeys()
    expect(paths(server)).toStrictEqual([OAUTH, '/keys', '/keys'])
    keysAt = '/moved'
    await expect(fetchKeys()).rejects.toMatchObject({ httpStatus: 404 })
    await fetchKeys()
    expect(paths(server).slice(3)).toStrictEqual(['/keys', OAUTH, '/moved'])
  })
})

describe('the key set at an address', () => {
  it('is fetched from there and nowhere else', async () => {
    const server = await serverOf(() => ({ '/keys': [{ keys: [] }] }))
    await jwksAt(`${server.url}/keys`, limits())()
    expect(server.requests[0]?.headers.accept).toBe('application/jwk-set+json, application/json')
    expect(paths(server)).toStrictEqual(['/keys'])
  })
})
