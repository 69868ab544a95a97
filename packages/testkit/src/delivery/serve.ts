import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FakeRequest, FakeResponse, FakeServer } from '../endpoints/fake-server.js'

/** A fake on a loopback port. */
export interface ServedFake {
  /** Its origin, `http://127.0.0.1:<port>`: give it to the library under test in place of the public addresses. */
  readonly url: string
  /** Frees the port; connections are cut. Calling it again does nothing. */
  close(): Promise<void>
}

export async function serve(fake: Pick<FakeServer, 'answer'>): Promise<ServedFake> {
  const server = createServer((request, response) => {
    answerTo(request, fake).then(
      (answer) => {
        response.writeHead(answer?.status ?? 404, { ...answer?.headers })
        response.end(answer?.body)
      },
      // Told to drop it; or the client went away within its own request.
      () => request.socket.destroy(),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        // Its only error is that the server is not running.
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answerTo(
  incoming: IncomingMessage,
  fake: Pick<FakeServer, 'answer'>,
): Promise<FakeResponse | undefined> {
  // Not resolved against the base: `//` would be taken for a host.
  const url = `http://${localAddressOf(incoming)}${incoming.url ?? '/'}`
  if (!URL.canParse(url)) return undefined
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks).toString()
  return fake.answer({ method: incoming.method ?? 'GET', url: new URL(url), headers: headersOf(incoming), body })
}

/** Not the `Host` header, which is whatever the client says. */
function localAddressOf({ socket }: IncomingMessage): string {
  return `${socket.localAddress}:${socket.localPort}`
}

function headersOf({ headersDistinct }: IncomingMessage): FakeRequest['headers'] {
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value)
  }
  return headers
}
