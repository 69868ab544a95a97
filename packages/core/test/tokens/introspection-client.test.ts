import type { RequestListener } from 'node:http'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createHttpClient } from '#http-client'
import { type Endpoint, fixedEndpoint } from '../../src/keys/discovery.js'
import { UpstreamError } from '../../src/outcomes/errors.js'
import { createIntrospectionClient } from '../../src/tokens/introspection-client.js'
import { bearerToken, clientSecretBasic, clientSecretPost } from '../../src/transport/client-authentication.js'
import { json, loopbackServer } from '../support/loopback-server.js'
import { httpResponse } from '../support/http-response.js'
import { manualClock } from '../support/manual-clock.js'

/** A server that answers as told, and a client that asks it. */
async function setUp(
  answer: RequestListener,
  clientAuthentication = clientSecretBasic('api', 'secret'),
  endpointAt: (url: string) => Endpoint = (url) => fixedEndpoint(`${url}/introspect`),
) {
  const forms: URLSearchParams[] = []
  const server = await loopbackServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    forms.push(new URLSearchParams(body))
    answer(request, response)
  })
  const http = createHttpClient()
  onTestFinished(() => http.close())
  const client = createIntrospectionClient({
    http,
    clock: manualClock(),
    issuer: 'https://auth.example.com',
    endpoint: endpointAt(server.url),
    clientAuthentication,
  })
  return { server, forms, ask: (token = 'a.b+c', timeout = 2_000) => client.introspect(token, timeout) }
}

const SIGNED = 'application/token-introspection+jwt'

describe('introspection', () => {
  it('posts the token with the credentials of this API (RFC 7662 §2.1)', async () => {
    const { server, forms, ask } = await setUp(json({ active: true, sub: 'u1' }))
    expect(await ask()).toStrictEqual({ active: true, members: { active: true, sub: 'u1' } })
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      url: '/introspect',
      headers: { accept: 'application/json', authorization: `Basic ${btoa('api:secret')}` },
    })
    expect(Object.fromEntries(forms[0] ?? [])).toStrictEqual({ token: 'a.b+c', token_type_hint: 'access_token' })
  })

  it('puts credentials that belong into the form there', async () => {
    const { server, forms, ask } = await setUp(json({ active: false }), clientSecretPost('api', 'secret'))
    expect(await ask('t')).toStrictEqual({ active: false })
    expect(Object.fromEntries(forms[0] ?? [])).toStrictEqual({
      token: 't',
      token_type_hint: 'access_token',
      client_id: 'api',
      client_secret: 'secret',
    })
    expect(server.requests[0]?.headers.authorization).toBeUndefined()
  })

  it.each<[string, Parameters<typeof json>, object]>([
    ['rejected credentials', [{ error: 'invalid_client' }, 401], { code: 'client-rejected', httpStatus: 401 }],
    ['credentials rejected with 400', [{ error: 'invalid_client' }, 400], { code: 'client-rejected', httpStatus: 400 }],
    ['throttling', [{}, 429], { code: 'throttled', httpStatus: 429 }],
    ['a forbidden call', [{ active: false }, 403], { code: 'unexpected-status', httpStatus: 403 }],
    ['a bad request', [{ active: false }, 400], { code: 'unexpected-status', httpStatus: 400 }],
    ['a broken server', [{ active: false }, 500], { code: 'server-error', httpStatus: 500 }],
    ['an answer with another good status', [{ active: false }, 204], { code: 'unexpected-status' }],
    ['a signed answer', ['e30.e30.e30', 200, { 'content-type': SIGNED }], { code: 'unexpected-content-type' }],
    ['an answer beyond 64 KiB', [{ active: true, x: 'x'.repeat(64 * 1_024) }], { code: 'too-large' }],
    ['a redirect', ['', 307, { location: '/elsewhere' }], { code: 'redirect' }],
    ['a page', ['<html>', 200, { 'content-type': 'text/html' }], { code: 'unexpected-content-type' }],
    ['half an answer', ['{"active":fal'], { code: 'unexpected-content' }],
    ['a list', [[{ active: true }]], { code: 'unexpected-content' }],
    ['a duplicate member', ['{"active":false,"active":true}'], { code: 'unexpected-content' }],
    ['an answer that says neither', [{ active: 'true' }], { code: 'unexpected-content' }],
  ])('takes %s for neither yes nor no', async (_, answer, error) => {
    const { ask } = await setUp(json(...answer))
    await expect(ask()).rejects.toMatchObject({ name: 'UpstreamError', ...error })
  })

  it('gives up on a server that does not answer in time', async () => {
    const { ask } = await setUp(() => {})
    await expect(ask('t', 100)).rejects.toMatchObject({ code: 'timeout' })
  })

  it('gives up on an answer whose body does not end in time', async () => {
    const { ask } = await setUp((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"active":')
    })
    await expect(ask('t', 100)).rejects.toMatchObject({ code: 'timeout' })
  })

  it('takes an answer of 60 KiB', async () => {
    const { ask } = await setUp(json({ active: true, x: 'x'.repeat(60 * 1_024) }))
    await expect(ask()).resolves.toMatchObject({ active: true })
  })

  it('sends the token nowhere but in the body, and to nobody a redirect names', async () => {
    const { server, forms, ask } = await setUp(json('', 307, { location: '/elsewhere?x=1' }))
    await expect(ask('very-secret-token')).rejects.toMatchObject({ code: 'redirect' })
    expect(forms[0]?.get('token')).toBe('very-secret-token')
    expect(server.requests.map(({ url, rawHeaders }) => [url, ...rawHeaders].join())).toStrictEqual([
      expect.not.stringContaining('very-secret-token'),
    ])
  })

  it('is asked in the media type of a signed answer where that is wanted', async () => {
    const server = await loopbackServer(json({ active: false }))
    const read = vi.fn(() => ({ active: true, sub: 'read' }))
    const clock = manualClock()
    const client = createIntrospectionClient({
      http: createHttpClient(),
      clock,
      issuer: 'https://auth.example.com',
      endpoint: fixedEndpoint(server.url),
      clientAuthentication: clientSecretBasic('api', 'secret'),
      answers: { accept: SIGNED, read },
    })
    await expect(client.introspect('t', 2_000)).resolves.toMatchObject({ members: { sub: 'read' } })
    expect(server.requests[0]?.headers.accept).toBe(SIGNED)
    expect(read).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 200 }), clock.now())
  })

  it('says nothing of token or secret when it fails', async () => {
    const { ask } = await setUp(json({ error: 'very-secret-token' }, 500), clientSecretBasic('api', 'very-secret'))
    const error: Error = await ask('very-secret-token').then(
      () => new Error('answered'),
      (thrown: Error) => thrown,
    )
    expect([error.message, error.stack, JSON.stringify(error), String(error.cause)].join()).not.toContain('very-secret')
  })
})

