import http, { type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { DEADLINE_MS, deadlineError, type Sender, type WireRequest, type WireResponse } from './wire-request.js'

/** Speaks HTTP to the app, without the corrections that `fetch` makes: headers and paths arrive as they are given. */
export function httpSender(url: string): Sender {
  const { hostname: named, port, host } = new URL(url)
  const hostname = named.replaceAll(/[[\]]/g, '')
  const agent = new http.Agent({ keepAlive: true })
  return {
    send: (request) => {
      const target = { hostname, port: Number(port === '' ? 80 : port), host }
      return isRefusedByNode(request) ? sendText(request, target) : sendByNode(request, target, agent)
    },
    close: () => agent.destroy(),
  }
}

interface Target {
  readonly hostname: string
  readonly port: number
  readonly host: string
}

function sendByNode(request: WireRequest, { hostname, port, host }: Target, agent: http.Agent): Promise<WireResponse> {
  const { method, path, body = '' } = request
  const length = body === '' && method !== 'POST' ? [] : (['content-length', `${Buffer.byteLength(body)}`] as const)
  const headers = ['host', host, ...length, ...request.headers.flat()]
  return new Promise((resolve, reject) => {
    const sent = http.request({ hostname, port, path, method, headers, agent }, (response) => {
      readAll(response).then(resolve, reject)
    })
    sent.setTimeout(DEADLINE_MS, () => sent.destroy(deadlineError(request)))
    sent.on('error', reject)
    sent.end(body)
  })
}

async function readAll(response: IncomingMessage): Promise<WireResponse> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  const headers = headersFrom(response.rawHeaders)
  return { status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString() }
}

/** Characters that Node's own client will not send, though others will. */
function isRefusedByNode({ headers }: WireRequest): boolean {
  return headers.some(([, value]) => /[^\t\x20-\x7e\x80-\xff]/.test(value))
}

/** Writes the request as it is, and reads until the app ends the connection. */
function sendText(request: WireRequest, { hostname, port, host }: Target): Promise<WireResponse> {
  const lines = [['host', host], ['connection', 'close'], ...request.headers].map(
    ([name, value]) => `${name}: ${value}`,
  )
  const text = [`${request.method} ${request.path} HTTP/1.1`, ...lines, '', request.body ?? ''].join('\r\n')
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(port, hostname, () => socket.write(text, 'latin1'))
    socket.setEncoding('latin1')
    socket.setTimeout(DEADLINE_MS, () => socket.destroy(deadlineError(request)))
    socket.on('data', (chunk) => (answer += String(chunk)))
    socket.on('error', reject)
    socket.on('end', () => resolve(parsed(answer)))
  })
}

/** The body stays as it was sent, chunk sizes included: it is looked through, and not parsed. */
function parsed(answer: string): WireResponse {
  const [head = '', ...body] = answer.split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const headers = lines.flatMap((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  return { status: Number(statusLine.split(' ')[1]), headers: headersFrom(headers), body: body.join('\r\n\r\n') }
}

/** From names and values in turn. */
function headersFrom(raw: readonly string[]): Headers {
  const headers = new Headers()
  for (let i = 0; i + 1 < raw.length; i += 2) headers.append(raw[i] as string, raw[i + 1] as string)
  return headers
}
