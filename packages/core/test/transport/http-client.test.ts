import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createHttpClient } from '#http-client'
import { UpstreamError } from '../../src/outcomes/errors.js'
import { connectionError, isRedirect } from '../../src/transport/http-client.js'
import { httpRequest } from '../support/http-request.js'
import { json, loopbackServer } from '../support/loopback-server.js'

describe('the HTTP client', () => {
  it('reads status, content type and body', async () => {
    const server = await loopbackServer(json({ a: 1 }, 201))
    const response = await createHttpClient().send(httpRequest(server.url))
    expect(response).toMatchObject({ status: 201, contentType: 'application/json' })
    expect(Buffer.from(response.body).toString()).toBe('{"a":1}')
    expect(server.requests[0]).toMatchObject({ method: 'GET', headers: { accept: 'application/json' } })
  })

  it('posts a form, encoded as RFC 6749 appendix B has it', async () => {
    const bodies: string[] = []
    const server = await loopbackServer((request, response) => {
      request.setEncoding('utf8').on('data', (chunk: string) => bodies.push(chunk))
      request.on('end', () => response.end('{}'))
    })
    const form = new URLSearchParams({ token: 'a+b/c=', hint: 'ä &' })
    await createHttpClient().send(httpRequest(server.url, { form }))
    expect(bodies.join('')).toBe('token=a%2Bb%2Fc%3D&hint=%C3%A4+%26')
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    })
  })

  it('posts a body of another media type as it is', async () => {
    const bodies: string[] = []
    const server = await loopbackServer((request, response) => {
      request.setEncoding('utf8').on('data', (chunk: string) => bodies.push(chunk))
      request.on('end', () => response.end('{}'))
    })
    const body = { contentType: 'application/x-amz-json-1.1', text: '{"a":"ä+"}' }
    await createHttpClient().send(httpRequest(server.url, { body }))
    expect(bodies.join('')).toBe('{"a":"ä+"}')
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', accept: 'application/json' },
    })
  })

  it('reads headers by name', async () => {
    const server = await loopbackServer((_, response) => {
      response.writeHead(
        401,
        [
          ['WWW-Authenticate', 'error="invalid_token"'],
          ['WWW-Authenticate', 'Basic'],
          ['x-amzn-ErrorType', 'NotAuthorizedException'],
        ].flat(),
      )
      response.end()
    })
    const { header } = await createHttpClient().send(httpRequest(server.url))
    expect(header('www-authenticate')).toBe('error="invalid_token", Basic')
    expect(header('x-amzn-errortype')).toBe('NotAuthorizedException')
    expect(header('content-type')).toBeUndefined()
  })

  it('reads an answer without a body', async () => {
    const server = await loopbackServer((_, response) => response.writeHead(204).end())
    expect((await createHttpClient().send(httpRequest(server.url))).body).toHaveLength(0)
  })

  it.each([301, 302, 303, 307, 308])('refuses a redirect with status %i and does not follow it', async (status) => {
    const target = await loopbackServer(json({}))
    const server = await loopbackServer((_, response) => response.writeHead(status, { location: target.url }).end())
    await expect(createHttpClient().send(httpRequest(server.url))).rejects.toMatchObject({ code: 'redirect' })
    expect(target.requests).toHaveLength(0)
  })

  it('gives up on headers that do not come', async () => {
    const server = await loopbackServer(() => {})
    await expect(createHttpClient().send(httpRequest(server.url, { timeout: 100 }))).rejects.toMatchObject({
      code: 'timeout',
    })
  })

  it('gives up on a body that does not end', async () => {
    const server = await loopbackServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const drip = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(drip))
    })
    await expect(createHttpClient().send(httpRequest(server.url, { timeout: 200 }))).rejects.toMatchObject({
      code: 'timeout',
    })
  })

  it('stops reading at the limit, also where no length was announced', async () => {
    let sent = 0
    const server = await loopbackServer((_, response) => {
      const write = () => {
        sent += 64 * 1024
        if (!response.destroyed && sent < 64 * 1024 * 1024) response.write(Buffer.alloc(64 * 1024), write)
      }
      write()
    })
    await expect(createHttpClient().send(httpRequest(server.url))).rejects.toMatchObject({ code: 'too-large' })
    expect(sent).toBeLessThan(32 * 1024 * 1024)
  })

  it('takes a body of exactly the limit', async () => {
    const server = await loopbackServer(json('x'.repeat(1_000)))
    expect((await createHttpClient().send(httpRequest(server.url))).body).toHaveLength(1_000)
  })

  it('counts after decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024))
    const server = await loopbackServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb)
    })
    // Compared by size: a failing comparison of the bodies themselves would print them.
    const result = await createHttpClient()
      .send(httpRequest(server.url))
      .then(
        ({ body }) => body.length,
        ({ code }) => code,
      )
    expect(result).toBe('too-large')
  })

  it('reads a compressed answer that nobody asked for', async () => {
    const server = await loopbackServer((_, response) => {
      response.writeHead(200, { 'content-encoding': 'GZIP' }).end(gzipSync('{"a":1}'))
    })
    expect(Buffer.from((await createHttpClient().send(httpRequest(server.url))).body).toString()).toBe('{"a":1}')
  })

  it('reports a connection that cannot be made', async () => {
    const server = await loopbackServer(json({}))
    await server.close()
    await expect(createHttpClient().send(httpRequest(server.url))).rejects.toMatchObject({ code: 'connection-failed' })
  })

  it('reports a body that breaks off', async () => {
    const server = await loopbackServer((_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"a":')
      setTimeout(() => response.destroy(), 20)
    })
    await expect(createHttpClient().send(httpRequest(server.url))).rejects.toMatchObject({ code: 'connection-failed' })
  })

  it('leaves no connection behind after a refused answer', async () => {
    let open = 0
    const server = await loopbackServer((_, response) => {
      open += 1
      response.on('close', () => (open -= 1))
      response.writeHead(302, { location: '/elsewhere' })
      response.write('a body that never ends')
    })
    await expect(createHttpClient().send(httpRequest(server.url))).rejects.toMatchObject({ code: 'redirect' })
    await expect.poll(() => open).toBe(0)
  })

  it('ends what is under way when it is closed, and refuses what comes later', async () => {
    let open = 0
    const server = await loopbackServer((_, response) => {
      open += 1
      response.on('close', () => (open -= 1))
    })
    const client = createHttpClient()
    const pending = client.send(httpRequest(server.url, { timeout: 20_000 }))
    await expect.poll(() => open).toBe(1)
    client.close()
    await expect(pending).rejects.toMatchObject({ code: 'closed' })
    await expect.poll(() => open).toBe(0)
    await expect(client.send(httpRequest(server.url))).rejects.toMatchObject({ code: 'closed' })
    expect(server.requests).toHaveLength(1)
  })

  it('leaves no unhandled rejection behind after a timeout', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    onTestFinished(() => void process.off('unhandledRejection', unhandled))
    const server = await loopbackServer((_, response) => setTimeout(() => response.destroy(), 150))
    await expect(createHttpClient().send(httpRequest(server.url, { timeout: 100 }))).rejects.toMatchObject({
      code: 'timeout',
    })
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(unhandled).not.toHaveBeenCalled()
  })
})

describe('connectionError', () => {
  it('wraps what a runtime throws, and leaves alone what says already what went wrong', () => {
    const cause = new TypeError('fetch failed')
    expect(connectionError(cause)).toMatchObject({ code: 'connection-failed', cause })
    const known = new UpstreamError('timeout', 'too late')
    expect(connectionError(known)).toBe(known)
  })
})

describe('isRedirect', () => {
  it('is true from 300 to 399', () => {
    expect([299, 300, 304, 399, 400].map(isRedirect)).toStrictEqual([false, true, true, true, false])
  })
})
