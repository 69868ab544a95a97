import type { RequestListener } from 'node:http'
import { createGzip } from 'node:zlib'
import { fakeCognito } from '@tokenward/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type AuthorizationServerOptions, ConfigurationError } from '../../src/index.js'
import { cognitoApi } from '../support/cognito-api.js'
import { peakDuring } from '../support/heap.js'
import { json } from '../support/loopback-server.js'
import { issue, signer, type Signer } from '../support/signing.js'
import { serverFor, type TestIssuer, testIssuer, withToken } from '../support/test-issuer.js'

const REFRESH_AFTER = 600_000
const MAX_AGE = 3_600_000
const ages: Partial<AuthorizationServerOptions> = { refreshAfter: REFRESH_AFTER, maxAge: MAX_AGE }

/** A resource server with keys at hand, over a real connection to its issuer. */
async function warm(changed: Partial<AuthorizationServerOptions> = {}) {
  const issuer = await testIssuer({ alg: 'ES256' })
  const { api, events } = serverFor(issuer, { ...ages, ...changed } as typeof changed)
  await api.ready()
  const authorize = (token = issuer.token({ exp: 9e9 })) => api.authorize(withToken(token))
  /** Signed with a key that the set may or may not hold. */
  const signedWith = (key: Signer) => issue(key, { payload: issuer.claims({ exp: 9e9 }) })
  return { ...issuer, issuer, api, events, authorize, signedWith, refreshed: () => refreshes(issuer) }
}

const refreshes = ({ jwks }: TestIssuer) => jwks.requests.length - 1
const made = Array.from({ length: 3 }, () => signer('ES256'))
const newKey = made[0] as Signer
const madeUp = () => ({ ...(made[1] as Signer), kid: crypto.randomUUID() })
const hang: RequestListener = () => {}

describe('a known key', () => {
  it('never waits for the endpoint, which hangs while a refresh is due', async () => {
    const { authorize, jwks, clock, refreshed } = await warm({ timeout: '30s' })
    jwks.answer = hang
    clock.advance(REFRESH_AFTER + 1)
    for (let i = 0; i < 50; i++) expect(await authorize()).toMatchObject({ outcome: 'granted' })
    await expect.poll(refreshed).toBe(1)
  })

  it('serves through an outage until the maximum age; then it is 503, not 401', async () => {
    const { authorize, jwks, clock } = await warm()
    jwks.answer = json({}, 503)
    clock.advance(MAX_AGE)
    expect(await authorize()).toMatchObject({ outcome: 'granted' })
    clock.advance(10_000)
    expect(await authorize()).toMatchObject({
      outcome: 'unavailable',
      status: 503,
      reason: 'jwks-unreachable',
      headers: { 'Retry-After': '1' },
    })
  })

  it('serves on where the metadata is down, and one fetch of the keys has failed before', async () => {
    const issuer = await testIssuer({ alg: 'ES256' })
    const own = issuer.jwks.url
    const status = { metadata: 200, keys: 200 }
    issuer.jwks.answer = (request, response) =>
      request.url === '/keys'
        ? json({ keys: [issuer.key.jwk] }, status.keys)(request, response)
        : json({ issuer: own, jwks_uri: `${own}/keys` }, status.metadata)(request, response)
    const { api, events } = serverFor(issuer, { issuer: own, jwks: undefined, ...ages })
    const token = issuer.token({ iss: own, exp: 9e9 })
    const last = () => events.findLast(({ type }) => type.startsWith('jwks-refresh'))
    await api.ready()
    Object.assign(status, { metadata: 503, keys: 500 })
    issuer.clock.advance(REFRESH_AFTER + 1)
    await api.verify(token)
    await expect.poll(last).toMatchObject({ type: 'jwks-refresh-failed', httpStatus: 500 })
    status.keys = 200
    for (let i = 0; i < 3; i++) {
      issuer.clock.advance(MAX_AGE - REFRESH_AFTER - 1)
      expect(await api.authorize(withToken(token))).toMatchObject({ outcome: 'granted' })
      await expect.poll(last).toMatchObject({ type: 'jwks-refreshed', at: issuer.clock.now() })
    }
  })

  it('that is missing from a good refresh is dead at once', async () => {
    const { authorize, jwks, clock, events } = await warm()
    jwks.answer = json({ keys: [newKey.jwk] })
    clock.advance(REFRESH_AFTER + 1)
    await authorize()
    await expect.poll(() => events.filter(({ type }) => type === 'jwks-refreshed').length).toBe(2)
    expect(await authorize()).toMatchObject({ status: 401, reason: 'unknown-key' })
  })

  it.each([
    ['max-age=1200', 1_200_000],
    ['max-age=5', REFRESH_AFTER],
    ['no-store', REFRESH_AFTER],
    ['public, max-age=86400', (REFRESH_AFTER + MAX_AGE) / 2],
  ])('is refreshed when the endpoint says so, within the bounds: %s', async (cacheControl, due) => {
    const issuer = await testIssuer({ alg: 'ES256' })
    issuer.jwks.answer = json({ keys: [issuer.key.jwk] }, 200, { 'cache-control': cacheControl })
    const { api } = serverFor(issuer, ages)
    const token = issuer.token({ exp: 9e9 })
    await api.verify(token)
    issuer.clock.advance(due)
    await api.verify(token)
    expect(refreshes(issuer)).toBe(0)
    issuer.clock.advance(1)
    await api.verify(token)
    await expect.poll(() => refreshes(issuer)).toBe(1)
  })
})

