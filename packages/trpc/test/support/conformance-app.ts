import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ConformanceAnswer, ConformanceApp, ConformanceRoute, RunningApp } from '@tokenward/testkit/conformance'
import { initTRPC } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { createHTTPServer } from '@trpc/server/adapters/standalone'
import { serverOptionsOf } from '../../../core/test/support/conformance-app.js'
import {
  authErrorFormatter,
  authResponseMeta,
  createAuthPlugin,
  createResourceServer,
  type MetadataMiddleware,
  metadataMiddleware,
  type Principal,
  type RequestSource,
} from '../../src/index.js'

/** Builds the router that a conformance suite describes: a procedure for each route, under its name. */
function conformanceRouter(app: ConformanceApp) {
  const api = createResourceServer(serverOptionsOf(app))
  const auth = createAuthPlugin(api)
  const createContext = (source: RequestSource) => auth.context(source)
  const t = initTRPC.context<typeof createContext>().create({ errorFormatter: authErrorFormatter })

  function procedureOf({ name, method, access, policy, answers }: ConformanceRoute) {
    const builders = {
      public: t.procedure,
      optional: t.procedure.concat(auth.optionalPolicy(policy)),
      protected: t.procedure.concat(auth.policy(policy)),
    }
    const resolve = ({ ctx }: { readonly ctx: { readonly principal?: Principal | null } }) => {
      if (answers === 'error') throw new Error('An error of the handler')
      return { route: name, principal: ctx.principal ?? null } as ConformanceAnswer
    }
    const builder = builders[access] as typeof builders.optional
    return method === 'GET' ? builder.query(resolve) : builder.mutation(resolve)
  }

  const router = t.router(Object.fromEntries(app.routes.map((route) => [route.name, procedureOf(route)])))
  const metadata = app.resource === undefined ? undefined : api.metadata()
  return { api, metadata, createContext, router, responseMeta: authResponseMeta }
}

/** What every adapter does for browsers, by hand, as tRPC leaves it to them. */
function corsHeaders({ cors }: ConformanceApp): Record<string, string> {
  return {
    'access-control-allow-origin': cors.origin,
    'access-control-allow-methods': cors.methods.join(', '),
    'access-control-allow-headers': cors.allowedHeaders.join(', '),
    'access-control-expose-headers': cors.exposedHeaders.join(', '),
  }
}

/** Every client of tRPC sends one, and tRPC answers 415 without; a plain client of HTTP may not. */
const CONTENT_TYPE = ['content-type', 'application/json'] as const

/** As a client of tRPC does it: the answer of the procedure, without what tRPC puts around it. */
function unwrapped(body: string): string {
  const { result } = JSON.parse(body) as { readonly result?: { readonly data: unknown } }
  return result === undefined ? body : JSON.stringify(result.data)
}

export function startFetchApp(app: ConformanceApp): RunningApp {
  const { api, metadata, ...options } = conformanceRouter(app)
  return {
    async fetch(req) {
      const headers = corsHeaders(app)
      if (new URL(req.url).pathname === metadata?.path) return new Response(metadata.body, metadata)
      if (req.method === 'OPTIONS') return new Response(null, { status: 204, headers })
      if (!req.headers.has(CONTENT_TYPE[0])) req.headers.set(...CONTENT_TYPE)
      const response = await fetchRequestHandler({ endpoint: '', req, ...options })
      const body = await response.text()
      const all = { ...Object.fromEntries(response.headers), ...headers }
      return new Response(body === '' ? null : unwrapped(body), { status: response.status, headers: all })
    },
    close: () => api.close(),
  }
}

export async function startStandaloneApp(app: ConformanceApp): Promise<RunningApp> {
  const { api, metadata, ...options } = conformanceRouter(app)
  const serveMetadata: MetadataMiddleware =
    metadata === undefined ? (_request, _response, next) => next() : metadataMiddleware(metadata)
  const server = createHTTPServer({
    ...options,
    middleware(request, response, next) {
      for (const [name, value] of Object.entries(corsHeaders(app))) response.setHeader(name, value)
      if (request.method === 'OPTIONS') return void response.writeHead(204).end()
      request.headers[CONTENT_TYPE[0]] ??= CONTENT_TYPE[1]
      return serveMetadata(request, response, () => {
        unwrapAnswerOf(response as ServerResponse)
        next()
      })
    },
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
      await api.close()
    },
  }
}

function unwrapAnswerOf(response: ServerResponse<IncomingMessage>): void {
  const chunks: Uint8Array[] = []
  const end = response.end.bind(response) as (text?: string) => ServerResponse
  response.write = (chunk: Uint8Array) => chunks.push(chunk) > 0
  response.end = (() => {
    const body = Buffer.concat(chunks).toString()
    return body === '' ? end() : end(unwrapped(body))
  }) as typeof response.end
}
