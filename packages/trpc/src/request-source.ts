import type { AnyRequest, ProtectedRequest, WebRequest } from '@tokenward/core'
import { type AwsHttpEvent, fromAwsEvent } from '@tokenward/core/aws'
import { fromNodeRequest, type NodeRequest } from '@tokenward/core/node'

/**
 * What `createContext` is given, by any adapter of tRPC: `{ req }` of the fetch adapter (Next.js App Router, Cloudflare),
 * the standalone server, Express, Fastify and WebSocket, `{ event }` of AWS Lambda. Pass it on as it is.
 */
export type RequestSource =
  | { readonly req: WebRequest | ProtectedRequest | NodeRequest | WrappedRequest; readonly info?: CallInfo | undefined }
  | { readonly event: AwsHttpEvent; readonly info?: CallInfo | undefined }

/** Fastify's wrapper around the request of Node. */
export interface WrappedRequest {
  /** The request of Node. */
  readonly raw: NodeRequest
}

/** The part that is read of the `info` tRPC gives to `createContext`. */
export interface CallInfo {
  /** What a client sent beside its calls: in the URL over HTTP, in the first message of a WebSocket. */
  readonly connectionParams: Readonly<Record<string, string | undefined>> | null
  /** Of a batch, that of all calls. */
  readonly type: 'query' | 'mutation' | 'subscription' | 'unknown'
  /** `null` on a WebSocket, whose calls have none. */
  readonly url: object | null
}

/** Where a token may stand in `connectionParams`, besides the `Authorization` header. */
export type TokenInConnectionParams = 'websocket' | 'websocket-and-sse' | 'nowhere'

/** One HTTP request with all its calls, rather than a connection on which calls come one after the other. */
export function isHttpRequest({ info }: RequestSource): boolean {
  return info !== undefined && info.url !== null
}

/** Describes a request, a token from `connectionParams` included where it may stand there. */
export function requestOf(source: RequestSource, accepted: TokenInConnectionParams): AnyRequest {
  const request = 'event' in source ? fromAwsEvent(source.event) : describe(source.req)
  const given = Object.entries(source.info?.connectionParams ?? {})
    .filter(([name]) => name.toLowerCase() === 'authorization')
    .flatMap(([, value]) => value ?? [])
  if (given.length === 0) return request
  // Out of place and alone it counts for nothing; beside a header it is a second way to send a token (RFC 6750 §2).
  if (!mayStandThere(source, accepted) && authorizationOf(request).length === 0) return request
  return withAuthorization(request, given)
}

function mayStandThere(source: RequestSource, accepted: TokenInConnectionParams): boolean {
  if (!isHttpRequest(source)) return accepted !== 'nowhere'
  return accepted === 'websocket-and-sse' && source.info?.type === 'subscription'
}

function describe(request: WebRequest | ProtectedRequest | NodeRequest | WrappedRequest): AnyRequest {
  if ('raw' in request && typeof request.raw?.headers === 'object') return fromNodeRequest(request.raw)
  const { headers } = request as WebRequest
  if (typeof headers?.get === 'function') return request as WebRequest
  // What is described already says itself what it knows of its connection.
  return isOfNode(request) ? fromNodeRequest(request) : (request as ProtectedRequest)
}

function isOfNode(request: object): request is NodeRequest {
  return 'socket' in request || 'originalUrl' in request
}

function authorizationOf({ headers }: AnyRequest): readonly string[] {
  if (isWebHeaders(headers)) return [headers.get('authorization') ?? []].flat()
  return Object.entries(headers)
    .filter(([name]) => name.toLowerCase() === 'authorization')
    .flatMap(([, value]) => value ?? [])
}

function withAuthorization(request: AnyRequest, more: readonly string[]): AnyRequest {
  const authorization = [...authorizationOf(request), ...more]
  const { method, url, headers, params, remoteAddress, deliveredBy } = request
  if (isWebHeaders(headers)) {
    // As a `Headers` object joins what came repeatedly.
    const get = (name: string) =>
      name.toLowerCase() === 'authorization' ? authorization.join(', ') : headers.get(name)
    return {
      method,
      url,
      params,
      remoteAddress,
      deliveredBy,
      headers: { get },
      // Read where a token demands it.
      get clientCertificate() {
        return request.clientCertificate
      },
    }
  }
  const others = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization')
  return { ...(request as ProtectedRequest), headers: { ...Object.fromEntries(others), authorization } }
}

function isWebHeaders(headers: AnyRequest['headers']): headers is WebRequest['headers'] {
  return typeof headers.get === 'function'
}
