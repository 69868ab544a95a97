import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Endpoints } from '../cognito/endpoints.js'

/** The fake on a loopback port. */
export interface ServedPool {
  /** Give it to the library under test as the Cognito endpoint: `http://127.0.0.1:<port>`. */
  readonly url: string
  /** Frees the port; connections are cut. Calling it again does nothing. */
  close(): Promise<void>
}

export async function serve(endpoints: Endpoints): Promise<ServedPool> {
  const server = createServer((request, response) => {
    // Not resolved against the base: `//` would be taken for a host.
    const url = `http://127.0.0.1${request.url ?? '/'}`
    const answer = URL.canParse(url) ? endpoints.answer(request.method ?? 'GET', new URL(url)) : undefined
    response.writeHead(answer?.status ?? 404, { ...answer?.headers })
    response.end(answer?.body)
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
