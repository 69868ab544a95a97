import {
  type CompiledPolicy,
  ConfigurationError,
  type Denied,
  type Granted,
  type PathParameters,
  type Presented,
} from '@tokenward/core'
import type { NextRequest } from 'next/server.js'
import { acceptsCookie, type Credentials, receive } from './credentials.js'
import { denialResponse } from './denial-response.js'
import { checkOptionNames } from './option-names.js'
import type { ServerInUse } from './resource-server-source.js'

/** Options of one handler. */
export interface HandlerOptions {
  /**
   * Takes the token from the `tokenCookie`, too, for pages of this application that call the handler; with a method that
   * changes something only from this host or a trusted origin. Default `false`: the `Authorization` header alone.
   */
  readonly acceptCookie?: boolean | undefined
}

/** What Next.js hands to a route handler beside the request. Annotate it with the `RouteContext` of your route. */
export interface HandlerContext {
  /** What was taken from the path. */
  readonly params: Promise<unknown>
}

/** A request without credentials, on a route that takes some. */
export interface Anonymous {
  /** Tells it from a grant. */
  readonly outcome: 'anonymous'
  /** Nobody is known to call. */
  readonly principal: undefined
}

/** A route handler that is told who calls: the grant, of which most need the `principal` alone. */
export type ProtectedHandler<Who, Context extends HandlerContext> = (
  request: NextRequest,
  who: Who,
  context: Context,
) => Response | Promise<Response>

/** A route handler as Next.js calls it. */
export type RouteHandler<Context extends HandlerContext> = (request: NextRequest, context: Context) => Promise<Response>

/** Caches show what came to an `Authorization` header to nobody else (RFC 9111 §3.5), and know nothing of cookies. */
const KEPT_BY_NO_CACHE = { 'Cache-Control': 'no-store' }

const anonymous: Anonymous = Object.freeze({ outcome: 'anonymous', principal: undefined })

/** What `withAuth`, `withOptionalAuth` and `withAuthApi` have in common. */
export interface HandlerParts {
  readonly server: ServerInUse
  readonly credentials: Credentials
}

/** Runs the handler where `decide` lets the request in, and answers it otherwise. */
export function routeHandler<Who extends Granted<unknown> | Anonymous, Context extends HandlerContext>(
  { server, credentials }: HandlerParts,
  decide: (presented: Presented) => Promise<Who | Denied>,
  handler: ProtectedHandler<Who, Context>,
  acceptCookie: boolean,
): RouteHandler<Context> {
  return async (request, context) => {
    const { method, url, headers } = request
    // A test may call a handler without a context.
    const params = (await (context as HandlerContext | undefined)?.params) as PathParameters | undefined
    const incoming = { request: { method, url, headers, params }, headers }
    const cookie = () => credentials.cookieOf(incoming, acceptCookie)
    const { presented, byCookie } = await receive(await server.get(), incoming, cookie)
    const who = await decide(presented)
    if (isDenied(who)) return denialResponse(who)
    const response = await handler(request, who, context)
    const own = byCookie && !response.headers.has('cache-control') ? KEPT_BY_NO_CACHE : {}
    return withHeaders(response, who.outcome === 'anonymous' ? own : { ...who.headers, ...own })
  }
}

/** A redirect, or what `fetch` has brought, cannot be written to. */
function withHeaders(response: Response, headers: Granted['headers']): Response {
  const entries = Object.entries(headers)
  if (entries.length === 0) return response
  const copy = new Response(response.body, response)
  for (const [name, value] of entries) copy.headers.set(name, value)
  return copy
}

/** Nobody, or whom the policy lets in. */
export async function anonymousOr<Claims>(
  presented: Presented,
  policy: CompiledPolicy<Claims>,
): Promise<Granted<Claims> | Anonymous | Denied> {
  return presented.credentials === 'none' ? anonymous : presented.authorize(policy)
}

/** @throws ConfigurationError for what cannot be called, where it stands, and not for the first user who is let in. */
export function checkHandler(owner: string, handler: unknown): void {
  if (typeof handler !== 'function') {
    throw new ConfigurationError(owner, 'takes a policy and then a handler, which is a function')
  }
}

/** @throws ConfigurationError naming the option that is wrong. */
export function acceptCookieOption(owner: string, options: HandlerOptions, credentials: Credentials): boolean {
  checkOptionNames(owner, options, ['acceptCookie'])
  return acceptsCookie(`${owner}.acceptCookie`, (options as HandlerOptions).acceptCookie, credentials)
}

function isDenied(who: Granted<unknown> | Anonymous | Denied): who is Denied {
  return who.outcome === 'refused' || who.outcome === 'unavailable'
}
