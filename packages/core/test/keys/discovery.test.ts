import { describe, expect, it } from 'vitest'
import { createHttpClient } from '#http-client'
import { createDiscovery, discoveredEndpoint, fixedEndpoint } from '../../src/keys/discovery.js'
import { json, loopbackServer, pathsAskedFor, routedServer } from '../support/loopback-server.js'
import { manualClock } from '../support/manual-clock.js'

const OAUTH = '/.well-known/oauth-authorization-server'
const OPENID = '/.well-known/openid-configuration'
function discovery(issuer: string, { timeout = 2_000 } = {}) {
  const clock = manualClock()
  const parts = createDiscovery({ http: createHttpClient(), clock, issuer, timeout, allowInsecureLoopback: true })
  return { clock, ...parts }
}
const discover = (issuer: string) => discovery(issuer).find('jwks_uri')

describe('the address of the keys', () => {
  it('is found through RFC 8414 metadata', async () => {
    const server = await routedServer((url) => ({ [OAUTH]: [{ issuer: url, jwks_uri: `${url}/keys` }] }))
    await expect(discover(server.url)).resolves.toBe(`${server.url}/keys`)
    expect(pathsAskedFor(server)).toStrictEqual([OAUTH])
  })

  it('is found through OpenID Connect Discovery where the other is not served', async () => {
    const server = await routedServer((url) => ({ [OPENID]: [{ issuer: url, jwks_uri: `${url}/keys` }] }))
    await expect(discover(server.url)).resolves.toBe(`${server.url}/keys`)
    expect(pathsAskedFor(server)).toStrictEqual([OAUTH, OPENID])
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
      const server = await routedServer((url) => ({
        [OAUTH]: JSON.stringify(other).includes('SELF') ? [{ issuer: url }] : other,
        [OPENID]: [{ issuer: url, jwks_uri: `${url}/keys` }],
      }))
      await expect(discover(server.url)).resolves.toBe(`${server.url}/keys`)
    }
  })

  it('names both addresses, and the option that helps, where neither is served', async () => {
    const server = await routedServer(() => ({}))
    const failure = discover(server.url)
    await expect(failure).rejects.toMatchObject({ code: 'unexpected-status', httpStatus: 404 })
    for (const part of [`${server.url}${OAUTH}`, `${server.url}${OPENID}`, 'status 404', 'give it as jwks']) {
      await expect(failure).rejects.toThrow(part)
    }
  })

  it.each([429, 500, 503])('is not looked for elsewhere when the metadata answers %i', async (status) => {
    const server = await routedServer(() => ({ [OAUTH]: [{}, status] }))
    await expect(discover(server.url)).rejects.toMatchObject({ code: 'unexpected-status', httpStatus: status })
    expect(pathsAskedFor(server)).toStrictEqual([OAUTH])
  })

  it('is not looked for elsewhere when nobody answers', async () => {
    const server = await routedServer(() => ({}))
    await server.close()
    await expect(discover(server.url)).rejects.toMatchObject({ code: 'connection-failed' })
  })

  it('is refused when the metadata names another issuer', async () => {
    for (const issuer of ['https://evil.example', undefined, 7]) {
      const server = await routedServer((url) => ({ [OAUTH]: [{ issuer, jwks_uri: `${url}/keys` }] }))
      await expect(discover(server.url)).rejects.toMatchObject({ code: 'issuer-mismatch' })
      expect(pathsAskedFor(server)).toStrictEqual([OAUTH])
    }
  })

  it('is refused when the issuer differs by a slash', async () => {
    const server = await routedServer((url) => ({ [OAUTH]: [{ issuer: `${url}/`, jwks_uri: `${url}/keys` }] }))
    await expect(discover(server.url)).rejects.toMatchObject({ code: 'issuer-mismatch' })
  })

  it.each([7, 'http://keys.example.com', 'file:///etc/keys', 'https://a:b@keys.example.com'])(
    'is refused where it is %j',
    async (address) => {
      const server = await routedServer((url) => ({ [OAUTH]: [{ issuer: url, jwks_uri: address }] }))
      await expect(discover(server.url)).rejects.toMatchObject({ code: 'address-not-allowed' })
      expect(pathsAskedFor(server)).toStrictEqual([OAUTH])
    },
  )
})

