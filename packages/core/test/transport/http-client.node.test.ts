import { createServer, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createFetchClient } from '../../src/transport/fetch-client.js'
import { createHttpClient as createEdgeClient } from '../../src/transport/http-client.fetch.js'
import type { HttpRequest } from '../../src/transport/http-client.js'
import { createHttpClient as createNodeClient } from '../../src/transport/http-client.node.js'
import { json, loopbackServer } from '../support/loopback-server.js'

const clients = [
  ['on node:http', createNodeClient],
  ['on fetch', createEdgeClient],
] as const

const request = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  url,
  headers: { accept: 'application/json' },
  timeout: 2_000,
  maxBytes: 1_000,
  ...more,
})

describe.each(clients)('the HTTP client %s', (_, createClient) => {
  it('reads status, content type and body', async () => {
    const server = await loopbackServer(json({ a: 1 }, 201))
    const response = await createClient().get(request(server.url))
    expect(response).toMatchObject({ status: 201, contentType: 'application/json' })
    expect(Buffer.from(response.body).toString()).toBe('{"a":1}')
    expect(server.requests[0]).toMatchObject({ method: 'GET', headers: { accept: 'application/json' } })
  })

  it('reads an answer without a body', async () => {
    const server = await loopbackServer((__, response) => response.writeHead(204).end())
    expect((await createClient().get(request(server.url))).body).toHaveLength(0)
  })

  it.each([301, 302, 303, 307, 308])('refuses a redirect with status %i and does not follow it', async (status) => {
    const target = await loopbackServer(json({}))
    const server = await loopbackServer((__, response) => response.writeHead(status, { location: target.url }).end())
    await expect(createClient().get(request(server.url))).rejects.toMatchObject({ code: 'redirect' })
    expect(target.requests).toHaveLength(0)
  })

  it('gives up on headers that do not come', async () => {
    const server = await loopbackServer(() => {})
    await expect(createClient().get(request(server.url, { timeout: 100 }))).rejects.toMatchObject({ code: 'timeout' })
  })

  it('gives up on a body that does not end', async () => {
    const server = await loopbackServer((__, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const drip = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(drip))
    })
    await expect(createClient().get(request(server.url, { timeout: 200 }))).rejects.toMatchObject({ code: 'timeout' })
  })

  it('stops reading at the limit, also where no length was announced', async () => {
    let sent = 0
    const server = await loopbackServer((__, response) => {
      const write = () => {
        sent += 64 * 1024
        if (!response.destroyed && sent < 64 * 1024 * 1024) response.write(Buffer.alloc(64 * 1024), write)
      }
      write()
    })
    await expect(createClient().get(request(server.url))).rejects.toMatchObject({ code: 'too-large' })
    expect(sent).toBeLessThan(32 * 1024 * 1024)
  })

  it('takes a body of exactly the limit', async () => {
    const server = await loopbackServer(json('x'.repeat(1_000)))
    expect((await createClient().get(request(server.url))).body).toHaveLength(1_000)
  })

  it('counts after decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024))
    const server = await loopbackServer((__, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb)
    })
    // Compared by size: a failing comparison of the bodies themselves would print them.
    const result = await createClient()
      .get(request(server.url))
      .then(
        ({ body }) => body.length,
        ({ code }) => code,
      )
    expect(result).toBe('too-large')
  })

  it('reads a compressed answer that nobody asked for', async () => {
    const server = await loopbackServer((__, response) => {
      response.writeHead(200, { 'content-encoding': 'GZIP' }).end(gzipSync('{"a":1}'))
    })
    expect(Buffer.from((await createClient().get(request(server.url))).body).toString()).toBe('{"a":1}')
  })

  it('reports a connection that cannot be made', async () => {
    const server = await loopbackServer(json({}))
    await server.close()
    await expect(createClient().get(request(server.url))).rejects.toMatchObject({ code: 'connection-failed' })
  })

  it('reports a body that breaks off', async () => {
    const server = await loopbackServer((__, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"a":')
      setTimeout(() => response.destroy(), 20)
    })
    await expect(createClient().get(request(server.url))).rejects.toMatchObject({ code: 'connection-failed' })
  })

  it('leaves no connection behind after a refused answer', async () => {
    let open = 0
    const server = await loopbackServer((__, response) => {
      open += 1
      response.on('close', () => (open -= 1))
      response.writeHead(302, { location: '/elsewhere' })
      response.write('a body that never ends')
    })
    await expect(createClient().get(request(server.url))).rejects.toMatchObject({ code: 'redirect' })
    await expect.poll(() => open).toBe(0)
  })

  it('ends what is under way when it is closed, and refuses what comes later', async () => {
    let open = 0
    const server = await loopbackServer((__, response) => {
      open += 1
      response.on('close', () => (open -= 1))
    })
    const client = createClient()
    const pending = client.get(request(server.url, { timeout: 20_000 }))
    await expect.poll(() => open).toBe(1)
    client.close()
    await expect(pending).rejects.toMatchObject({ code: 'closed' })
    await expect.poll(() => open).toBe(0)
    await expect(client.get(request(server.url))).rejects.toMatchObject({ code: 'closed' })
    expect(server.requests).toHaveLength(1)
  })

  it('leaves no unhandled rejection behind after a timeout', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    onTestFinished(() => void process.off('unhandledRejection', unhandled))
    const server = await loopbackServer((__, response) => setTimeout(() => response.destroy(), 150))
    await expect(createClient().get(request(server.url, { timeout: 100 }))).rejects.toMatchObject({ code: 'timeout' })
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(unhandled).not.toHaveBeenCalled()
  })
})

