import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A key endpoint on loopback whose behaviour can be changed. */
export interface KeyEndpoint {
  readonly url: string
  /** Requests for keys so far. */
  readonly fetches: number
  /** Answers from now on. */
  answer: RequestListener
  close(): Promise<void>
}

export async function serveKeySet(keySet: () => object): Promise<KeyEndpoint> {
  let fetches = 0
  const server = createServer((request, response) => {
    fetches += 1
    endpoint.answer(request, response)
  })
  server.keepAliveTimeout = 120_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint: KeyEndpoint = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get fetches() {
      return fetches
    },
    answer: answering(keySet),
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
  return endpoint
}

export function answering(keySet: () => object): RequestListener {
  return (_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(keySet()))
  }
}

/** An outage, as a gateway in front of the endpoint shows it. */
export const outage: RequestListener = (_, response) => {
  response.writeHead(503, { 'content-type': 'application/json' }).end('{}')
}