describe('several addresses', () => {
  const document = (url: string) => ({
    issuer: url,
    jwks_uri: `${url}/keys`,
    introspection_endpoint: `${url}/introspect`,
    revocation_endpoint: `${url}/revoke`,
    mtls_endpoint_aliases: { introspection_endpoint: `${url}/mtls/introspect` },
  })

  it('are read from metadata that is fetched once, however many ask at once', async () => {
    const server = await routedServer((url) => ({ [OAUTH]: [document(url)] }))
    const { find } = discovery(server.url)
    const names = ['jwks_uri', 'introspection_endpoint', 'introspection_endpoint', 'revocation_endpoint'] as const
    const found = await Promise.all(names.map((name) => find(name)))
    expect(found.map((address) => new URL(address).pathname)).toStrictEqual([
      '/keys',
      '/introspect',
      '/introspect',
      '/revoke',
    ])
    await find('introspection_endpoint')
    expect(pathsAskedFor(server)).toStrictEqual([OAUTH])
  })

  it('may stand in different documents', async () => {
    const server = await routedServer((url) => ({
      [OAUTH]: [{ issuer: url, introspection_endpoint: `${url}/introspect` }],
      [OPENID]: [{ issuer: url, jwks_uri: `${url}/keys` }],
    }))
    const { find } = discovery(server.url)
    expect(await find('jwks_uri')).toBe(`${server.url}/keys`)
    expect(await find('introspection_endpoint')).toBe(`${server.url}/introspect`)
    expect(pathsAskedFor(server)).toStrictEqual([OAUTH, OPENID])
  })

  it('have another form for clients with a certificate, where the server says so (RFC 8705 §5)', async () => {
    const server = await routedServer((url) => ({ [OAUTH]: [document(url)] }))
    const { find } = discovery(server.url)
    expect(await find('introspection_endpoint', true)).toBe(`${server.url}/mtls/introspect`)
    expect(await find('introspection_endpoint')).toBe(`${server.url}/introspect`)
    expect(await find('revocation_endpoint', true)).toBe(`${server.url}/revoke`)
  })

  it('of an introspection endpoint that may not be used are refused as those of keys are', async () => {
    for (const introspection_endpoint of [7, null, 'http://auth.example.com/introspect', 'https://a:b@x.example']) {
      const server = await routedServer((url) => ({ [OAUTH]: [{ issuer: url, introspection_endpoint }] }))
      const { find } = discovery(server.url)
      await expect(find('introspection_endpoint')).rejects.toMatchObject({ code: 'address-not-allowed' })
    }
  })

  it('that are not there are named with the option that helps', async () => {
    const server = await routedServer((url) => ({ [OPENID]: [{ issuer: url }] }))
    await expect(discovery(server.url).find('introspection_endpoint')).rejects.toThrow(
      'The metadata has no introspection_endpoint); give it as introspection.endpoint',
    )
  })
})

describe('an address that serves nothing any more', () => {
  it('is looked up again, in metadata that is fetched again', async () => {
    let path = '/introspect'
    const server = await routedServer((url) => ({
      [OAUTH]: [{ issuer: url, introspection_endpoint: `${url}${path}` }],
    }))
    const { clock, find, forget } = discovery(server.url)
    const before = await find('introspection_endpoint')
    path = '/moved'
    clock.advance(1_000)
    forget(`${server.url}/another`)
    expect(await find('introspection_endpoint')).toBe(before)
    forget(before)
    expect(await find('introspection_endpoint')).toBe(`${server.url}/moved`)
    expect(pathsAskedFor(server)).toStrictEqual([OAUTH, OAUTH])
  })

  it('is kept for a second after it was looked up, however often nothing is served there', async () => {
    const server = await routedServer((url) => ({
      [OAUTH]: [{ issuer: url, introspection_endpoint: `${url}/introspect` }],
    }))
    const { clock, find, forget } = discovery(server.url)
    for (const [elapsed, lookUps] of [
      [0, 1],
      [999, 1],
      [1, 2],
      [999, 2],
    ] as const) {
      clock.advance(elapsed)
      forget(`${server.url}/introspect`)
      forget(await find('introspection_endpoint'))
      expect(server.requests).toHaveLength(lookUps)
    }
  })
})

describe('a look-up that failed', () => {
  it('answers for those who ask within the next 200 ms, and is made again after', async () => {
    const server = await loopbackServer(json({}, 503))
    const { clock, find } = discovery(server.url)
    await expect(find('jwks_uri')).rejects.toMatchObject({ httpStatus: 503 })
    clock.advance(199)
    await expect(find('jwks_uri')).rejects.toMatchObject({ httpStatus: 503 })
    expect(server.requests).toHaveLength(1)
    clock.advance(1)
    server.answer = json({ issuer: server.url, jwks_uri: `${server.url}/keys` })
    await expect(find('jwks_uri')).resolves.toBe(`${server.url}/keys`)
  })

  it('is forgotten with a clock that steps back', async () => {
    const server = await loopbackServer(json({}, 503))
    const { clock, find } = discovery(server.url)
    await expect(find('jwks_uri')).rejects.toMatchObject({ httpStatus: 503 })
    clock.advance(-1)
    await expect(find('jwks_uri')).rejects.toMatchObject({ httpStatus: 503 })
    expect(server.requests).toHaveLength(2)
  })

  it('for want of the address reads the metadata again the next time', async () => {
    const server = await routedServer((url) => ({ [OPENID]: [{ issuer: url }] }))
    const { clock, find } = discovery(server.url)
    await expect(find('introspection_endpoint')).rejects.toMatchObject({ code: 'unexpected-content' })
    clock.advance(200)
    server.answer = json({ issuer: server.url, introspection_endpoint: `${server.url}/introspect` })
    await expect(find('introspection_endpoint')).resolves.toBe(`${server.url}/introspect`)
  })
})

describe('an endpoint', () => {
  it('may be given, and is then never looked up', () => {
    const endpoint = fixedEndpoint('https://auth.example.com/introspect')
    endpoint.forget('https://auth.example.com/introspect')
    expect(endpoint.find()).toBe('https://auth.example.com/introspect')
  })

  it('that is looked up can be forgotten', async () => {
    const server = await routedServer((url) => ({
      [OAUTH]: [{ issuer: url, introspection_endpoint: `${url}/introspect` }],
    }))
    const { clock, ...parts } = discovery(server.url)
    const endpoint = discoveredEndpoint(parts, 'introspection_endpoint')
    const address = await endpoint.find()
    clock.advance(1_000)
    endpoint.forget(address)
    await endpoint.find()
    expect(server.requests).toHaveLength(2)
  })
})
