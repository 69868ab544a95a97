import { describe, expect, it } from 'vitest'
import { createHttpClient } from '#http-client'
import { createDiscovery } from '../../src/keys/discovery.js'
import { jwksAt, type JwksFetch, jwksOfIssuer } from '../../src/keys/jwks-document.js'
import { UpstreamError } from '../../src/outcomes/errors.js'
import { keysFromEndpoint, MAX_AGE, REFRESH_AFTER } from '../support/key-endpoint.js'
import { json, loopbackServer, pathsAskedFor, routedServer } from '../support/loopback-server.js'
import { manualClock } from '../support/manual-clock.js'

const OAUTH = '/.well-known/oauth-authorization-server'
const limits = (timeout = 2_000) => ({ http: createHttpClient(), timeout })
const documentOf =
  ({ fetchDocument }: JwksFetch) =>
  async () =>
    (await fetchDocument()).document
const keysOfIssuer = (issuer: string, clock = manualClock()) =>
  documentOf(jwksOfIssuer(createDiscovery({ ...limits(), clock, issuer, allowInsecureLoopback: true }), limits()))

describe('the key set of an issuer', () => {
  it('is fetched from where its metadata says', async () => {
    const server = await routedServer((url) => ({
      [OAUTH]: [{ issuer: url, jwks_uri: `${url}/keys` }],
      '/keys': [{ keys: [] }],
    }))
    await expect(keysOfIssuer(server.url)()).resolves.toStrictEqual({ keys: [] })
    expect(pathsAskedFor(server)).toStrictEqual([OAUTH, '/keys'])
  })

  it('keeps its address until a fetch from it fails', async () => {
    let keysAt = '/keys'
    const server = await routedServer((url) => ({
      [OAUTH]: [{ issuer: url, jwks_uri: `${url}${keysAt}` }],
      [keysAt]: [{ keys: [] }],
    }))
    const clock = manualClock()
    const fetchKeys = keysOfIssuer(server.url, clock)
    await fetchKeys()
    await fetchKeys()
    expect(pathsAskedFor(server)).toStrictEqual([OAUTH, '/keys', '/keys'])
    keysAt = '/moved'
    clock.advance(1_000)
    await expect(fetchKeys()).rejects.toMatchObject({ httpStatus: 404 })
    await fetchKeys()
    expect(pathsAskedFor(server).slice(3)).toStrictEqual(['/keys', OAUTH, '/moved'])
  })

  /** An issuer whose two endpoints fail, and move, when the test says so. */
  async function unsteadyIssuer() {
    const state = { metadata: 200, keys: 200, keysAt: '/keys' }
    const server = await routedServer((url) => ({
      [OAUTH]: [{ issuer: url, jwks_uri: `${url}${state.keysAt}` }, state.metadata],
      [state.keysAt]: [{ keys: [] }, state.keys],
    }))
    const clock = manualClock()
    const fetchKeys = keysOfIssuer(server.url, clock)
    return {
      state,
      server,
      /** So long after the one before that an address counts as young no more, and a failure as over. */
      fetchLater() {
        clock.advance(1_000)
        return fetchKeys()
      },
    }
  }

  it('is fetched from where it was, though one fetch has failed and the metadata is down since', async () => {
    const { state, server, fetchLater } = await unsteadyIssuer()
    await fetchLater()
    Object.assign(state, { metadata: 503, keys: 500 })
    await expect(fetchLater()).rejects.toMatchObject({ httpStatus: 500 })
    state.keys = 200
    for (let i = 0; i < 2; i++) await expect(fetchLater()).resolves.toStrictEqual({ keys: [] })
    expect(pathsAskedFor(server).slice(2)).toStrictEqual(['/keys', OAUTH, '/keys', OAUTH, '/keys'])
  })

  it('is fetched from where it was found, though nothing was served there yet', async () => {
    const { state, fetchLater } = await unsteadyIssuer()
    state.keys = 500
    for (let i = 0; i < 2; i++) await expect(fetchLater()).rejects.toMatchObject({ httpStatus: 500 })
    Object.assign(state, { metadata: 503, keys: 200 })
    await expect(fetchLater()).resolves.toStrictEqual({ keys: [] })
  })

  it('is fetched from where it served rather than from where it was only said to be', async () => {
    const { state, server, fetchLater } = await unsteadyIssuer()
    await fetchLater()
    state.keys = 500
    await expect(fetchLater()).rejects.toMatchObject({ httpStatus: 500 })
    state.keysAt = '/not-there-yet'
    for (let i = 0; i < 2; i++) await expect(fetchLater()).rejects.toMatchObject({ httpStatus: 500 })
    Object.assign(state, { metadata: 503, keys: 200, keysAt: '/keys' })
    await expect(fetchLater()).resolves.toStrictEqual({ keys: [] })
    expect(pathsAskedFor(server).at(-1)).toBe('/keys')
  })

  it('is followed to where it moved as soon as the metadata is back', async () => {
    const { state, server, fetchLater } = await unsteadyIssuer()
    await fetchLater()
    Object.assign(state, { metadata: 503, keysAt: '/moved' })
    for (let i = 0; i < 2; i++) await expect(fetchLater()).rejects.toMatchObject({ httpStatus: 404 })
    state.metadata = 200
    await expect(fetchLater()).resolves.toStrictEqual({ keys: [] })
    expect(pathsAskedFor(server).slice(-2)).toStrictEqual([OAUTH, '/moved'])
  })

  it('is looked for again where the metadata could not be read', async () => {
    let status = 503
    const server = await routedServer((url) => ({
      [OAUTH]: [{ issuer: url, jwks_uri: `${url}/keys` }, status],
      '/keys': [{ keys: [] }],
    }))
    const clock = manualClock()
    const fetchKeys = keysOfIssuer(server.url, clock)
    await expect(fetchKeys()).rejects.toMatchObject({ httpStatus: 503 })
    status = 200
    clock.advance(200)
    await expect(fetchKeys()).resolves.toStrictEqual({ keys: [] })
  })
})

