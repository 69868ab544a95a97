import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ConformanceApp, ConformanceRoute, RunningApp } from '@tokenward/testkit/conformance'
import type { LambdaFunctionURLEvent } from 'aws-lambda'
import { serverOptionsOf } from '../../../core/test/support/conformance-app.js'
import {
  createResourceServer,
  denialResponse,
  fromAwsEvent,
  type Principal,
  type ResourceServer,
  withAuth,
} from '../../src/index.js'
import { functionUrlEvent } from './events.js'

interface FunctionAnswer {
  readonly statusCode: number
  readonly headers: Record<string, string>
  readonly body: string
}
type Handler = (event: LambdaFunctionURLEvent, context: object) => Promise<FunctionAnswer>

/** The application of a conformance suite as one function behind a function URL. */
export async function startFunctionUrl(app: ConformanceApp): Promise<RunningApp> {
  const api = createResourceServer(serverOptionsOf(app))
  const handlers = new Map(app.routes.map((route) => [`${route.method} ${route.path}`, handlerOf(api, route)]))
  const route: Handler = async (event, context) => {
    const { method } = event.requestContext.http
    const handler = handlers.get(`${method === 'HEAD' ? 'GET' : method} ${event.rawPath}`)
    return handler?.(event, context) ?? { statusCode: 404, headers: {}, body: '{}' }
  }
  const server = createServer((request, response) => void serve(app, route, request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections()
      await Promise.all([new Promise((resolve) => server.close(resolve)), api.close()])
    },
  }
}

function handlerOf(api: ResourceServer, { name, access, policy, answers }: ConformanceRoute): Handler {
  const answer = (principal: Principal | null): FunctionAnswer => {
    if (answers === 'error') throw new Error('An error of the handler')
    return {
      statusCode: 200,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ route: name, principal }),
    }
  }
  if (access === 'public') return async () => answer(null)
  const compiled = api.policy(policy)
  if (access === 'protected') {
    return withAuth(api, compiled, (_event: LambdaFunctionURLEvent, _context: object, { principal }) =>
      answer(principal),
    )
  }
  // What withAuth does not do, as the README shows it.
  return async (event) => {
    const presented = await api.present(fromAwsEvent(event))
    if (presented.credentials === 'none') return answer(null)
    const outcome = await presented.authorize(compiled)
    return outcome.outcome === 'granted' ? answer(outcome.principal) : denialResponse(event, outcome)
  }
}

/** What AWS does around the function: events, CORS as the function URL is configured, and errors of the handler. */
async function serve(app: ConformanceApp, handler: Handler, request: IncomingMessage, response: ServerResponse) {
  for (const [name, value] of Object.entries(corsHeaders(app))) response.setHeader(name, value)
  if (request.method === 'OPTIONS') return response.writeHead(200).end()
  const { statusCode, headers, body } = await handler(eventOf(request), {}).catch(() => ({
    statusCode: 500,
    headers: {},
    body: '{"message":"Internal Server Error"}',
  }))
  return response.writeHead(statusCode, headers).end(body)
}

function corsHeaders({ cors }: ConformanceApp): Record<string, string> {
  return {
    'Access-Control-Allow-Origin': cors.origin,
    'Access-Control-Allow-Methods': cors.methods.join(', '),
    'Access-Control-Allow-Headers': cors.allowedHeaders.join(', '),
    'Access-Control-Expose-Headers': cors.exposedHeaders.join(', '),
  }
}

/** Payload format 2.0: names in lower case, and what came repeatedly joined by a comma. */
function eventOf({ method = 'GET', url = '/', rawHeaders }: IncomingMessage): LambdaFunctionURLEvent {
  const headers: Record<string, string> = {}
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase()
    const value = rawHeaders[at + 1] as string
    headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`
  }
  const [path = '/', query = ''] = url.split('?', 2)
  return { ...functionUrlEvent({ method, path, headers }), rawQueryString: query }
}
