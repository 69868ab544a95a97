import type { RequestListener } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createHttpClient } from '#http-client'
import {
  createTokenRevocationClient,
  type TokenRevocationClientOptions,
} from '../../src/revocation/token-revocation.js'
import { bearerToken, clientSecretBasic, clientSecretPost } from '../../src/transport/client-authentication.js'
import { json, loopbackServer } from '../support/loopback-server.js'
import { manualClock } from '../support/manual-clock.js'
import { NOW } from '../support/revoked-tokens.js'

/** A server that answers as told, a second later, and a client that has it revoke. */
async function setUp(
  answer: RequestListener,
  client: TokenRevocationClientOptions['client'] = clientSecretBasic('web', 'secret'),
) {
  const clock = manualClock(NOW)
  const forms: Record<string, string>[] = []
  const server = await loopbackServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    forms.push(Object.fromEntries(new URLSearchParams(body)))
    clock.advance(1_000)
    answer(request, response)
  })
  const http = createHttpClient()
  onTestFinished(() => http.close())
  const { revokeToken } = createTokenRevocationClient({
    http,
    clock,
    issuer: 'https://auth.example.com',
    endpoint: async () => `${server.url}/revoke`,
    client,
  })
  return {
    server,
    forms,
    revoke: (token = 'a.b+c', timeout = 2_000) => revokeToken(token, 'refresh_token', timeout),
  }
}

const nothing: RequestListener = (_, response) => response.writeHead(200).end()

describe('revoking a token', () => {
  it('posts the token with the credentials of its client (RFC 7009 §2.1), and says when it was confirmed', async () => {
    const { server, forms, revoke } = await setUp(nothing)
    expect(await revoke()).toStrictEqual({ confirmedAt: NOW + 1_000 })
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      url: '/revoke',
      headers: { authorization: `Basic ${btoa('web:secret')}` },
    })
    expect(forms).toStrictEqual([{ token: 'a.b+c', token_type_hint: 'refresh_token' }])
  })

  it('puts what a client without a header has into the form', async () => {
    const publicClient = await setUp(nothing, { clientId: 'web' })
    await publicClient.revoke()
    expect(publicClient.forms).toStrictEqual([{ token: 'a.b+c', token_type_hint: 'refresh_token', client_id: 'web' }])
    expect(publicClient.server.requests[0]?.headers.authorization).toBeUndefined()
    const withSecret = await setUp(nothing, clientSecretPost('web', 'secret'))
    await withSecret.revoke()
    expect(withSecret.forms[0]).toMatchObject({ client_id: 'web', client_secret: 'secret' })
  })

  it('does not look at what a good answer holds (RFC 7009 §2.2)', async () => {
    const { revoke } = await setUp(json('{"error":', 200))
    await expect(revoke()).resolves.toBeDefined()
  })

  it.each<[string, Parameters<typeof json>, object]>([
    [
      'a server that is overloaded, and says until when',
      ['', 503, { 'retry-after': '30' }],
      { code: 'server-error', httpStatus: 503, retryAfter: 30 },
    ],
    ['a server that is overloaded', ['', 503], { code: 'server-error', httpStatus: 503, retryAfter: undefined }],
    ['throttling', ['', 429, { 'retry-after': '2' }], { code: 'throttled', retryAfter: 2 }],
    ['a broken server', [{ error: 'invalid_client' }, 500], { code: 'server-error', httpStatus: 500 }],
    ['rejected credentials', ['', 401], { code: 'client-rejected', httpStatus: 401 }],
    ['rejected credentials, the other way', [{ error: 'invalid_client' }, 400], { code: 'client-rejected' }],
    ['a type that is not revoked', [{ error: 'unsupported_token_type' }, 400], { code: 'token-type-not-supported' }],
    ['a bad request', [{ error: 'invalid_request' }, 400], { code: 'unexpected-status', httpStatus: 400 }],
    ['a page', ['<html>', 404, { 'content-type': 'text/html' }], { code: 'unexpected-status', httpStatus: 404 }],
    ['another good status', ['', 204], { code: 'unexpected-status', httpStatus: 204 }],
    ['a redirect', ['', 302, { location: '/elsewhere' }], { code: 'redirect' }],
  ])('fails, and the token counts as alive: %s', async (_, answer, error) => {
    const { revoke } = await setUp(json(...answer))
    await expect(revoke()).rejects.toMatchObject({ name: 'UpstreamError', ...error })
  })

  it('gives up on a server that does not answer in time', async () => {
    const { revoke } = await setUp(() => {})
    await expect(revoke('t', 100)).rejects.toMatchObject({ code: 'timeout' })
  })

  it('says nothing of token or secret when it fails', async () => {
    const { revoke } = await setUp(json({ error: 'very-secret-token' }, 400), bearerToken('very-secret'))
    const error = await revoke('very-secret-token').then(
      () => new Error('answered'),
      (thrown: Error) => thrown,
    )
    expect([error.message, error.stack, JSON.stringify(error), String(error.cause)].join()).not.toContain('very-secret')
  })
})
