import type { Outcome, Principal, ProtectedRequest } from '../../../src/index.js'
import { decideByCore } from '../conformance-app.js'
import {
  answering,
  around,
  type BrokenAdapter,
  deciding,
  headerOf,
  onNode,
  withBody,
  withHeaders,
  within,
} from './broken-adapter.js'

type Answer = Record<string, unknown>

/** Changes the principal that a handler answers with. */
function handingOver(change: (principal: Principal) => object, ...fails: BrokenAdapter['fails']): BrokenAdapter {
  return within(
    () => ({
      answerFor: ({ name }, principal): Answer => ({ route: name, principal: principal && change(principal) }),
    }),
    ...fails,
  )
}

/** Treats optional routes as something else where it may. */
function withOptional(change: (outcome: Outcome) => Outcome | 'anonymous', ...fails: BrokenAdapter['fails']) {
  return deciding(
    (api) => {
      const decide = decideByCore(api)
      return async (request, route) => {
        const outcome = await decide(request, route)
        return route.access === 'optional' && outcome !== 'anonymous' ? change(outcome) : outcome
      }
    },
    ...fails,
  )
}

/** Mistakes about which requests are checked, and for whom. */
export const brokenRequests: Readonly<Record<string, BrokenAdapter>> = {
  'checks GET and POST alone': within(
    () => ({
      findRoute: (routes, { method, path }) => {
        const route = routes.find((candidate) => candidate.path === path)
        const isChecked = method === 'GET' || method === 'POST'
        return route && { ...route, access: isChecked ? route.access : 'public' }
      },
    }),
    'head-without-token',
    'head-missing-scope',
    'options-runs-no-handler',
    'other-methods-run-no-handler',
  ),
  'checks paths in one spelling and routes them in any': within(
    () => ({
      findRoute: (routes, { path }) => {
        const exact = routes.find((candidate) => candidate.path === path)
        const name = decodeURIComponent(path)
          .toLowerCase()
          .split('/')
          .findLast((part) => part !== '')
        const found = routes.find((candidate) => candidate.name === name?.replace(/[.;\0 ].*$/, ''))
        return exact ?? (found && { ...found, access: 'public' })
      },
    }),
    'path-percent-encoded',
    'path-slashes',
    'path-other-case',
    'path-with-suffix',
  ),
  'checks before the dots are gone': onNode(
    {
      findRoute: (routes, { path }) => {
        const { pathname } = new URL(path.replaceAll(/^\/+/g, '/'), 'http://localhost')
        const found = routes.find((candidate) => candidate.path === pathname)
        return found && { ...found, access: path === pathname ? found.access : 'public' }
      },
    },
    'path-dot-segments',
    'path-slashes',
  ),
  'reads headers as Node hands them over': onNode(
    {
      decideWith: (api) => {
        const decide = decideByCore(api)
        return (request, route) => decide({ ...(request as ProtectedRequest), rawHeaders: undefined }, route)
      },
    },
    'two-authorization-headers',
  ),
  'knows no HEAD': around(
    (respond) => async (request) =>
      request.method === 'HEAD' ? new Response(null, { status: 404 }) : respond(request),
    'head-with-token',
    'head-without-token',
    'head-missing-scope',
  ),
  'knows no POST': around(
    (respond) => async (request) =>
      request.method === 'POST' ? new Response(null, { status: 404 }) : respond(request),
    'post-guarded',
    'token-in-body',
  ),
  'stumbles over queries': around(
    (respond) => async (request) => {
      try {
        decodeURIComponent(new URL(request.url).search)
        return await respond(request)
      } catch {
        return new Response(null, { status: 500 })
      }
    },
    'query-of-odd-encoding',
  ),
  'asks preflights for a token': around(
    (respond) => async (request) =>
      request.method === 'OPTIONS' ? respond(new Request(request.url, { headers: request.headers })) : respond(request),
    'cors-preflight',
  ),
  'writes its own headers over those of the app': around(
    (respond) => async (request) => {
      const response = await respond(request)
      if (response.ok) return response
      return withHeaders(response, { 'access-control-allow-origin': null, 'access-control-expose-headers': null })
    },
    'cors-refusal',
    'cors-unavailability',
  ),
  'lets nobody of another origin read': around(
    (respond) => async (request) => withHeaders(await respond(request), { 'access-control-allow-origin': null }),
    'cors-grant',
    'cors-preflight',
  ),
  'keeps the caller in a variable': deciding(
    (api) => {
      const decide = decideByCore(api)
      let current: Outcome | 'anonymous'
      return async (request, route) => {
        current = await decide(request, route)
        // As long as anything else may take in a handler.
        await new Promise((resolve) => setTimeout(resolve, 1))
        return current
      }
    },
    'callers-at-once',
    'callers-at-once-live',
    'good-and-bad-at-once',
  ),
  'remembers who was there before': deciding((api) => {
    const decide = decideByCore(api)
    let last: Outcome | undefined
    return async (request, route) => {
      const outcome = await decide(request, route)
      if (outcome !== 'anonymous' && outcome.outcome === 'granted') last = outcome
      return outcome === 'anonymous' && last !== undefined ? last : outcome
    }
  }, 'nobody-left-behind'),
  'takes a token that is in use for a replay': around((respond) => {
    const inUse = new Set<string>()
    return async (request) => {
      const value = headerOf(request)
      if (inUse.has(value)) return new Response(null, { status: 401 })
      if (value !== '') inUse.add(value)
      try {
        return await respond(request)
      } finally {
        inUse.delete(value)
      }
    }
  }, 'one-token-at-once'),
  'takes errors of handlers for refusals': answering(
    500,
    (response) => withBody(response, {}, 401),
    'error-of-a-handler',
  ),
  'hands nobody over': handingOver(
    () => ({}),
    'principal-identity',
    'principal-scopes-and-groups',
    'principal-claims',
    'principal-evidence',
    'principal-of-a-machine',
    'principal-of-opaque-token',
    'callers-at-once',
  ),
  'knows the first scope and group': handingOver(
    (principal) => ({ ...principal, scopes: principal.scopes.slice(0, 1), groups: principal.groups.slice(0, 1) }),
    'principal-scopes-and-groups',
  ),
  'loses what JSON has no word for': handingOver(
    (principal) => ({ ...principal, scopes: new Set(principal.scopes), evidence: String(principal.evidence) }),
    'principal-scopes-and-groups',
    'principal-evidence',
  ),
  'hands a machine over as nobody': handingOver(
    (principal) => (principal.subject === principal.clientId ? { ...principal, subject: 'machine' } : principal),
    'principal-of-a-machine',
  ),
  'takes bad tokens on optional routes for none': withOptional(
    (outcome) => (outcome.outcome === 'refused' ? 'anonymous' : outcome),
    'optional-with-bad-token',
    'optional-malformed',
  ),
  'takes outages on optional routes for nobody': withOptional(
    (outcome) => (outcome.outcome === 'unavailable' ? 'anonymous' : outcome),
    'optional-outage',
  ),
  'makes optional routes public': withOptional(() => 'anonymous', 'optional-with-token', 'optional-with-bad-token'),
  'makes optional routes protected': around(
    (respond) => async (request) =>
      headerOf(request).startsWith('Bearer') ? respond(request) : new Response(null, { status: 401 }),
    'optional-without-credentials',
    'public-route',
  ),
  'looks at tokens on public routes': around(
    (respond) => async (request) =>
      headerOf(request) === 'Bearer not-a-token' ? new Response(null, { status: 401 }) : respond(request),
    'public-route',
  ),
}
