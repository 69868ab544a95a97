import { NextRequest } from 'next/server.js'
import type { HandlerContext } from '../route-handlers.js'
import { encodedName } from '../token-cookie.js'

/** What a request has beside its path. */
export interface RouteRequestOptions {
  /** HTTP method. Default `'GET'`. */
  readonly method?: string
  /** Sent as `Authorization: Bearer`. Default none. */
  readonly token?: string
  /** By name, not yet encoded. Default none. */
  readonly cookies?: Readonly<Record<string, string>>
  /** Further headers, or others in place of those made here. Default none. */
  readonly headers?: Readonly<Record<string, string>>
  /** The body: text as it is, anything else as JSON. Default none. */
  readonly body?: unknown
}

/** The origin of requests, unless the path is a whole address. */
const ORIGIN = 'http://localhost:3000'

/** A request as Next.js hands it to route handlers and proxies. */
export function routeRequest(path: string, options: RouteRequestOptions = {}): NextRequest {
  const { method = 'GET', token, cookies = {}, headers = {}, body } = options
  const pairs = Object.entries(cookies).map(([name, value]) => `${encodedName(name)}=${encodeURIComponent(value)}`)
  const url = new URL(path, ORIGIN)
  return new NextRequest(url, {
    method,
    headers: {
      host: url.host,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(pairs.length > 0 && { cookie: pairs.join('; ') }),
      ...(body !== undefined && typeof body !== 'string' && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
}

/** What Next.js hands to a route handler beside the request: `await GET(request, routeContext({ id: '7' }))`. */
export function routeContext<Params extends object = object>(
  params: Params = {} as Params,
): HandlerContext & { readonly params: Promise<Params> } {
  return { params: Promise.resolve(params) }
}

/** Whose cookies {@link amplifySession} makes. */
export interface AmplifySession {
  /** The app client. */
  readonly clientId: string
  /** The access token. */
  readonly accessToken: string
  /** As Amplify knows the user. Default `'user-1'`. */
  readonly username?: string
}

/** The cookies of a user who has signed in with AWS Amplify, as far as `amplifyCookies` reads them. */
export function amplifySession({
  clientId,
  accessToken,
  username = 'user-1',
}: AmplifySession): Readonly<Record<string, string>> {
  const prefix = `CognitoIdentityServiceProvider.${clientId}`
  return { [`${prefix}.LastAuthUser`]: username, [`${prefix}.${username}.accessToken`]: accessToken }
}