describe('the endpoint', () => {
  const watched = (url: string, find = async () => `${url}/introspect`) => {
    const forget = vi.fn()
    return { endpoint: { find, forget }, forget }
  }

  it('is forgotten when nothing is served there', async () => {
    for (const [answer, times] of [
      [json({}, 404), 1],
      [((_, response) => response.destroy()) satisfies RequestListener, 1],
      [json({}, 500), 0],
      [json({}, 401), 0],
      [json({ active: false }), 0],
      [(() => {}) satisfies RequestListener, 0],
    ] as const) {
      let forget = vi.fn()
      const { server, ask } = await setUp(answer, undefined, (url) => {
        const { endpoint, forget: spy } = watched(url)
        forget = spy
        return endpoint
      })
      await ask('t', 200).catch(() => {})
      expect(forget.mock.calls).toStrictEqual(Array.from({ length: times }, () => [`${server.url}/introspect`]))
    }
  })

  it('is looked up within the deadline of the call', async () => {
    const found = vi.fn()
    const { server, ask } = await setUp(json({ active: true }), undefined, (url) => {
      const slow = new Promise<string>((resolve) => setTimeout(() => resolve(url), 2_000))
      return watched(url, () => slow.finally(found)).endpoint
    })
    await expect(ask('t', 100)).rejects.toMatchObject({ code: 'timeout' })
    expect(found).not.toHaveBeenCalled()
    expect(server.requests).toHaveLength(0)
  })

  it('leaves the call what its look-up has left of the deadline', async () => {
    let left = 0
    const client = createIntrospectionClient({
      http: {
        async send({ timeout }) {
          left = timeout
          return httpResponse('{"active":false}', 'application/json')
        },
        close() {},
      },
      clock: manualClock(),
      issuer: 'https://auth.example.com',
      endpoint: watched('', () => new Promise((resolve) => setTimeout(() => resolve('https://a.example'), 50)))
        .endpoint,
      clientAuthentication: clientSecretBasic('api', 'secret'),
    })
    await client.introspect('t', 5_000)
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThan(4_960)
  })

  it.each([
    [503, 'server-error'],
    [404, 'unexpected-status'],
  ])('that could not be looked up (%i) fails the call', async (httpStatus, code) => {
    const error = new UpstreamError('unexpected-status', 'The answer has this status', { httpStatus })
    const { ask } = await setUp(json({}), undefined, (url) => watched(url, () => Promise.reject(error)).endpoint)
    await expect(ask()).rejects.toMatchObject({ code, httpStatus })
  })
})

describe('credentials that a function brings', () => {
  it.each<[string, () => Promise<string>]>([
    ['fails', () => Promise.reject(new Error('very-secret'))],
    ['brings none', async () => ''],
    ['does not come back', () => new Promise(() => {})],
  ])('are unavailable, and never an outage of the server, when it %s', async (_, bring) => {
    const { server, ask } = await setUp(json({ active: true }), bearerToken(bring))
    const failure = ask('t', 100)
    await expect(failure).rejects.toMatchObject({ name: 'UpstreamError', code: 'credentials-unavailable' })
    await failure.catch((error: Error) =>
      expect([error.message, String(error.cause)].join()).not.toContain('very-secret'),
    )
    expect(server.requests).toHaveLength(0)
  })
})
