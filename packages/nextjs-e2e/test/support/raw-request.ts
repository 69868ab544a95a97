import http from 'node:http'

/** A request as it is written, without the corrections that `fetch` makes to paths. */
export interface RawRequest {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface RawResponse {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

const DEADLINE_MS = 20_000

/** Sends it and follows nowhere. A connection that is cut counts as status 0. */
export function sendRaw(
  origin: string,
  { method = 'GET', path, headers = {}, body }: RawRequest,
): Promise<RawResponse> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const sent = http.request(
      { hostname, port, method, path, headers: { connection: 'close', ...headers } },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (chunk: string) => (text += chunk))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }))
        answer.on('error', () => resolve({ status: 0, headers: {}, body: text }))
      },
    )
    sent.setTimeout(DEADLINE_MS, () => sent.destroy(new Error(`no answer to ${method} ${path}`)))
    sent.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve({ status: 0, headers: {}, body: '' }) : reject(error),
    )
    sent.end(body)
  })
}
