import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import type { AnyTRPCRouter, inferRouterContext } from '@trpc/server'
import { createExpressMiddleware } from '@trpc/server/adapters/express'
import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from '@trpc/server/adapters/fastify'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { createHTTPServer, type CreateHTTPContextOptions } from '@trpc/server/adapters/standalone'
import { applyWSSHandler } from '@trpc/server/adapters/ws'
import express from 'express'
import fastify from 'fastify'
import { onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { authResponseMeta } from '../../src/index.js'
import type { OrdersRouter, OrdersServer } from './orders-app.js'

type Parts = Pick<OrdersServer, 'router' | 'createContext'>

/** Every adapter of HTTP, on a real socket. Each gives the address of the router. */
export const httpTransports = [
  ['the fetch adapter', overFetch],
  ['the standalone server', overStandalone],
  ['Express', overExpress],
  ['Fastify', overFastify],
] as const

async function overFetch({ router, createContext }: Parts): Promise<string> {
  const endpoint = '/trpc'
  const server = createServer((request, response) => {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const req = webRequest(request, gone.signal)
    fetchRequestHandler({ endpoint, req, router, createContext, responseMeta: authResponseMeta })
      .then((answer) => writeAnswer(answer, response))
      .catch((error: unknown) => response.destroy(error as Error))
  })
  return `${await listening(server)}${endpoint}`
}

export async function overStandalone<Router extends AnyTRPCRouter>({
  router,
  createContext,
}: {
  readonly router: Router
  readonly createContext: (options: CreateHTTPContextOptions) => inferRouterContext<Router>
}): Promise<string> {
  return listening(createHTTPServer({ router, createContext, responseMeta: authResponseMeta }))
}

async function overExpress({ router, createContext }: Parts): Promise<string> {
  const app = express()
  app.use('/trpc', createExpressMiddleware({ router, createContext, responseMeta: authResponseMeta }))
  return `${await listening(createServer(app))}/trpc`
}

async function overFastify({ router, createContext }: Parts): Promise<string> {
  const app = fastify({ routerOptions: { maxParamLength: 5_000 }, forceCloseConnections: true })
  onTestFinished(() => app.close())
  await app.register(fastifyTRPCPlugin, {
    prefix: '/trpc',
    trpcOptions: { router, createContext, responseMeta: authResponseMeta },
  } satisfies FastifyTRPCPluginOptions<OrdersRouter>)
  return `${await app.listen({ port: 0, host: '127.0.0.1' })}/trpc`
}

/** Gives the address of the WebSocket server. */
export async function overWebSocket({ router, createContext }: Parts): Promise<string> {
  const wss = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  applyWSSHandler({ wss, router, createContext })
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        for (const client of wss.clients) client.terminate()
        wss.close(() => resolve())
      }),
  )
  await new Promise<void>((resolve) => wss.once('listening', resolve))
  return `ws://127.0.0.1:${(wss.address() as AddressInfo).port}`
}

async function listening(
  server: Pick<Server, 'listen' | 'address' | 'close' | 'closeAllConnections'>,
): Promise<string> {
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function webRequest(request: IncomingMessage, signal: AbortSignal): Request {
  const { method = 'GET', url = '/', rawHeaders } = request
  const headers = new Headers()
  for (let i = 0; i < rawHeaders.length; i += 2) headers.append(rawHeaders[i] as string, rawHeaders[i + 1] as string)
  const body = method === 'GET' || method === 'HEAD' ? null : (Readable.toWeb(request) as ReadableStream)
  return new Request(`http://127.0.0.1${url}`, { method, headers, body, duplex: 'half', signal } as RequestInit)
}

function writeAnswer({ status, headers, body }: Response, response: ServerResponse): void {
  response.writeHead(status, Object.fromEntries(headers))
  if (body === null) return void response.end()
  const chunks = Readable.fromWeb(body as NodeReadableStream)
  chunks.on('error', () => response.destroy()).pipe(response)
}