describe('an unknown key', () => {
  it('is 401 once a fetch that began after the token came did not bring it', async () => {
    const { authorize, signedWith, refreshed } = await warm()
    expect(await authorize(signedWith(madeUp()))).toMatchObject({ status: 401, reason: 'unknown-key' })
    expect(refreshed()).toBe(1)
  })

  it('is 503 when it could not be looked up, or was not allowed to be', async () => {
    const { authorize, signedWith, jwks, clock } = await warm()
    jwks.answer = json({}, 500)
    expect(await authorize(signedWith(madeUp()))).toMatchObject({ status: 503, reason: 'jwks-unreachable' })
    clock.advance(60_000)
    jwks.answer = json({ keys: [(made[2] as Signer).jwk] })
    for (let i = 0; i < 2; i++) await authorize(signedWith(madeUp()))
    expect(await authorize(signedWith(madeUp()))).toMatchObject({
      status: 503,
      reason: 'key-lookup-limited',
      headers: { 'Retry-After': '1' },
    })
  })

  it('in a flood of a thousand names costs two fetches; a new key is found right after it, and known ones always', async () => {
    const { authorize, signedWith, key, jwks, refreshed } = await warm()
    const flood = await Promise.all(Array.from({ length: 1_000 }, () => authorize(signedWith(madeUp()))))
    expect(refreshed()).toBeLessThanOrEqual(2)
    expect(new Set(flood.map(({ outcome }) => outcome))).not.toContain('granted')
    expect(await authorize()).toMatchObject({ outcome: 'granted' })
    jwks.answer = json({ keys: [key.jwk, newKey.jwk] })
    await authorize(signedWith(newKey))
    expect(await authorize(signedWith(newKey))).toMatchObject({ outcome: 'granted' })
  })

  it('that many tokens name at once after a rotation refuses none of them', async () => {
    const { authorize, signedWith, key, jwks, refreshed } = await warm()
    jwks.answer = json({ keys: [key.jwk, newKey.jwk] })
    const all = await Promise.all(Array.from({ length: 500 }, () => authorize(signedWith(newKey))))
    expect(new Set(all.map(({ outcome }) => outcome))).toStrictEqual(new Set(['granted']))
    expect(refreshed()).toBe(1)
  })

  it('is sought among keys of the same name: those that fit are tried', async () => {
    const { authorize, signedWith, key, jwks } = await warm()
    const name = 'the same'
    const named = made.map((one) => ({ ...one, kid: name }))
    jwks.answer = json({ keys: [key.jwk, ...named.map(({ jwk }) => ({ ...jwk, kid: name }))] })
    for (const one of named) expect(await authorize(signedWith(one))).toMatchObject({ outcome: 'granted' })
    expect(await authorize(signedWith({ ...key, kid: name }))).toMatchObject({ reason: 'signature-invalid' })
  })
})

describe('a cold start', () => {
  it('of a thousand requests at once costs one fetch', async () => {
    const issuer = await testIssuer({ alg: 'ES256' })
    const { api } = serverFor(issuer)
    const token = issuer.token()
    const all = await Promise.all(Array.from({ length: 1_000 }, () => api.authorize(withToken(token))))
    expect(new Set(all.map(({ outcome }) => outcome))).toStrictEqual(new Set(['granted']))
    expect(issuer.jwks.requests).toHaveLength(1)
  })
})

/** Sends a piece again and again, as fast as it is taken, and says when that ended. */
function pouring(piece: string | Buffer, pieces: number): RequestListener {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    let left = pieces
    const pour = () => {
      while (left-- > 0) if (!response.write(piece)) return void response.once('drain', pour)
      response.end()
    }
    pour()
  }
}

