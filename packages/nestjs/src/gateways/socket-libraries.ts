import type { ProtectedRequest } from '@tokenward/core'
import { fromNodeRequest, type NodeRequest } from '@tokenward/core/node'
import { withAuthorization } from '../transports/authorization.js'
import type { WireError } from '../transports/wire-error.js'
import type { Client } from './gateway-connections.js'

export type Verified = (
  isVerified: boolean,
  status?: number,
  body?: string,
  headers?: Record<string, string>,
) => unknown
export type VerifyClient = (info: { readonly req: NodeRequest }, done: Verified) => unknown

/** What is used of a server of `ws` and of socket.io, and of a namespace of the latter. */
export interface SocketServer {
  /** Of socket.io: what every connection has to pass. */
  use?(middleware: (socket: SocketIoClient, next: (error?: Error) => void) => void): unknown
  readonly server?: SocketServer
  readonly opts?: { readonly connectionStateRecovery?: { skipMiddlewares?: boolean } }
  /** Of `ws`. */
  readonly options?: { readonly verifyClient?: unknown }
}

export interface SocketIoClient extends Client {
  readonly request: NodeRequest
  readonly handshake: {
    readonly url: string
    readonly headers: NodeRequest['headers']
    readonly auth?: { readonly token?: unknown }
  }
}

export interface ServerOptions {
  readonly path?: unknown
  readonly namespace?: unknown
  readonly verifyClient?: VerifyClient
}

/** The answer that `ws` gives in place of a connection. */
export function httpAnswer({
  statusCode,
  challenge,
  dpop_nonce,
  retryAfter,
  ...body
}: WireError): [status: number, body: string, headers: Record<string, string>] {
  return [
    statusCode,
    JSON.stringify(body),
    {
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'no-store',
      ...(challenge !== undefined && { 'WWW-Authenticate': challenge }),
      ...(dpop_nonce !== undefined && { 'DPoP-Nonce': dpop_nonce }),
      ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
    },
  ]
}

/** The request that opened a connection of socket.io, with the token that its client may have put beside. */
export function requestOfSocketIo({ handshake, request }: SocketIoClient): ProtectedRequest {
  const { auth, url, headers } = handshake
  const token = typeof auth?.token === 'string' ? [`Bearer ${auth.token}`] : []
  return withAuthorization(Object.assign(fromNodeRequest(request), { method: 'GET', url, headers }), token)
}
