import {
  type AnyRequest,
  ConfigurationError,
  type Presented,
  type PresentOptions,
  type ResourceServer,
  type WebRequest,
} from '@tokenward/core'
import { readCookieHeader, unambiguous } from './cookie-header.js'
import { createOriginCheck } from './request-origin.js'
import type { CookieReader, TokenCookie } from './token-cookie.js'

/** Where tokens may come from beside the `Authorization` header. */
export interface CredentialOptions {
  /**
   * The cookie that holds the access token of a user who is signed in here: `namedCookie('__Host-access-token')`,
   * `amplifyCookies({ clientId })`, or a function that asks a library for sessions. It is read in server code, for pages,
   * and where `acceptCookie` asks for it; never beside a bearer token in the header. Default none.
   */
  readonly tokenCookie?: TokenCookie | undefined
  /**
   * Further origins whose pages may use the cookie with methods that change something, such as `['https://app.example']`.
   * Default: this host alone, by `Sec-Fetch-Site` or `Origin`.
   */
  readonly trustedOrigins?: readonly string[] | undefined
}

export const CREDENTIAL_OPTIONS: readonly string[] = ['tokenCookie', 'trustedOrigins']

/** A request as core takes it, and its headers as they are read here. */
export interface Incoming {
  readonly request: AnyRequest
  readonly headers: WebRequest['headers']
}

/** Looks for the token of a cookie, when there is nothing else. */
export type FindCookie = () => Promise<string | undefined>

/** Looks for the token that belongs to the cookies of a request. */
export interface Credentials {
  readonly hasCookie: boolean
  /** `undefined` where there is none, where cookies are not asked for, or where they do not count. */
  cookieOf(incoming: Incoming, acceptCookie: boolean): Promise<string | undefined>
  /** The same in server code, which is not told the method. */
  cookieInServerCode(headers: WebRequest['headers'], cookies: CookieReader): Promise<string | undefined>
}

export function createCredentials(owner: string, { tokenCookie, trustedOrigins }: CredentialOptions): Credentials {
  if (tokenCookie !== undefined && typeof tokenCookie !== 'function') {
    throw new ConfigurationError(`${owner}.tokenCookie`, 'must be namedCookie(…), amplifyCookies(…) or a function')
  }
  const origins = createOriginCheck(owner, trustedOrigins)
  return {
    hasCookie: tokenCookie !== undefined,
    async cookieOf({ request, headers }, acceptCookie) {
      if (!acceptCookie || !origins.allows(request.method, headers)) return undefined
      return notEmpty(await tokenCookie?.(readCookieHeader(headers.get('cookie'))))
    },
    async cookieInServerCode(headers, cookies) {
      if (!origins.allowsUnknownMethod(headers)) return undefined
      return notEmpty(await tokenCookie?.(unambiguous(cookies, headers.get('cookie'))))
    },
  }
}

/** An empty cookie is what some leave behind who delete one: its user has to sign in, and has made no mistake. */
function notEmpty(token: string | null | undefined): string | undefined {
  return token === null || token === '' ? undefined : token
}

/** What came, and where its token was. */
export interface Received {
  readonly presented: Presented
  readonly byCookie: boolean
}

/** A bearer token of the header counts, and a cookie only where there is none. */
export async function receive(
  server: ResourceServer,
  incoming: Incoming,
  cookie: FindCookie,
  options: PresentOptions = {},
): Promise<Received> {
  const presented = await server.present(incoming.request, options)
  const withCookie = presented.credentials === 'none' ? await requestWithCookie(incoming, cookie) : undefined
  if (withCookie === undefined) return { presented, byCookie: false }
  return { presented: await server.present(withCookie, options), byCookie: true }
}

/** The same request with the token of its cookie where core looks for it; `undefined` where there is none. */
export async function requestWithCookie(incoming: Incoming, cookie: FindCookie): Promise<WebRequest | undefined> {
  const token = await cookie()
  if (token === undefined) return undefined
  const { request } = incoming
  const { method, url, params, remoteAddress } = request
  const authorization = `Bearer ${token}`
  const get = (name: string) => (name.toLowerCase() === 'authorization' ? authorization : incoming.headers.get(name))
  return {
    method,
    url,
    params,
    remoteAddress,
    headers: { get },
    // Read where a token demands it.
    get clientCertificate() {
      return request.clientCertificate
    },
  }
}

/** @throws ConfigurationError where a cookie is asked for that nobody has named. */
export function acceptsCookie(option: string, value: unknown, { hasCookie }: Credentials, byDefault = false): boolean {
  if (value === undefined) return byDefault && hasCookie
  if (typeof value !== 'boolean') throw new ConfigurationError(option, 'must be true or false')
  if (value && !hasCookie) {
    throw new ConfigurationError(option, 'is true, but no tokenCookie says which cookie holds the token')
  }
  return value
}