describe('the HTTP client on node:http', () => {
  it('keeps its connection', async () => {
    const server = await loopbackServer(json({}))
    const client = createNodeClient()
    onTestFinished(() => client.close())
    await client.get(request(server.url))
    await client.get(request(server.url))
    const [first, second] = server.requests
    expect(second?.socket).toBe(first?.socket)
  })

  it('tries once more when a kept connection turns out to be closed', async () => {
    const { url, connections } = await serverThatDropsReusedConnections()
    const client = createNodeClient()
    onTestFinished(() => client.close())
    expect((await client.get(request(url))).status).toBe(200)
    expect((await client.get(request(url))).status).toBe(200)
    expect(connections()).toBe(2)
  })

  it('does not try again once it is closed', async () => {
    const { url, connections } = await serverThatDropsReusedConnections('never')
    const client = createNodeClient()
    await client.get(request(url))
    const pending = client.get(request(url, { timeout: 20_000 }))
    await new Promise((resolve) => setTimeout(resolve, 50))
    client.close()
    await expect(pending).rejects.toMatchObject({ code: 'closed' })
    expect(connections()).toBe(1)
  })

  it('does not try again on a fresh connection', async () => {
    let connections = 0
    const server = createServer((socket) => {
      connections += 1
      socket.on('data', () => socket.destroy())
    })
    const url = await listening(server)
    await expect(createNodeClient().get(request(url))).rejects.toMatchObject({ code: 'connection-failed' })
    expect(connections).toBe(1)
  })

  it('refuses an encoding it does not know', async () => {
    const server = await loopbackServer((_, response) => response.writeHead(200, { 'content-encoding': 'br' }).end('x'))
    await expect(createNodeClient().get(request(server.url))).rejects.toMatchObject({ code: 'unexpected-content' })
  })

  it('reports a compressed body that breaks off or is garbage', async () => {
    const compressed = gzipSync(Buffer.from('x'.repeat(500)))
    const server = await loopbackServer((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': String(compressed.length) })
      response.write(compressed.subarray(0, 12))
      setTimeout(() => response.destroy(), 20)
    })
    await expect(createNodeClient().get(request(server.url))).rejects.toMatchObject({ code: 'connection-failed' })
    server.answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip')
    await expect(createNodeClient().get(request(server.url))).rejects.toMatchObject({ code: 'connection-failed' })
  })
})

describe('the HTTP client on a given fetch', () => {
  it('gives up although the fetch ignores its signal', async () => {
    const client = createFetchClient(() => () => new Promise(() => {}))
    await expect(client.get(request('https://a.example', { timeout: 50 }))).rejects.toMatchObject({ code: 'timeout' })
  })

  it('refuses a redirect that the runtime hides', async () => {
    const client = createFetchClient(() => async () => ({
      status: 0,
      type: 'opaqueredirect',
      headers: new Headers(),
      body: null,
    }))
    await expect(client.get(request('https://a.example'))).rejects.toMatchObject({ code: 'redirect' })
  })

  it('refuses a redirect that a wrapped fetch has followed', async () => {
    const client = createFetchClient(() => async () => ({
      status: 200,
      redirected: true,
      headers: new Headers(),
      body: null,
    }))
    await expect(client.get(request('https://a.example'))).rejects.toMatchObject({ code: 'redirect' })
  })

  it('asks with a GET that follows no redirect', async () => {
    const fetch = vi.fn(async () => new Response('{}'))
    await createFetchClient(() => fetch).get(request('https://a.example'))
    expect(fetch).toHaveBeenCalledExactlyOnceWith(
      'https://a.example',
      expect.objectContaining({ method: 'GET', redirect: 'manual', headers: { accept: 'application/json' } }),
    )
  })

  it('reports a fetch that throws', async () => {
    const client = createFetchClient(() => () => Promise.reject(new TypeError('fetch failed')))
    await expect(client.get(request('https://a.example'))).rejects.toMatchObject({ code: 'connection-failed' })
  })
})

async function serverThatDropsReusedConnections(when: 'at once' | 'never' = 'at once') {
  let connections = 0
  const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\n{}'
  const server = createServer((socket: Socket) => {
    connections += 1
    let requests = 0
    socket.on('error', () => {})
    socket.on('data', () => {
      requests += 1
      if (requests === 1) socket.write(answer)
      else if (when === 'at once') socket.destroy()
    })
  })
  return { url: await listening(server), connections: () => connections }
}

async function listening(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}
