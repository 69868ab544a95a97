import { type ExecutionContext, HttpException } from '@nestjs/common'
import { ConfigurationError, type Denied, type ProtectedRequest } from '@tokenward/core'
import { fromNodeRequest, type NodeRequest } from '@tokenward/core/node'

/** What an adapter of HTTP does for us; both of Nest's have it. */
export type SetHeader = (response: unknown, name: string, value: string) => unknown

/** How one kind of handler is called, and how it is told that it must not be. */
export interface Transport {
  /** An object that belongs to this one request, operation or connection. */
  keyOf(context: ExecutionContext): object
  /** What the credentials came in, where that is another object. One key must never stand for two of them. */
  sourceOf?(context: ExecutionContext): object
  /** Describes it for core. Its `Authorization` header holds every token that was presented. */
  requestOf(context: ExecutionContext): ProtectedRequest
  /** Whether more may follow on the same credentials later, which then have to be decided anew. */
  staysOpen(context: ExecutionContext): boolean
  /** The exception of that transport. It says what the client is told, and nothing for the operator. */
  exceptionFor(denied: Denied, context: ExecutionContext, setHeader: SetHeader): Error | Promise<Error>
}

/** An answer as clients without status and headers get it. */
export interface WireError {
  /** The status a client of HTTP would get. */
  readonly statusCode: number
  /** The code of RFC 6750; without credentials there is none. */
  readonly error?: string
  /** The text of the challenge. */
  readonly error_description: string
  /** The challenge, as the `WWW-Authenticate` header would hold it. */
  readonly challenge?: string
  /** Seconds after which to try again, where the token could not be checked. */
  readonly retryAfter?: number
}

export function wireErrorOf({ status, headers, body }: Denied): WireError {
  return {
    statusCode: status,
    ...body,
    ...('WWW-Authenticate' in headers && { challenge: headers['WWW-Authenticate'] }),
    ...('Retry-After' in headers && { retryAfter: Number(headers['Retry-After']) }),
  }
}

const http: Transport = {
  keyOf: (context) => context.switchToHttp().getRequest<object>(),
  requestOf: (context) => fromNodeRequest(nodeRequestOf(context.switchToHttp().getRequest<object>())),
  staysOpen: () => false,
  /** The default exception filter keeps headers that are set before it runs, on Express and on Fastify. */
  exceptionFor({ status, headers, body }, context, setHeader) {
    const response = context.switchToHttp().getResponse<unknown>()
    for (const [name, value] of Object.entries(headers)) setHeader(response, name, value)
    return Object.assign(new HttpException({ ...body }, status), { message: body.error_description })
  },
}

/** The context in which a guard decides whether a connection to a gateway may be opened. */
export interface OpeningContext extends ExecutionContext {
  /** What opens it. */
  readonly opening: ProtectedRequest
  /** Whether opening it has to be allowed. Messages may demand something even where it has not. */
  readonly isGuarded: boolean
}

export function isOpening(context: ExecutionContext): context is OpeningContext {
  return 'opening' in context
}

const webSocket: Transport = {
  keyOf: (context) => context.switchToWs().getClient<object>(),
  requestOf(context) {
    if (isOpening(context)) return context.opening
    throw new ConfigurationError(
      'TokenwardGuard',
      'has not seen the connection that this message came on: TokenwardModule must be imported by the application of the gateway',
    )
  },
  staysOpen: () => true,
  async exceptionFor(denied) {
    const { WsException } = await import('@nestjs/websockets').catch(() => missing('@nestjs/websockets'))
    return new WsException(eventOf(denied))
  },
}

const rpc: Transport = {
  keyOf: (context) => context.switchToRpc().getContext<object>(),
  /** Messages have no header that all brokers share: `extractToken` says where the token is. */
  requestOf: () => ({ method: 'POST', url: '/', headers: {} }),
  staysOpen: () => false,
  async exceptionFor(denied) {
    const { RpcException } = await import('@nestjs/microservices').catch(() => missing('@nestjs/microservices'))
    return new RpcException(eventOf(denied))
  },
}

/** What GraphQL drivers put into the context of an operation. */
interface GraphqlContext {
  readonly req?: GraphqlRequest
  readonly request?: GraphqlRequest
  readonly res?: unknown
  readonly reply?: { readonly request?: GraphqlRequest; readonly header?: unknown }
  /** What graphql-ws, and what Mercurius, received when the connection was opened. */
  readonly connectionParams?: unknown
  readonly _connectionInit?: unknown
}

interface GraphqlRequest {
  readonly res?: unknown
  /** Of graphql-ws, whose context stands where the request does. */
  readonly extra?: { readonly request?: object }
  readonly connectionParams?: unknown
}

