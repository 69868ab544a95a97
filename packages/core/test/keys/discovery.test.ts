import { describe, expect, it } from 'vitest'
import { createHttpClient } from '#http-client'
import { discoverJwksAddress } from '../../src/keys/discovery.js'
import { type json, pathsAskedFor, routedServer } from '../support/loopback-server.js'

const OAUTH = '/.well-known/oauth-authorization-server'
const OPENID = '/.well-known/openid-configuration'
const discover = (issuer: string) =>
  discoverJwksAddress(createHttpClient(), issuer, { timeout: 2_000, allowInsecureLoopback: true })

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
