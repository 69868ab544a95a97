import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { fixedEndpoint } from '../../src/keys/discovery.js'
import { createIntrospectionClient } from '../../src/tokens/introspection-client.js'
import {
  type ClientAuthentication,
  clientSecretBasic,
  tlsClientAuth,
} from '../../src/transport/client-authentication.js'
import { systemClock } from '../../src/transport/clock.js'
import { createHttpClient } from '../../src/transport/http-client.node.js'
import { testAuthority } from '../support/certificates.js'
import { httpRequest } from '../support/http-request.js'
import { json, loopbackServer } from '../support/loopback-server.js'
import { tlsServer, trustAuthority } from '../support/tls-server.js'

describe('the HTTP client on node:http', () => {
  it('keeps its connection', async () => {
    const server = await loopbackServer(json({}))
    const client = createHttpClient()
    onTestFinished(() => client.close())
    await client.send(httpRequest(server.url))
    await client.send(httpRequest(server.url))
    const [first, second] = server.requests
    expect(second?.socket).toBe(first?.socket)
  })

  it.each([undefined, new URLSearchParams({ token: 't' })])(
    'tries once more when a kept connection turns out to be closed, form: %s',
    async (form) => {
      const { url, connections } = await serverThatDropsReusedConnections()
      const client = createHttpClient()
      onTestFinished(() => client.close())
      expect((await client.send(httpRequest(url, { form }))).status).toBe(200)
      expect((await client.send(httpRequest(url, { form }))).status).toBe(200)
      expect(connections()).toBe(2)
    },
  )

  it('does not try again once it is closed', async () => {
    const { url, connections } = await serverThatDropsReusedConnections('never')
    const client = createHttpClient()
    await client.send(httpRequest(url))
    const pending = client.send(httpRequest(url, { timeout: 20_000 }))
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
    await expect(createHttpClient().send(httpRequest(url))).rejects.toMatchObject({ code: 'connection-failed' })
    expect(connections).toBe(1)
  })

  it('gives a second try the rest of the first deadline and no more', async () => {
    const { url, connections, requests, drop } = await serverThatDropsReusedConnections('when told')
    const client = createHttpClient()
    onTestFinished(() => client.close())
    await client.send(httpRequest(url))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'hrtime'] })
    onTestFinished(() => void vi.useRealTimers())
    const settled = vi.fn()
    const pending = client.send(httpRequest(url, { timeout: 2_000 })).catch((error: unknown) => error)
    void pending.finally(settled)
    await until(() => requests() === 2)
    await vi.advanceTimersByTimeAsync(1_500)
    drop()
    await until(() => requests() === 3)
    await vi.advanceTimersByTimeAsync(499)
    expect(settled).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(settled).toHaveBeenCalledOnce()
    expect(await pending).toMatchObject({ code: 'timeout' })
    expect(connections()).toBe(2)
  })

  it('reads what came while the process stood still', async () => {
    const server = await serverOfItsOwn({ answersAfter: 100 })
    const client = createHttpClient()
    onTestFinished(() => client.close())
    const pending = client.send(httpRequest(server.url, { timeout: 200 }))
    await server.isAsked
    standStill(1_400)
    expect((await pending).status).toBe(200)
  })

  it('takes no time in which the process stood still for a server that is slow', async () => {
    const server = await serverOfItsOwn({ answersAfter: 60_000 })
    const client = createHttpClient()
    onTestFinished(() => client.close())
    const pending = client.send(httpRequest(server.url, { timeout: 200 })).catch((error: unknown) => error)
    await server.isAsked
    standStill(1_400)
    expect(await pending).toMatchObject({ code: 'interrupted' })
    const slow = client.send(httpRequest(server.url, { timeout: 200 }))
    await expect(slow).rejects.toMatchObject({ code: 'timeout' })
  })

  it('closes its idle connections when it is closed', async () => {
    const server = await loopbackServer(json({}))
    const client = createHttpClient()
    await client.send(httpRequest(server.url))
    const socket = server.requests[0]?.socket
    expect(socket?.destroyed).toBe(false)
    client.close()
    await expect.poll(() => socket?.destroyed).toBe(true)
  })

  it('asks for an answer that is not compressed', async () => {
    const server = await loopbackServer(json({}))
    await createHttpClient().send(httpRequest(server.url))
    expect(server.requests[0]?.headers).toMatchObject({ accept: 'application/json', 'accept-encoding': 'identity' })
  })

  it('names the host and the length of what it sends, in bytes', async () => {
    const server = await loopbackServer(json({}))
    const client = createHttpClient()
    onTestFinished(() => client.close())
    const body = { contentType: 'application/json', text: '{"ü":"€"}' }
    await client.send(httpRequest(server.url))
    await client.send(httpRequest(server.url, { body }))
    const { host } = new URL(server.url)
    const [get, post] = server.requests.map(({ headers }) => headers)
    expect(get).toMatchObject({ host })
    expect(get).not.toHaveProperty('content-length')
    expect(post).toMatchObject({ host, 'content-type': 'application/json', 'content-length': '12' })
    expect(post).not.toHaveProperty('transfer-encoding')
  })

  it('sends no header that would end another', async () => {
    const server = await loopbackServer(json({}))
    const client = createHttpClient()
    onTestFinished(() => client.close())
    const headers = { authorization: 'Basic x\r\nx-injected: 1' }
    await expect(client.send(httpRequest(server.url, { headers }))).rejects.toThrow()
    expect(server.requests).toHaveLength(0)
  })

  it.each(['br', 'deflate', 'gzip, gzip', 'unheard-of'])('refuses the encoding %j', async (encoding) => {
    const server = await loopbackServer((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end('{}'),
    )
    await expect(createHttpClient().send(httpRequest(server.url))).rejects.toMatchObject({ code: 'unexpected-content' })
  })

  it('reports a compressed body that breaks off or is garbage', async () => {
    const compressed = gzipSync(Buffer.from('x'.repeat(500)))
    const server = await loopbackServer((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': String(compressed.length) })
      response.write(compressed.subarray(0, 12))
      setTimeout(() => response.destroy(), 20)
    })
    await expect(createHttpClient().send(httpRequest(server.url))).rejects.toMatchObject({ code: 'connection-failed' })
    server.answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip')
    await expect(createHttpClient().send(httpRequest(server.url))).rejects.toMatchObject({ code: 'connection-failed' })
  })
})

