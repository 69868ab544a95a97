import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import tls, { type TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'
import type { TestAuthority } from './certificates.js'

/** A server on loopback that asks its clients for a certificate, as RFC 8705 §2 needs it. */
export interface TlsServer {
  readonly url: string
  /** Of each request, in order: the common name of the client's certificate, `undefined` without one that is trusted. */
  readonly clients: readonly (string | undefined)[]
  /** Connections that were opened. */
  readonly connections: number
}

/** Answers like an introspection endpoint that knows its client by the certificate of that common name. */
export async function tlsServer(authority: TestAuthority, clientName: string): Promise<TlsServer> {
  const { certificate: cert, privateKey: key } = await authority.issue('127.0.0.1')
  const clients: (string | undefined)[] = []
  let connections = 0
  const server = createServer(
    { cert, key, ca: authority.certificate, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const socket = request.socket as TLSSocket
      const name = socket.authorized ? socket.getPeerCertificate().subject.CN : undefined
      clients.push(typeof name === 'string' ? name : undefined)
      const [status, body] = name === clientName ? [200, { active: true }] : [401, { error: 'invalid_client' }]
      request.resume().on('end', () => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      })
    },
  )
  server.on('secureConnection', () => (connections += 1))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close().closeAllConnections())
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clients,
    get connections() {
      return connections
    },
  }
}

/** Lets this process trust an authority until the test is over. */
export function trustAuthority({ certificate }: Pick<TestAuthority, 'certificate'>): void {
  const before = tls.getCACertificates('default')
  tls.setDefaultCACertificates([...before, certificate])
  onTestFinished(() => tls.setDefaultCACertificates(before))
}