describe('the key set at an address', () => {
  it('is fetched from there and nowhere else', async () => {
    const server = await routedServer(() => ({ '/keys': [{ keys: [] }] }))
    await jwksAt(`${server.url}/keys`, limits()).fetchDocument()
    expect(server.requests[0]?.headers.accept).toBe('application/jwk-set+json, application/json')
    expect(pathsAskedFor(server)).toStrictEqual(['/keys'])
  })

  it('is fetched anew at every call', async () => {
    const server = await loopbackServer(json({ keys: [] }))
    const fetchKeys = documentOf(jwksAt(server.url, limits()))
    await fetchKeys()
    server.answer = json({ keys: [{}] })
    await expect(fetchKeys()).resolves.toStrictEqual({ keys: [{}] })
  })

  it('comes with how long its server says that it stays good', async () => {
    const server = await loopbackServer(json({ keys: [] }, 200, { 'cache-control': 'public, max-age=60', age: '20' }))
    await expect(jwksAt(server.url, limits()).fetchDocument()).resolves.toStrictEqual({
      document: { keys: [] },
      freshFor: 40_000,
    })
    server.answer = json({ keys: [] })
    await expect(jwksAt(server.url, limits()).fetchDocument()).resolves.toMatchObject({ freshFor: undefined })
  })

  it('says how long it takes at most: a call, and two more where the address is looked up', () => {
    expect(jwksAt('https://a.example', limits()).longest).toBe(2_000)
    const discovery = createDiscovery({ ...limits(), clock: manualClock(), issuer: '', allowInsecureLoopback: true })
    expect(jwksOfIssuer(discovery, limits()).longest).toBe(6_000)
  })

  it('is given up on when it does not come in time', async () => {
    const server = await loopbackServer(() => {})
    await expect(jwksAt(server.url, limits(100)).fetchDocument()).rejects.toMatchObject({ code: 'timeout' })
  })
})

describe('what the server says of its key set', () => {
  const HALF_WAY = (REFRESH_AFTER + MAX_AGE) / 2

  it.each([
    ['nothing', undefined, REFRESH_AFTER],
    ['less than we ask by ourselves', 1_000, REFRESH_AFTER],
    ['nothing good', 0, REFRESH_AFTER],
    ['more', 900_000, 900_000],
    ['so much that nothing would be left for an outage', 10 * MAX_AGE, HALF_WAY],
  ])('moves the refresh within its bounds: %s', async (_, freshFor, due) => {
    const { upstream, clock, find } = keysFromEndpoint()
    upstream.freshFor = freshFor
    await find('a')
    clock.advance(due)
    await find('a')
    expect(upstream.fetches).toBe(1)
    clock.advance(1)
    await find('a')
    expect(upstream.fetches).toBe(2)
  })

  it('never moves the maximum age', async () => {
    const { upstream, clock, find } = keysFromEndpoint()
    upstream.freshFor = 10 * MAX_AGE
    await find('a')
    upstream.failure = new UpstreamError('connection-failed', 'down')
    clock.advance(MAX_AGE + 1)
    expect(await find('a')).toMatchObject({ result: 'unavailable' })
  })
})
