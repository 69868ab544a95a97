import type { ExecutionContext } from '@nestjs/common'
import { ConfigurationError } from '@tokenward/core'
import { fromNodeRequest } from '@tokenward/core/node'
import { isAuthorization, withAuthorization } from './authorization.js'
import { asDenial } from './graphql-denial.js'
import { nodeRequestOf } from './http.js'
import { missing, paramsIn, type Transport } from './transport.js'
import { wireErrorOf } from './wire-error.js'

/** Where Mercurius keeps what a connection was opened with. */
const MERCURIUS_INIT = '_connectionInit'

/** What GraphQL drivers put into the context of an operation. */
interface GraphqlContext {
  readonly req?: GraphqlRequest
  readonly request?: GraphqlRequest
  readonly res?: unknown
  readonly reply?: { readonly request?: GraphqlRequest; readonly header?: unknown }
  /** What graphql-ws, and what Mercurius, received when the connection was opened. */
  readonly connectionParams?: unknown
  readonly [MERCURIUS_INIT]?: unknown
}

interface GraphqlRequest {
  readonly res?: unknown
  /** Of graphql-ws, whose context stands where the request does. */
  readonly extra?: { readonly request?: object }
  readonly connectionParams?: unknown
}

const graphqlCodes = { 400: 'BAD_REQUEST', 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 503: 'SERVICE_UNAVAILABLE' }

/** Queries, mutations, subscriptions and fields, with Apollo and Mercurius. */
export const graphql: Transport = {
  keyOf: (context) => context.getArgByIndex<object>(2),
  sourceOf: (context) => graphqlRequestOf(context.getArgByIndex<GraphqlContext>(2)),
  requestOf(context) {
    const operation = context.getArgByIndex<GraphqlContext>(2)
    const request = graphqlRequestOf(operation)
    const described = fromNodeRequest(nodeRequestOf(request.extra?.request ?? request))
    const params = request.connectionParams ?? operation.connectionParams ?? operation[MERCURIUS_INIT]
    return withAuthorization(described, authorizationsIn(params))
  },
  paramsOf: (context) => paramsIn(context.getArgByIndex(1)),
  staysOpen: (context) => operationOf(context) === 'subscription',
  responseOf(context) {
    const { reply, req, res } = context.getArgByIndex<GraphqlContext>(2)
    return typeof reply?.header === 'function' ? reply : (res ?? req?.res)
  },
  async exceptionFor(denied) {
    const { GraphQLError } = await import('graphql').catch(() => missing('graphql'))
    const extensions = { code: graphqlCodes[denied.status], ...wireErrorOf(denied) }
    return asDenial(new GraphQLError(denied.body.error_description, { extensions }))
  },
}

/** Which kind of GraphQL operation runs: its fields are resolved for each event of a subscription. */
export function operationOf(context: ExecutionContext): string | undefined {
  return context.getArgByIndex<{ operation?: { operation?: string } } | undefined>(3)?.operation?.operation
}

/** Every member of that name, in any case; some clients nest what they would have sent as headers. */
function authorizationsIn(params: unknown): readonly string[] {
  if (typeof params !== 'object' || params === null) return []
  const { headers } = params as { headers?: unknown }
  const named = [params, headers ?? {}].flatMap((record) => Object.entries(record))
  return named.flatMap(([name, value]) => (isAuthorization(name) && typeof value === 'string' ? [value] : []))
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
