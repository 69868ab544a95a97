import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A real HTTP server on a loopback port that lives as long as the test. */
export interface LoopbackServer {
  readonly url: string
  /** Requests received, in order. */
  readonly requests: readonly IncomingMessage[]
  /** Answers from now on. */
  answer: RequestListener
  close(): Promise<void>
}

export async function loopbackServer(answer: RequestListener): Promise<LoopbackServer> {
  const requests: IncomingMessage[] = []
  const current = { answer }
  const server = createServer((request, response) => {
    requests.push(request)
    current.answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  onTestFinished(close)
  return Object.assign(current, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close,
  })
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): RequestListener {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
}

/** Answers by path, 404 for the rest. Documents may hold the server's own address. */
export async function routedServer(
  routes: (url: string) => Record<string, Parameters<typeof json>>,
): Promise<LoopbackServer> {
  const server = await loopbackServer((request, response) => {
    const answer = routes(server.url)[request.url ?? '']
    json(...(answer ?? ['nothing here', 404, { 'content-type': 'text/plain' }]))(request, response)
  })
  return server
}

/** What was asked for, in order. */
export function pathsAskedFor({ requests }: Pick<LoopbackServer, 'requests'>): readonly (string | undefined)[] {
  return requests.map(({ url }) => url)
}
