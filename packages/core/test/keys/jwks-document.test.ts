import { describe, expect, it } from 'vitest'
import { createHttpClient } from '#http-client'
import { createDiscovery } from '../../src/keys/discovery.js'
import { jwksAt, jwksOfIssuer } from '../../src/keys/jwks-document.js'
import { json, loopbackServer, pathsAskedFor, routedServer } from '../support/loopback-server.js'
import { manualClock } from '../support/manual-clock.js'

const OAUTH = '/.well-known/oauth-authorization-server'
const limits = (timeout = 2_000) => ({ http: createHttpClient(), timeout })
const keysOf = (issuer: string, clock = manualClock()) =>
  jwksOfIssuer(createDiscovery({ ...limits(), clock, issuer, allowInsecureLoopback: true }), limits())

describe('the key set of an issuer', () => {
  it('is fetched from where its metadata says', async () => {
    const server = await routedServer((url) => ({
      [OAUTH]: [{ issuer: url, jwks_uri: `${url}/keys` }],
      '/keys': [{ keys: [] }],
    }))
    await expect(keysOf(server.url)()).resolves.toStrictEqual({ keys: [] })
    expect(pathsAskedFor(server)).toStrictEqual([OAUTH, '/keys'])
  })

  it('keeps its address until a fetch from it fails', async () => {
    let keysAt = '/keys'
    const server = await routedServer((url) => ({
      [OAUTH]: [{ issuer: url, jwks_uri: `${url}${keysAt}` }],
      [keysAt]: [{ keys: [] }],
    }))
    const clock = manualClock()
    const fetchKeys = keysOf(server.url, clock)
    await fetchKeys()
    await fetchKeys()
    expect(pathsAskedFor(server)).toStrictEqual([OAUTH, '/keys', '/keys'])
    keysAt = '/moved'
    clock.advance(1_000)
    await expect(fetchKeys()).rejects.toMatchObject({ httpStatus: 404 })
    await fetchKeys()
    expect(pathsAskedFor(server).slice(3)).toStrictEqual(['/keys', OAUTH, '/moved'])
  })

  it('is looked for again where the metadata could not be read', async () => {
    let status = 503
    const server = await routedServer((url) => ({
      [OAUTH]: [{ issuer: url, jwks_uri: `${url}/keys` }, status],
      '/keys': [{ keys: [] }],
    }))
    const clock = manualClock()
    const fetchKeys = keysOf(server.url, clock)
    await expect(fetchKeys()).rejects.toMatchObject({ httpStatus: 503 })
    status = 200
    clock.advance(200)
    await expect(fetchKeys()).resolves.toStrictEqual({ keys: [] })
  })
})

describe('the key set at an address', () => {
  it('is fetched from there and nowhere else', async () => {
    const server = await routedServer(() => ({ '/keys': [{ keys: [] }] }))
    await jwksAt(`${server.url}/keys`, limits())()
    expect(server.requests[0]?.headers.accept).toBe('application/jwk-set+json, application/json')
    expect(pathsAskedFor(server)).toStrictEqual(['/keys'])
  })

  it('is fetched anew at every call', async () => {
    const server = await loopbackServer(json({ keys: [] }))
    const fetchKeys = jwksAt(server.url, limits())
    await fetchKeys()
    server.answer = json({ keys: [{}] })
    await expect(fetchKeys()).resolves.toStrictEqual({ keys: [{}] })
  })

  it('is given up on when it does not come in time', async () => {
    const server = await loopbackServer(() => {})
    await expect(jwksAt(server.url, limits(100))()).rejects.toMatchObject({ code: 'timeout' })
  })
})
