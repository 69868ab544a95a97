import { createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import https from 'node:https'
import http2 from 'node:http2'
import tls from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fromNodeRequest } from '../../src/requests/node.js'
import type { ProtectedRequest } from '../../src/index.js'
import { authority, partner } from '../support/client-certificates.js'
import { headerValues } from '../../src/vocabulary/protected-request.js'

/** Sends real headers over a real socket and describes what arrived. */
async function received(headers: string[], path = '/orders?a=1'): Promise<ProtectedRequest> {
  return new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      resolve(fromNodeRequest(request))
      response.end()
    })
    onTestFinished(() => void server.close())
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      send({ port, path, method: 'DELETE', headers: ['host', 'localhost', ...headers] })
        .on('error', reject)
        .end()
    })
  })
}

it('keeps method, path, query and headers', async () => {
  expect(await received(['Authorization', 'Bearer a', 'X-Other', 'b'])).toMatchObject({
    method: 'DELETE',
    url: '/orders?a=1',
    headers: { authorization: 'Bearer a', 'x-other': 'b' },
  })
})

it('keeps a second Authorization header, which Node itself drops', async () => {
  const request = await received(['Authorization', 'Bearer a', 'authorization', 'Bearer b'])
  expect(request.headers['authorization']).toBe('Bearer a')
  expect(headerValues(request, 'authorization')).toStrictEqual(['Bearer a', 'Bearer b'])
})

it('takes the URL from before a router cut it', () => {
  expect(fromNodeRequest({ method: 'GET', url: '/', originalUrl: '/orders', headers: {} }).url).toBe('/orders')
})

it('hands on what a router took from the path', () => {
  const params = { id: '7' }
  expect(fromNodeRequest({ headers: {}, params }).params).toBe(params)
  const described = [null, undefined, 'id'].map((none) => fromNodeRequest({ headers: {}, params: none }).params)
  expect(described).toStrictEqual([undefined, undefined, undefined])
})

it('describes a request without raw headers, as test doubles have them', () => {
  const headers = { authorization: 'Bearer a' }
  expect(fromNodeRequest({ headers })).toStrictEqual({
    method: 'GET',
    url: '/',
    headers,
    rawHeaders: undefined,
    remoteAddress: undefined,
    params: undefined,
  })
  expect(fromNodeRequest({ headers, socket: {} }).clientCertificate).toBeUndefined()
})

it('knows who is at the other end of the connection', async () => {
  expect(await received(['X-Forwarded-For', '10.0.0.1'])).toMatchObject({ remoteAddress: '127.0.0.1' })
  expect((await received([])).clientCertificate).toBeUndefined()
})

