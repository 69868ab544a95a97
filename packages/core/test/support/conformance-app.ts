import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ConformanceApp, ConformanceRoute, RunningApp } from '@tokenward/testkit/conformance'
import { cognitoUserPool } from '../../src/cognito/index.js'
import {
  type AnyRequest,
  authorizationServer,
  certificateBound,
  clientCertHeader,
  clientSecretBasic,
  type CompiledPolicy,
  createResourceServer,
  dpop,
  type Outcome,
  type Principal,
  type ResourceServer,
  type ResourceServerOptions,
} from '../../src/index.js'
import { fromNodeRequest } from '../../src/requests/node.js'

/** What a conformance suite describes, as options of a resource server. Every adapter's app begins with it. */
export function serverOptionsOf({
  realm,
  issuers,
  clock,
  resource,
  senderConstraints,
}: ConformanceApp): ResourceServerOptions {
  return {
    realm,
    clock,
    ...(resource !== undefined && { resource }),
    ...(senderConstraints !== undefined && {
      senderConstraints: [
        dpop(senderConstraints.dpop),
        certificateBound({ certificate: clientCertHeader(senderConstraints.clientCertHeader) }),
      ],
    }),
    issuers: issuers.map((issuer) => {
      if (issuer.kind === 'cognito') {
        const { userPoolId, clientId, endpoint } = issuer
        return cognitoUserPool({ userPoolId, clientId, endpoint, allowInsecureLoopback: true })
      }
      const { introspection, audience, opaqueTokens } = issuer
      const clientAuthentication = clientSecretBasic(introspection.clientId, introspection.clientSecret)
      return authorizationServer({
        issuer: issuer.issuer,
        audience,
        opaqueTokens,
        introspection: { clientAuthentication },
        allowInsecureLoopback: true,
      })
    }),
  }
}

/** An answer that any way to write one can write. */
interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/** A request with what a router needs of it. */
export interface RoutedRequest {
  readonly method: string
  readonly path: string
  readonly request: AnyRequest
}

/** Lets a request in with its principal, with none, or not at all. */
export type Decide = (request: AnyRequest, route: CompiledRoute) => Promise<Outcome | 'anonymous'>

export interface CompiledRoute extends ConformanceRoute {
  readonly compiled: CompiledPolicy
}

/** The smallest adapter there can be: find the route, ask core, write what it says. Parts of it can be replaced. */
function conformanceApp(
  app: ConformanceApp,
  {
    options = serverOptionsOf(app),
    decideWith = decideByCore,
    findRoute = (routes, { method, path }) =>
      routes.find(
        (route) => route.path === path && (route.method === method || (route.method === 'GET' && method === 'HEAD')),
      ),
    answerFor = (route, principal) => ({ route: route.name, principal }),
  }: {
    readonly options?: ResourceServerOptions
    readonly decideWith?: (api: ResourceServer) => Decide
    readonly findRoute?: (routes: readonly CompiledRoute[], request: RoutedRequest) => CompiledRoute | undefined
    readonly answerFor?: (route: ConformanceRoute, principal: Principal | null) => unknown
  } = {},
) {
  const api = createResourceServer(options)
  const decide = decideWith(api)
  const routes = app.routes.map((route) => ({ ...route, compiled: api.policy(route.policy) }))

  const metadata = app.resource === undefined ? undefined : api.metadata()

  async function answer(routed: RoutedRequest): Promise<Answer> {
    if (metadata?.path === routed.path) return { ...metadata, body: metadata.document }
    const route = findRoute(routes, routed)
    if (route === undefined) return { status: 404, headers: {}, body: { message: 'Not Found' } }
    const outcome = await decide(routed.request, route)
    if (outcome !== 'anonymous' && outcome.outcome !== 'granted') return outcome
    if (route.answers === 'error') return { status: 500, headers: {}, body: { message: 'Internal Server Error' } }
    const { principal = null, headers = {} } = outcome === 'anonymous' ? {} : outcome
    return { status: 200, headers, body: answerFor(route, principal) }
  }

  return { api, answer: withCors(app, answer) }
}

export function decideByCore(api: ResourceServer): Decide {
  return async (request, { access, compiled }) => {
    if (access === 'public') return 'anonymous'
    const presented = await api.present(request)
    if (access === 'optional' && presented.credentials === 'none') return 'anonymous'
    return presented.authorize(compiled)
  }
}

/** As a framework would: before any route, and on every answer. */
function withCors({ cors }: ConformanceApp, answer: (routed: RoutedRequest) => Promise<Answer>) {
  const origin = { 'access-control-allow-origin': cors.origin, vary: 'origin' }
  return async (routed: RoutedRequest, isPreflight: boolean): Promise<Answer> => {
    if (!isPreflight) {
      const { status, headers, body } = await answer(routed)
      const exposed = { 'access-control-expose-headers': cors.exposedHeaders.join(', ') }
      return { status, headers: { 'content-type': 'application/json', ...headers, ...origin, ...exposed }, body }
    }
    const allowed = {
      'access-control-allow-methods': cors.methods.join(', '),
      'access-control-allow-headers': cors.allowedHeaders.join(', '),
    }
    return { status: 204, headers: { ...origin, ...allowed }, body: undefined }
  }
}

type Changes = Parameters<typeof conformanceApp>[1]

/** As a function of web requests. */
export function startFetchApp(app: ConformanceApp, changes?: Changes) {
  const { api, answer } = conformanceApp(app, changes)
  return {
    async fetch(request: Request): Promise<Response> {
      const { method, headers: sent } = request
      const isPreflight = method === 'OPTIONS' && sent.has('access-control-request-method')
      const routed = { method, path: new URL(request.url).pathname, request }
      const { status, headers, body } = await answer(routed, isPreflight)
      return new Response(status === 204 || method === 'HEAD' ? null : JSON.stringify(body), { status, headers })
    },
    close: () => api.close(),
  } satisfies RunningApp
}

/** As a server of `node:http`. */
export async function startNodeApp(app: ConformanceApp, changes?: Changes): Promise<RunningApp> {
  const { api, answer } = conformanceApp(app, changes)

  async function respond(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = incoming
    const isPreflight = method === 'OPTIONS' && 'access-control-request-method' in incoming.headers
    const routed = { method, path: url.split('?', 1)[0] as string, request: fromNodeRequest(incoming) }
    const { status, headers, body } = await answer(routed, isPreflight)
    response.writeHead(status, headers).end(JSON.stringify(body))
  }

  const server = createServer((incoming, response) => void respond(incoming, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      await new Promise((resolve) => server.close(resolve))
      await api.close()
    },
  }
}
