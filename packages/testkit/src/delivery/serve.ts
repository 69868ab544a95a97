import http, { type IncomingMessage, type RequestListener } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { type CertificateAuthority, certificateAuthority } from '../certificates/certificate-authority.js'
import { type FakeRequest, type FakeResponse, type FakeServer, nothingThere } from '../endpoints/fake-server.js'
import { refuseUnknown } from '../known-names.js'
import { closeable } from './closeable.js'

/** How a fake is served. */
export interface ServeOptions {
  /** Over TLS, with a certificate of a throw-away authority. Default `false`. */
  readonly https?: boolean
}

/** A fake on a loopback port. */
export interface ServedFake {
  /** Its origin, such as `http://127.0.0.1:<port>`: give it to the library under test in place of the public addresses. */
  readonly url: string
  /**
   * With `https`, the certificate that must be trusted, PEM: the option `ca` of Node's TLS, or a file for
   * `NODE_EXTRA_CA_CERTS`. Without, `undefined`.
   */
  readonly certificateAuthority: string | undefined
  /** Frees the port; connections are cut. Calling it again does nothing. */
  close(): Promise<void>
  /** As `close()`, at the end of a block: `await using door = await pool.serve()`. */
  [Symbol.asyncDispose](): Promise<void>
  /** The same for `using`: nobody is answered any more, and the port is free a moment later. */
  [Symbol.dispose](): void
}

/** Checked before anything is opened. */
export function checkServeOptions(maker: string, options: ServeOptions): void {
  refuseUnknown(maker, 'serve', options, ['https'])
  if (options.https !== undefined && typeof options.https !== 'boolean') {
    throw new TypeError(`${maker}: serve takes https as true or false`)
  }
}

export async function serve(fake: FakeServer, options: ServeOptions = {}): Promise<ServedFake> {
  const listener: RequestListener = (request, response) => {
    answerTo(request, fake).then(
      (answer) => {
        response.writeHead(answer.status, { ...answer.headers })
        response.end(answer.body)
      },
      // Told to drop it; or the client went away within its own request.
      () => request.socket.destroy(),
    )
  }
  const authority = options.https === true ? await certificateAuthority() : undefined
  const server = authority === undefined ? http.createServer(listener) : await secureServer(listener, authority)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const close = () =>
    new Promise<void>((resolve) => {
      // Its only error is that the server is not running.
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return {
    url: `${authority === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    certificateAuthority: authority?.certificate,
    ...closeable(close),
  }
}

async function secureServer(listener: RequestListener, authority: CertificateAuthority) {
  const { certificate: cert, privateKey: key } = await authority.serverCertificate()
  return https.createServer({ cert, key }, listener)
}

async function answerTo(incoming: IncomingMessage, fake: FakeServer): Promise<FakeResponse> {
  const { method = 'GET' } = incoming
  // Not resolved against the base: `//` would be taken for a host.
  const url = `${originOf(incoming)}${incoming.url ?? '/'}`
  if (!URL.canParse(url)) return nothingThere(fake.kind, method, url)
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks).toString()
  const answer = await fake.answer({ method, url: new URL(url), headers: headersOf(incoming), body })
  return answer ?? nothingThere(fake.kind, method, url)
}

/** Not the `Host` header, which is whatever the client says. */
function originOf({ socket }: IncomingMessage): string {
  return `${'encrypted' in socket ? 'https' : 'http'}://${socket.localAddress}:${socket.localPort}`
}

function headersOf({ headersDistinct }: IncomingMessage): FakeRequest['headers'] {
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value)
  }
  return headers
}