describe('over TLS', () => {
  type Client = Pick<typeof partner, 'chain' | 'privateKey'>

  /** A server that takes any client, and what each of its requests was described as. */
  async function tlsServer(options: https.ServerOptions = {}) {
    const { certificate: cert, privateKey: key } = await authority.serverCertificate()
    const requests: ProtectedRequest[] = []
    const server = https.createServer(
      { cert, key, ca: authority.certificate, requestCert: true, rejectUnauthorized: false, ...options },
      (request, response) => {
        requests.push(fromNodeRequest(request))
        // Read while the connection is open.
        response.end(String(requests.at(-1)?.clientCertificate?.verified))
      },
    )
    onTestFinished(() => void server.close().closeAllConnections())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    /** As an operator does who has taken certificates back, with the ticket keys that were given, if any. */
    async function revoke(revoked: typeof partner) {
      const crl = await authority.revocationList([revoked])
      server.setSecureContext({ cert, key, ca: authority.certificate, ...options, crl })
    }
    return { port: (server.address() as AddressInfo).port, requests, revoke }
  }

  const shown = (client: Client | undefined) => ({
    host: '127.0.0.1',
    ca: authority.certificate,
    cert: client?.chain,
    key: client?.privateKey,
  })

  async function ask(port: number, client?: Client, agent: https.Agent | false = false): Promise<string> {
    return new Promise((resolve, reject) => {
      https
        .get({ ...shown(client), port, agent }, async (response) => {
          let text = ''
          for await (const chunk of response) text += chunk
          resolve(text)
        })
        .on('error', reject)
    })
  }

  it('has the certificate of the client, and whether it was verified', async () => {
    const { port, requests } = await tlsServer()
    const unverified = await authority.forged.selfSigned()
    expect(await ask(port, partner)).toBe('true')
    expect(requests.at(-1)?.clientCertificate?.pem.trim()).toBe(partner.certificate.trim())
    expect(await ask(port, unverified)).toBe('false')
    expect(requests.at(-1)?.clientCertificate?.pem.trim()).toBe(unverified.certificate.trim())
    expect(await ask(port, await authority.forged.expired())).toBe('false')
    expect(await ask(port)).toBe('undefined')
  })

  it('has one certificate for all requests of a connection, read when it is asked for', async () => {
    const { port, requests } = await tlsServer()
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1 })
    onTestFinished(() => agent.destroy())
    await ask(port, partner, agent)
    await ask(port, partner, agent)
    const [first, second] = requests.map(({ clientCertificate }) => clientCertificate)
    expect(second).toBe(first)
    expect(Object.isFrozen(first)).toBe(true)
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('has it, too, where a session of %s is resumed', async (maxVersion) => {
    const { port, requests } = await tlsServer({ maxVersion })
    const session = await new Promise<Buffer>((resolve, reject) => {
      const socket = tls.connect({ ...shown(partner), port, maxVersion }, () =>
        socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n'),
      )
      socket.on('session', resolve).on('error', reject)
      onTestFinished(() => void socket.destroy())
    })
    const resumed = await new Promise<boolean>((resolve, reject) => {
      const socket = tls.connect({ ...shown(partner), port, maxVersion, session }, () => {
        socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
      })
      socket.on('data', () => resolve(socket.isSessionReused())).on('error', reject)
      onTestFinished(() => void socket.destroy())
    })
    expect(resumed).toBe(true)
    expect(requests.at(-1)?.clientCertificate).toMatchObject({ verified: true })
    expect(requests.at(-1)?.clientCertificate?.pem.trim()).toBe(partner.certificate.trim())
  })

  it.each([
    ['is not let in by its earlier session', {}, 'false'],
    ['is let in by it where the keys of tickets were kept', { ticketKeys: Buffer.alloc(48, 1) }, 'true'],
  ])('a certificate that was revoked %s', async (_, options, verified) => {
    const { port, revoke } = await tlsServer(options)
    const agent = new https.Agent({ maxCachedSessions: 10 })
    onTestFinished(() => agent.destroy())
    expect(await ask(port, partner, agent)).toBe('true')
    await revoke(partner)
    expect(await ask(port, partner, agent)).toBe(verified)
    expect(await ask(port, partner)).toBe('false')
  })

  it('has it with HTTP/2', async () => {
    const { certificate: cert, privateKey: key } = await authority.serverCertificate()
    const requests: ProtectedRequest[] = []
    const server = http2.createSecureServer(
      { cert, key, ca: authority.certificate, requestCert: true },
      (request, response) => {
        requests.push(fromNodeRequest(request))
        response.end(String(requests.at(-1)?.clientCertificate?.verified))
      },
    )
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const session = http2.connect(`https://127.0.0.1:${port}`, shown(partner))
    onTestFinished(() => void session.destroy())
    const stream = session.request({ ':path': '/' })
    let text = ''
    for await (const chunk of stream) text += chunk
    expect(text).toBe('true')
    expect(requests[0]).toMatchObject({ remoteAddress: '127.0.0.1' })
    expect(requests[0]?.clientCertificate?.pem.trim()).toBe(partner.certificate.trim())
  })
})
