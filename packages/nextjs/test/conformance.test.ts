import { conformance, type ConformanceApp } from '@tokenward/testkit/conformance'
import { NextRequest } from 'next/server.js'
import { afterAll, describe, it } from 'vitest'
import { metadataHandler } from '../src/index.js'
import { routeContext } from '../src/testing.js'
import { conformanceHandlers } from './support/conformance-handlers.js'

/** What Next.js does around route handlers: it finds one, answers HEAD with GET, and tells errors from answers. */
function start(app: ConformanceApp) {
  const { api, handlers } = conformanceHandlers(app)
  const metadataPath = app.resource === undefined ? undefined : api.metadata().path

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === metadataPath) return metadataHandler(api)()
    const route = handlers.get(pathname)
    if (route === undefined) return Response.json({ message: 'Not Found' }, { status: 404 })
    const isHead = request.method === 'HEAD' && route.method === 'GET'
    if (request.method !== route.method && !isHead) return new Response(null, { status: 405 })
    try {
      const response = await route.handle(new NextRequest(request), routeContext())
      return isHead ? new Response(null, response) : response
    } catch {
      return new Response(null, { status: 500 })
    }
  }

  async function fetch(request: Request): Promise<Response> {
    const { origin, methods, allowedHeaders, exposedHeaders } = app.cors
    const isPreflight = request.method === 'OPTIONS' && request.headers.has('access-control-request-method')
    const response = isPreflight ? new Response(null, { status: 204 }) : new Response(...(await copyOf(request)))
    response.headers.set('access-control-allow-origin', origin)
    response.headers.set('access-control-allow-methods', methods.join(', '))
    response.headers.set('access-control-allow-headers', allowedHeaders.join(', '))
    response.headers.set('access-control-expose-headers', exposedHeaders.join(', '))
    return response
  }

  async function copyOf(request: Request) {
    const response = await answer(request)
    return [response.body, response] as const
  }

  return { fetch, close: () => api.close() }
}

conformance({ name: 'Next.js route handlers', start, capabilities: ['step-up', 'sender-constraints'] }).register({
  describe,
  it,
  afterAll,
})
