import type { ClientCertificate, PathParameters, ProtectedRequest } from '../vocabulary/protected-request.js'

export { metadataMiddleware } from './metadata-middleware.js'
export type { MetadataMiddleware, MetadataRequest, MetadataWriter, ServedMetadata } from './metadata-middleware.js'
export { certificateChain } from './certificate-chain.node.js'
export type { CertificateChainOptions } from './certificate-chain.node.js'

/** The part of Node's `IncomingMessage` that is read. Express and Fastify's `request.raw` are one. */
export interface NodeRequest {
  /** HTTP method. Default `'GET'`. */
  readonly method?: string | undefined
  /** Path and query. Default `'/'`. */
  readonly url?: string | undefined
  /** The URL before a router took its prefix off (Express). */
  readonly originalUrl?: string | undefined
  /** Names in lower case, as Node writes them. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Names and values in turn, as they came. */
  readonly rawHeaders?: readonly string[] | undefined
  /** The connection it came over. */
  readonly socket?: NodeSocket | undefined
  /** What a router took from the path (Express), for the functions of a policy. */
  readonly params?: unknown
}

/** The part of Node's `Socket` and `TLSSocket` that is read. */
export interface NodeSocket {
  /** Address of the other end. */
  readonly remoteAddress?: string | undefined
  /** TLS: whether the client's certificate was verified against the option `ca` of the server. */
  readonly authorized?: boolean | undefined
  /** TLS: the client's certificate, whose text is PEM. */
  getPeerX509Certificate?(): { toString(): string } | undefined
}

/**
 * Describes a Node request by what is read of it, under the URL before any router cut it. The client's certificate is read
 * where a token demands it, and once for each connection.
 */
export function fromNodeRequest(request: NodeRequest): ProtectedRequest {
  const { socket } = request
  const described = {
    method: request.method ?? 'GET',
    url: request.originalUrl ?? request.url ?? '/',
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    remoteAddress: socket?.remoteAddress,
    params: isObject(request.params) ? (request.params as PathParameters) : undefined,
  }
  if (socket?.getPeerX509Certificate === undefined) return described
  return {
    ...described,
    get clientCertificate() {
      return certificateOf(socket)
    },
  }
}

/** Of connections: a client shows its certificate when one begins, and cannot show another (OpenSSL 3, TLS 1.3). */
const certificates = new WeakMap<NodeSocket, ClientCertificate>()

function certificateOf(socket: NodeSocket): ClientCertificate | undefined {
  const known = certificates.get(socket)
  if (known !== undefined) return known
  const pem = socket.getPeerX509Certificate?.()?.toString()
  if (pem === undefined) return undefined
  const certificate = Object.freeze({ pem, verified: socket.authorized === true })
  certificates.set(socket, certificate)
  return certificate
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