describe('a client certificate (RFC 8705 §2)', () => {
  async function setUp() {
    const authority = await testAuthority()
    const server = await tlsServer(authority, 'api')
    const http = createHttpClient()
    onTestFinished(() => http.close())
    const introspectAs = (clientAuthentication: ClientAuthentication) => {
      const endpoint = fixedEndpoint(`${server.url}/introspect`)
      const issuer = 'https://auth.example.com'
      const client = createIntrospectionClient({ http, clock: systemClock, issuer, endpoint, clientAuthentication })
      return client.introspect('token', 5_000)
    }
    const certified = async (commonName: string) =>
      tlsClientAuth({ clientId: 'api', ...(await authority.issue(commonName)) })
    return { authority, server, introspectAs, certified }
  }

  it('is presented in the handshake, and its connection kept', async () => {
    const { authority, server, introspectAs, certified } = await setUp()
    trustAuthority(authority)
    const api = await certified('api')
    for (let i = 0; i < 2; i++) await expect(introspectAs(api)).resolves.toMatchObject({ active: true })
    expect(server).toMatchObject({ clients: ['api', 'api'], connections: 1 })
  })

  it('speaks for calls that present it, and for no others', async () => {
    const { authority, server, introspectAs, certified } = await setUp()
    trustAuthority(authority)
    await introspectAs(await certified('api'))
    for (const other of [clientSecretBasic('api', 'secret'), await certified('other')]) {
      await expect(introspectAs(other)).rejects.toMatchObject({ code: 'client-rejected' })
    }
    expect(server).toMatchObject({ clients: ['api', undefined, 'other'], connections: 3 })
  })

  it('is presented to no server that is not trusted', async () => {
    const { server, introspectAs, certified } = await setUp()
    await expect(introspectAs(await certified('api'))).rejects.toMatchObject({ code: 'connection-failed' })
    expect(server.clients).toStrictEqual([])
  })
})

/** Waits in real time; `expect.poll` would move fake timers on. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

/**
 * Answers the first request of a connection and closes it at the second: at once, when told by `drop()`, which leaves
 * requests on later connections unanswered, or never.
 */
async function serverThatDropsReusedConnections(when: 'at once' | 'when told' | 'never' = 'at once') {
  const sockets: Socket[] = []
  let total = 0
  const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\n{}'
  const server = createServer((socket: Socket) => {
    sockets.push(socket)
    let requests = 0
    socket.on('error', () => {})
    socket.on('data', () => {
      requests += 1
      total += 1
      if (requests === 1 && !(when === 'when told' && sockets.length > 1)) socket.write(answer)
      else if (when === 'at once') socket.destroy()
    })
  })
  return {
    url: await listening(server),
    connections: () => sockets.length,
    requests: () => total,
    drop: () => sockets[0]?.destroy(),
  }
}

async function listening(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

/** A server in a thread of its own, which goes on while this one stands still. */
async function serverOfItsOwn({ answersAfter }: { readonly answersAfter: number }) {
  const code = `const { parentPort } = require('node:worker_threads')
    const server = require('node:http').createServer((_, response) => {
      setTimeout(() => response.end('{}'), ${answersAfter})
      parentPort.postMessage('asked')
    })
    server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))`
  const worker = new Worker(code, { eval: true })
  onTestFinished(async () => void (await worker.terminate()))
  const [port] = (await once(worker, 'message')) as [number]
  return { url: `http://127.0.0.1:${port}`, isAsked: once(worker, 'message') }
}

/** As a process that is frozen, or one whose event loop is at work. */
function standStill(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}
