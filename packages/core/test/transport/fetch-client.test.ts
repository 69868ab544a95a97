import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { systemClock } from '../../src/transport/clock.js'
import { createFetchClient } from '../../src/transport/fetch-client.js'
import { httpRequest } from '../support/http-request.js'

describe('the HTTP client on a given fetch', () => {
  it('gives up although the fetch ignores its signal', async () => {
    const client = createFetchClient(() => () => new Promise(() => {}))
    await expect(client.send(httpRequest('https://a.example', { timeout: 50 }))).rejects.toMatchObject({
      code: 'timeout',
    })
  })

  it('says when the process stood still instead', async () => {
    vi.spyOn(systemClock, 'monotonic').mockReturnValueOnce(0).mockReturnValue(2_000)
    onTestFinished(() => void vi.restoreAllMocks())
    const client = createFetchClient(() => () => new Promise(() => {}))
    const pending = client.send(httpRequest('https://a.example', { timeout: 50 }))
    await expect(pending).rejects.toMatchObject({ code: 'interrupted' })
  })

  it('refuses a redirect that the runtime hides', async () => {
    const client = createFetchClient(() => async () => ({
      status: 0,
      type: 'opaqueredirect',
      headers: new Headers(),
      body: null,
    }))
    await expect(client.send(httpRequest('https://a.example'))).rejects.toMatchObject({ code: 'redirect' })
  })

  it('refuses a redirect that a wrapped fetch has followed', async () => {
    const client = createFetchClient(() => async () => ({
      status: 200,
      redirected: true,
      headers: new Headers(),
      body: null,
    }))
    await expect(client.send(httpRequest('https://a.example'))).rejects.toMatchObject({ code: 'redirect' })
  })

  it('asks with a GET that follows no redirect', async () => {
    const fetch = vi.fn(async () => new Response('{}'))
    await createFetchClient(() => fetch).send(httpRequest('https://a.example'))
    expect(fetch).toHaveBeenCalledExactlyOnceWith(
      'https://a.example',
      expect.objectContaining({ method: 'GET', redirect: 'manual', headers: { accept: 'application/json' } }),
    )
  })

  it('hands a body over as text, with its type', async () => {
    const fetch = vi.fn(async () => new Response('{}'))
    const body = { contentType: 'application/x-amz-json-1.1', text: '{"a":1}' }
    await createFetchClient(() => fetch).send(httpRequest('https://a.example', { body }))
    expect(fetch).toHaveBeenCalledExactlyOnceWith(
      'https://a.example',
      expect.objectContaining({
        method: 'POST',
        redirect: 'manual',
        body: '{"a":1}',
        headers: { accept: 'application/json', 'content-type': 'application/x-amz-json-1.1' },
      }),
    )
  })

  it.each([
    ['ECONNRESET', () => Object.assign(new Error('read'), { code: 'ECONNRESET' })],
    ['EPIPE', () => Object.assign(new Error('write'), { code: 'EPIPE' })],
    ['UND_ERR_SOCKET', () => Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' })],
    ['retryable', () => Object.assign(new Error('Network connection lost.'), { retryable: true })],
  ])('tries once more where a connection was dropped (%s), and no more than once', async (_, cause) => {
    const dropping = () => Promise.reject(new TypeError('fetch failed', { cause: cause() }))
    const once = vi.fn(async () => new Response('{}')).mockImplementationOnce(dropping)
    expect((await createFetchClient(() => once).send(httpRequest('https://a.example'))).status).toBe(200)
    const always = vi.fn(dropping)
    await expect(createFetchClient(() => always).send(httpRequest('https://a.example'))).rejects.toMatchObject({
      code: 'connection-failed',
    })
    expect([once.mock.calls.length, always.mock.calls.length]).toStrictEqual([2, 2])
  })

  it.each([
    new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) }),
    new TypeError('fetch failed'),
    undefined,
  ])('does not try again where there was no connection: %s', async (error) => {
    const fetch = vi.fn(async () => {
      throw error
    })
    await expect(createFetchClient(() => fetch).send(httpRequest('https://a.example'))).rejects.toMatchObject({
      code: 'connection-failed',
    })
    expect(fetch).toHaveBeenCalledOnce()
  })

  it('reports a fetch that throws', async () => {
    const client = createFetchClient(() => () => Promise.reject(new TypeError('fetch failed')))
    await expect(client.send(httpRequest('https://a.example'))).rejects.toMatchObject({ code: 'connection-failed' })
  })
})
