import type { CompiledPolicy, Denied, Granted, PathParameters, Presented } from '@tokenward/core'
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
    const presented = await receive(await server.get(), incoming, cookie)
    const who = await decide(presented)
    return isDenied(who) ? denialResponse(who) : handler(request, who, context)
  }
}

/** Nobody, or whom the policy lets in. */
export async function anonymousOr<Claims>(
  presented: Presented,
  policy: CompiledPolicy<Claims>,
): Promise<Granted<Claims> | Anonymous | Denied> {
  return presented.credentials === 'none' ? anonymous : presented.authorize(policy)
}

/** @throws ConfigurationError naming the option that is wrong. */
export function acceptCookieOption(owner: string, options: HandlerOptions, credentials: Credentials): boolean {
  checkOptionNames(owner, options, ['acceptCookie'])
  return acceptsCookie(`${owner}.acceptCookie`, (options as HandlerOptions).acceptCookie, credentials)
}

function isDenied(who: Granted<unknown> | Anonymous | Denied): who is Denied {
  return who.outcome === 'refused' || who.outcome === 'unavailable'
}