/** Two hundred megabytes of white space within a few kilobytes. */
async function gzipBomb(): Promise<RequestListener> {
  const gzip = createGzip()
  const parts: Buffer[] = []
  gzip.on('data', (part: Buffer) => parts.push(part))
  const ended = new Promise((resolve) => gzip.on('end', resolve))
  const blank = Buffer.alloc(1_000_000, ' ')
  for (let i = 0; i < 200; i++) if (!gzip.write(blank)) await new Promise((resolve) => gzip.once('drain', resolve))
  gzip.end()
  await ended
  const bomb = Buffer.concat(parts)
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
    response.end(bomb)
  }
}

describe('a bad refresh', () => {
  const page = '<!doctype html><title>Maintenance</title>'
  const html = { 'content-type': 'text/html' }
  const megabyte = Buffer.alloc(1_000_000, ' ')

  it.each<[string, RequestListener, string]>([
    ['nothing', json(''), 'unexpected-content'],
    ['an empty set', json({ keys: [] }), 'no-usable-key'],
    ['garbage', json('\u0000\u0001'), 'unexpected-content'],
    ['a page', json(page, 200, html), 'unexpected-content-type'],
    ['a page that says it is JSON', json(page), 'unexpected-content'],
    ['another shape', json({ jwks: [] }), 'unexpected-content'],
    ['a list', json([]), 'unexpected-content'],
    ['keys that cannot be used', json({ keys: [{ kty: 'oct', k: 'AAAA' }] }), 'no-usable-key'],
    ['an error', json({}, 500), 'unexpected-status'],
    ['no content', json('', 204), 'unexpected-status'],
    ['a redirect', json('', 302, { location: 'http://127.0.0.1:1/' }), 'redirect'],
    ['a connection that breaks', (_, response) => response.destroy(), 'connection-failed'],
    ['fifty megabytes', pouring(megabyte, 50), 'too-large'],
    ['a body without end', pouring(megabyte, Infinity), 'too-large'],
    [
      'half a body',
      (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
      'timeout',
    ],
    ['no answer', hang, 'timeout'],
  ])('of %s leaves the keys alone, and says why', async (_, answer, reason) => {
    const { authorize, jwks, clock, events } = await warm({ timeout: 400 })
    jwks.answer = answer
    clock.advance(REFRESH_AFTER + 1)
    expect(await authorize()).toMatchObject({ outcome: 'granted' })
    await expect.poll(() => events.find(({ type }) => type === 'jwks-refresh-failed')).toMatchObject({ reason })
    expect(await authorize()).toMatchObject({ outcome: 'granted' })
  })

  it.each<[string, () => Promise<RequestListener> | RequestListener]>([
    ['fifty megabytes', () => pouring(megabyte, 50)],
    ['a body without end', () => pouring(megabyte, Infinity)],
    ['two hundred megabytes, compressed to some kilobytes', gzipBomb],
  ])('of %s takes no more than a few megabytes of memory', async (_, answer) => {
    const { jwks, authorize, clock, events } = await warm()
    jwks.answer = await answer()
    clock.advance(REFRESH_AFTER + 1)
    const peak = await peakDuring(async () => {
      await authorize()
      await expect
        .poll(() => events.find(({ type }) => type === 'jwks-refresh-failed'), { interval: 1 })
        .toMatchObject({ reason: 'too-large' })
    })
    expect(peak).toBeLessThan(20)
    expect(await authorize()).toMatchObject({ outcome: 'granted' })
  })

  it('is followed by others after pauses that grow', async () => {
    const { authorize, jwks, clock, refreshed } = await warm()
    jwks.answer = json({}, 503)
    clock.advance(REFRESH_AFTER + 1)
    for (let elapsed = 0; elapsed < 30_000; elapsed += 250) {
      expect(await authorize()).toMatchObject({ outcome: 'granted' })
      await new Promise((resolve) => setTimeout(resolve, 5))
      clock.advance(250)
    }
    expect(refreshed()).toBeGreaterThan(3)
    expect(refreshed()).toBeLessThanOrEqual(15)
  })
})

describe('ready()', () => {
  it('waits for every issuer, and tells of the one that has no keys to give', async () => {
    const [good, bad] = [await testIssuer({ alg: 'ES256' }), await testIssuer({ alg: 'ES256' })]
    bad.jwks.answer = json({}, 500)
    const { api, events } = serverFor([good, bad])
    await expect(api.ready()).rejects.toThrow(`The keys of ${bad.options.issuer} could not be loaded`)
    expect(events.map(({ type }) => type).toSorted()).toStrictEqual(['jwks-refresh-failed', 'jwks-refreshed'])
    expect(await api.authorize(withToken(good.token()))).toMatchObject({ outcome: 'granted' })
  })

  it('tells the reason each time it is asked, also while the next attempt is not due', async () => {
    const issuer = await testIssuer({ alg: 'ES256' })
    issuer.jwks.answer = json({ secret: 'hunter2' }, 500)
    const { api } = serverFor(issuer)
    for (let i = 0; i < 3; i++) {
      const failure = api.ready()
      await expect(failure).rejects.toMatchObject({ name: 'UpstreamError', httpStatus: 500 })
      await expect(failure).rejects.toThrow(/could not be loaded: (?!.*hunter2).*The answer has status 500\. Check/)
    }
    expect(issuer.jwks.requests).toHaveLength(1)
  })

  it('takes 403 from the other host of a pool that has not switched for what it is', async () => {
    const pool = await fakeCognito()
    onTestFinished(() => pool.close())
    const { url } = await pool.serve()
    const api = cognitoApi(pool, { endpoint: url, allowInsecureLoopback: true }, { fetch: undefined })
    await expect(api.ready()).resolves.toBeUndefined()
  })
})

describe('keys given by another server', () => {
  it('let in the first token while the endpoint is down, and age from when they were fetched', async () => {
    const { api, issuer, jwks, clock, token } = await warm()
    const keySnapshot = JSON.parse(JSON.stringify(api.exportKeys()))
    clock.advance(MAX_AGE - 1)
    jwks.answer = json({}, 503)
    const { api: fresh } = serverFor(issuer, ages, { keySnapshot })
    expect(await fresh.authorize(withToken(token({ exp: 9e9 })))).toMatchObject({ outcome: 'granted' })
    clock.advance(2)
    const { api: late } = serverFor(issuer, ages, { keySnapshot })
    for (const server of [fresh, late]) {
      expect(await server.authorize(withToken(token({ exp: 9e9 })))).toMatchObject({ status: 503 })
    }
  })

  it('are refreshed by the traffic, so that a withdrawn one dies', async () => {
    const { api, issuer, jwks, clock, token } = await warm()
    const keySnapshot = api.exportKeys()
    clock.advance(REFRESH_AFTER + 1)
    jwks.answer = json({ keys: [newKey.jwk] })
    const { api: fresh, events } = serverFor(issuer, ages, { keySnapshot })
    expect(await fresh.authorize(withToken(token({ exp: 9e9 })))).toMatchObject({ outcome: 'granted' })
    await expect.poll(() => events.map(({ type }) => type)).toContain('jwks-refreshed')
    expect(await fresh.authorize(withToken(token({ exp: 9e9 })))).toMatchObject({ reason: 'unknown-key' })
  })

  it('never cross issuers', async () => {
    const [a, b] = [await testIssuer({ alg: 'ES256' }), await testIssuer({ alg: 'ES256' })]
    const { api } = serverFor(a)
    await api.ready()
    const { keySets } = api.exportKeys()
    expect(keySets.map(({ issuer }) => issuer)).toStrictEqual([a.options.issuer])
    const { api: other } = serverFor(b, {}, { keySnapshot: { keySets } })
    const token = issue(a.key, { payload: b.claims() })
    expect(await other.authorize(withToken(token))).toMatchObject({ reason: 'unknown-key' })
    expect(b.jwks.requests).toHaveLength(1)
  })

  it('are refused where the server is made, when something is wrong with them', async () => {
    const { issuer } = await warm()
    const make = (keySnapshot: unknown) => () => serverFor(issuer, {}, { keySnapshot: keySnapshot as never })
    expect(make('{}')).toThrow('createResourceServer.keySnapshot is text')
    for (const set of [{}, { jwks: {} }, { jwks: null }, { jwks: 'keys' }]) {
      const given = make({ keySets: [{ issuer: issuer.options.issuer, fetchedAt: 1, ...set }] })
      expect(given).toThrow(ConfigurationError)
      expect(given).toThrow('createResourceServer.keySnapshot.keySets[0].jwks must be a JSON Web Key Set')
    }
  })

  it('are not there for an issuer whose keys stand in the configuration', async () => {
    const issuer = await testIssuer({ alg: 'ES256' })
    const { api } = serverFor(issuer, { jwks: { keys: [issuer.key.jwk as never] } })
    await api.ready()
    expect(api.exportKeys()).toStrictEqual({ keySets: [] })
  })
})
