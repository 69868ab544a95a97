import { describe, expect, it, vi } from 'vitest'
import { createFetchClient } from '../../src/transport/fetch-client.js'
import { httpRequest } from '../support/http-request.js'

describe('the HTTP client on a given fetch', () => {
  it('gives up although the fetch ignores its signal', async () => {
    const client = createFetchClient(() => () => new Promise(() => {}))
    await expect(client.send(httpRequest('https://a.example', { timeout: 50 }))).rejects.toMatchObject({
      code: 'timeout',
    })
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

  it('reports a fetch that throws', async () => {
    const client = createFetchClient(() => () => Promise.reject(new TypeError('fetch failed')))
    await expect(client.send(httpRequest('https://a.example'))).rejects.toMatchObject({ code: 'connection-failed' })
  })
})
