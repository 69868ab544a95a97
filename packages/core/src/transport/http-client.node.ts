// Node's clients are loaded with the first call, and called as members at call time: interceptors such as msw replace the
// members (docs/decisions/http-transport.md).
import type http from 'node:http'
import type https from 'node:https'
import type { Readable } from 'node:stream'
import { urlToHttpOptions } from 'node:url'
import { UpstreamError } from '../outcomes/errors.js'
import { BoundedCache } from './bounded-cache.js'
import type { TlsClientCertificate } from './client-authentication.js'
import { systemClock } from './clock.js'
import {
  bodyOf,
  closedError,
  connectionError,
  headersOf,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
  interruptedError,
  isRedirect,
  redirectError,
  stoodStill,
  timeoutError,
  tooLargeError,
} from './http-client.js'
import { OpenCalls } from './open-calls.js'

/** Key sets, metadata and endpoints of a few issuers. */
const MAX_TARGETS = 64

/** Keep-alive client of Node, which takes less CPU for each call than the built-in `fetch`. */
export function createHttpClient(): HttpClient {
  const connections: Connections = {
    agents: new Map(),
    targets: new BoundedCache(MAX_TARGETS),
    open: new OpenCalls(),
    closed: false,
  }
  return {
    async send(request) {
      if (connections.closed) throw closedError()
      const deadline = systemClock.monotonic() + request.timeout
      try {
        return await exchange(request, connections, deadline)
      } catch (error) {
        if (!(error instanceof StaleConnection)) throw connectionError(error)
      }
      if (connections.closed) throw closedError()
      // The server closed an idle connection just as it was reused: nothing was lost, and a fresh one is worth a try.
      return exchange(request, connections, deadline).catch((error: unknown) => {
        throw connectionError(error)
      })
    },
    close() {
      connections.closed = true
      connections.open.endAll(closedError)
      for (const agent of connections.agents.values()) agent.destroy()
    },
  }
}

interface Connections {
  /** Connections that were opened with a client certificate serve calls with the same one only. */
  readonly agents: Map<'http:' | 'https:' | TlsClientCertificate, http.Agent>
  /** Addresses as the platform wants them. */
  readonly targets: BoundedCache<string, Target>
  /** The exchanges under way. */
  readonly open: OpenCalls
  closed: boolean
}

interface Target extends Pick<https.RequestOptions, 'protocol' | 'hostname' | 'port' | 'path'> {
  /** As the header names it. */
  readonly host: string
}

class StaleConnection extends Error {}

function exchange(request: HttpRequest, connections: Connections, deadline: number): Promise<HttpResponse> {
  const { open } = connections
  return new Promise((resolve, reject) => {
    const { host, ...target } = targetOf(request.url, connections)
    const secure = target.protocol === 'https:'
    const body = bodyOf(request)
    const outgoing = (secure ? httpsOfNode() : httpOfNode()).request({
      ...target,
      method: body === undefined ? 'GET' : 'POST',
      agent: agentFor(request, secure, connections),
      headers: rawHeadersOf(request, host, body),
    })
    const timer = setTimeout(expire, Math.max(0, deadline - systemClock.monotonic()))
    const leave = open.add(fail)
    let settled = false

    /** What came while the process stood still is read before it is given up: timers run before sockets do. */
    function expire(): void {
      if (!stoodStill(deadline)) return fail(timeoutError(request.timeout))
      setImmediate(() => {
        if (!settled) fail(interruptedError())
      })
    }

    function settle(): void {
      settled = true
      clearTimeout(timer)
      leave()
    }

    function fail(error: Error): void {
      settle()
      reject(error)
      outgoing.destroy()
    }

    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const dropped = error.code === 'ECONNRESET' || error.code === 'EPIPE'
      fail(dropped && outgoing.reusedSocket ? new StaleConnection() : connectionError(error))
    })
    outgoing.on('response', (incoming) => {
      const status = incoming.statusCode ?? 0
      const header = (name: string) => incoming.headers[name]?.toString()
      incoming.on('error', (error) => fail(connectionError(error)))
      if (isRedirect(status)) return fail(redirectError(status))
      const content = decoded(incoming)
      if (content === undefined) {
        return fail(new UpstreamError('unexpected-content', 'The answer has an unknown content encoding'))
      }
      readBody(content, request.maxBytes, fail, (answer) => {
        settle()
        resolve({ status, contentType: header('content-type'), header, body: answer })
      })
    })
    outgoing.end(body?.text)
  })
}

/** Names and values in turn, which Node writes as they are: an object it would first copy, name by name. */
function rawHeadersOf(request: HttpRequest, host: string, body: ReturnType<typeof bodyOf>): readonly string[] {
  const raw = ['host', host, 'accept-encoding', 'identity']
  const headers = headersOf(request, body)
  for (const name of Object.keys(headers)) raw.push(name, headers[name] as string)
  if (body !== undefined) raw.push('content-length', String(Buffer.byteLength(body.text)))
  return raw
}

/** Taken apart once: a server is asked at the same few addresses again and again. */
function targetOf(url: string, { targets }: Connections): Target {
  let target = targets.get(url)
  if (target === undefined) {
    // With its class, or with more members than are read, the address would be copied slowly for each call.
    const address = new URL(url)
    const { protocol, hostname, port, path } = urlToHttpOptions(address)
    targets.set(url, (target = { protocol, hostname, port, path, host: address.host }))
  }
  return target
}

function agentFor({ certificate }: HttpRequest, secure: boolean, { agents }: Connections): http.Agent {
  const kind = secure ? (certificate ?? 'https:') : 'http:'
  let agent = agents.get(kind)
  if (agent === undefined) {
    const identity = certificate && { cert: certificate.certificate, key: certificate.privateKey }
    agent = new (secure ? httpsOfNode() : httpOfNode()).Agent({ keepAlive: true, ...(secure && identity) })
    agents.set(kind, agent)
  }
  return agent
}

/** They take as long to load as all of core, and whose keys are at hand may never need them. */
const httpOfNode = () => process.getBuiltinModule('node:http')
const httpsOfNode = () => process.getBuiltinModule('node:https')

/** Some servers compress although asked not to. */
function decoded(incoming: http.IncomingMessage): Readable | undefined {
  const encoding = incoming.headers['content-encoding']?.toLowerCase() ?? 'identity'
  if (encoding === 'identity') return incoming
  if (encoding !== 'gzip' && encoding !== 'x-gzip') return undefined
  const gunzip = process.getBuiltinModule('node:zlib').createGunzip()
  incoming.on('close', () => {
    if (!incoming.complete) gunzip.destroy(connectionError(new Error('The answer broke off')))
  })
  return incoming.pipe(gunzip)
}

function readBody(
  content: Readable,
  maxBytes: number,
  fail: (error: Error) => void,
  succeed: (body: Uint8Array) => void,
): void {
  const chunks: Buffer[] = []
  let size = 0
  let settled = false
  const failOnce = (error: () => Error) => {
    if (settled) return
    settled = true
    fail(error())
  }
  content.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > maxBytes) {
      content.destroy()
      failOnce(() => tooLargeError(maxBytes))
    } else {
      chunks.push(chunk)
    }
  })
  content.on('end', () => {
    if (settled) return
    settled = true
    succeed(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks))
  })
  content.on('error', (error) => failOnce(() => connectionError(error)))
  // Every stream closes in the end; an error, and the stack it takes, is made only where that was too soon.
  content.on('close', () => failOnce(() => connectionError(new Error('The answer broke off'))))
}