const graphqlCodes = { 400: 'BAD_REQUEST', 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 503: 'SERVICE_UNAVAILABLE' }

const graphql: Transport = {
  keyOf: (context) => context.getArgByIndex<object>(2),
  sourceOf: (context) => graphqlRequestOf(context.getArgByIndex<GraphqlContext>(2)),
  requestOf(context) {
    const operation = context.getArgByIndex<GraphqlContext>(2)
    const request = graphqlRequestOf(operation)
    const described = fromNodeRequest(nodeRequestOf(request.extra?.request ?? request))
    const params = request.connectionParams ?? operation.connectionParams ?? operation._connectionInit
    return withAuthorization(described, authorizationsIn(params))
  },
  staysOpen: (context) => operationOf(context) === 'subscription',
  async exceptionFor(denied, context, setHeader) {
    const { GraphQLError } = await import('graphql').catch(() => missing('graphql'))
    const { reply, req, res } = context.getArgByIndex<GraphqlContext>(2)
    const response = typeof reply?.header === 'function' ? reply : (res ?? req?.res)
    if (response !== undefined) {
      for (const [name, value] of Object.entries(denied.headers)) setHeader(response, name, value)
    }
    const extensions = { code: graphqlCodes[denied.status], ...wireErrorOf(denied) }
    return new GraphQLError(denied.body.error_description, { extensions })
  },
}

const transports: Readonly<Record<string, Transport>> = { http, graphql, ws: webSocket, rpc }

export function transportOf(context: ExecutionContext): Transport {
  const type = context.getType<string>()
  if (!Object.hasOwn(transports, type)) {
    throw new ConfigurationError(
      'TokenwardGuard',
      `guards handlers of HTTP, GraphQL, WebSockets and microservices; mark others (here "${type}") @Public() and guard them yourself`,
    )
  }
  return transports[type] as Transport
}

/** Which kind of GraphQL operation runs: its fields are resolved for each event of a subscription. */
export function operationOf(context: ExecutionContext): string | undefined {
  return context.getArgByIndex<{ operation?: { operation?: string } } | undefined>(3)?.operation?.operation
}

/** The shape Nest's own filters give to errors of messages, and the answer. */
export function eventOf(denied: Denied): WireError & { readonly status: 'error'; readonly message: string } {
  return { status: 'error', message: denied.body.error_description, ...wireErrorOf(denied) }
}

/** Adds what was presented beside the headers. Two different ones are two, and core refuses that. */
export function withAuthorization(request: ProtectedRequest, presented: readonly string[]): ProtectedRequest {
  if (presented.length === 0) return request
  const given = Object.entries(request.headers).flatMap(([name, value]) => (isAuthorization(name) ? (value ?? []) : []))
  const authorization = [...new Set([...given, ...presented])]
  return { ...request, headers: { ...withoutAuthorization(request.headers), authorization } }
}

/** The same request with one token, whatever else it carried: whoever says where the token is has said it. */
export function withToken({ method, url, headers }: ProtectedRequest, token: string): ProtectedRequest {
  const path = url.split('?', 1)[0] as string
  return { method, url: path, headers: { ...withoutAuthorization(headers), authorization: `Bearer ${token}` } }
}

function withoutAuthorization(headers: ProtectedRequest['headers']): ProtectedRequest['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isAuthorization(name)))
}

/** Every member of that name, in any case; some clients nest what they would have sent as headers. */
function authorizationsIn(params: unknown): readonly string[] {
  if (typeof params !== 'object' || params === null) return []
  const { headers } = params as { headers?: unknown }
  const named = Object.entries(typeof headers === 'object' && headers !== null ? { ...params, ...headers } : params)
  return named.flatMap(([name, value]) => (isAuthorization(name) && typeof value === 'string' ? [value] : []))
}

function isAuthorization(name: string): boolean {
  return name.toLowerCase() === 'authorization'
}

/** Mercurius writes `reply` anew for each request; `req` is whatever the application made it. */
function graphqlRequestOf({ reply, req, request }: GraphqlContext): GraphqlRequest {
  const found = reply?.request ?? req ?? request
  if (typeof found !== 'object' || found === null) {
    throw new ConfigurationError(
      'TokenwardGuard',
      'finds no request in the GraphQL context; let the context function return it as req',
    )
  }
  return found
}

/** Fastify wraps Node's request; Express extends it, and middleware may have put other things into `raw`. */
function nodeRequestOf(request: object): NodeRequest {
  const { raw } = request as { raw?: { headers?: unknown } }
  return (typeof raw?.headers === 'object' ? raw : request) as NodeRequest
}

function missing(name: string): never {
  throw new ConfigurationError('TokenwardGuard', `needs ${name} for handlers of that kind; install it`)
}
