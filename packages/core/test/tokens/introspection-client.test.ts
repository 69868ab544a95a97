import type { RequestListener } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createHttpClient } from '#http-client'
import { fixedEndpoint } from '../../src/keys/discovery.js'
import { createIntrospectionClient } from '../../src/tokens/introspection-client.js'
import { clientSecretBasic, clientSecretPost } from '../../src/transport/client-authentication.js'
import { json, loopbackServer } from '../support/loopback-server.js'
import { manualClock } from '../support/manual-clock.js'

/** A server that answers as told, and a client that asks it. */
async function setUp(answer: RequestListener, clientAuthentication = clientSecretBasic('api', 'secret')) {
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
    endpoint: fixedEndpoint(`${server.url}/introspect`),
    clientAuthentication,
  })
  return { server, forms, ask: (token = 'a.b+c', timeout = 2_000) => client.introspect(token, timeout) }
}

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
    ['throttling', [{}, 429], { code: 'throttled', httpStatus: 429 }],
    ['a forbidden call', [{ active: false }, 403], { code: 'unexpected-status', httpStatus: 403 }],
    ['a bad request', [{ active: false }, 400], { code: 'unexpected-status', httpStatus: 400 }],
    ['a broken server', [{ active: false }, 500], { code: 'server-error', httpStatus: 500 }],
    ['an answer with another good status', [{ active: false }, 204], { code: 'unexpected-status' }],
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

  it('says nothing of token or secret when it fails', async () => {
    const { ask } = await setUp(json({ error: 'very-secret-token' }, 500), clientSecretBasic('api', 'very-secret'))
    const error: Error = await ask('very-secret-token').then(
      () => new Error('answered'),
      (thrown: Error) => thrown,
    )
    expect([error.message, error.stack, JSON.stringify(error), String(error.cause)].join()).not.toContain('very-secret')
  })
})
