import type { ConformanceAnswer, ConformanceApp, ConformanceRoute } from '@tokenward/testkit/conformance'
import { serverOptionsOf } from '../../../core/test/support/conformance-app.js'
import { createNextAuth, createResourceServer, type Principal, type RouteHandler } from '../../src/index.js'
import type { HandlerContext } from '../../src/index.js'

/** The route handlers that a conformance suite describes, by path. */
export function conformanceHandlers(app: ConformanceApp) {
  const api = createResourceServer(serverOptionsOf(app))
  const auth = createNextAuth(api)

  function handlerFor(route: ConformanceRoute): RouteHandler<HandlerContext> {
    const answer = async ({ principal }: { readonly principal: Principal | undefined }) => answerOf(route, principal)
    switch (route.access) {
      case 'protected':
        return auth.withAuth(route.policy, (_request, who) => answer(who))
      case 'optional':
        return auth.withOptionalAuth(route.policy, (_request, who) => answer(who))
      case 'public':
        return () => answer({ principal: undefined })
    }
  }

  return { api, handlers: new Map(app.routes.map((route) => [route.path, { ...route, handle: handlerFor(route) }])) }
}

function answerOf({ name, answers }: ConformanceRoute, principal: Principal | undefined): Response {
  if (answers === 'error') throw new Error('An error of the handler')
  return Response.json({ route: name, principal: principal ?? null } satisfies Jsonable)
}

/** A principal of core, where the suite describes what is left of it in JSON. */
type Jsonable = Omit<ConformanceAnswer, 'principal'> & { readonly principal: Principal | null }
