import { ConfigurationError } from '@tokenward/core'
import { checkOptionNames } from './option-names.js'

/** Cookies by name, decoded. Those of Next.js are such. */
export interface CookieReader {
  /** `undefined` where there is none of that name. */
  get(name: string): { readonly value: string } | undefined
}

/**
 * Finds the access token that belongs to the cookies of a request: `namedCookie`, `amplifyCookies`, or a function that
 * asks a library for sessions. `undefined` or `null` where there is none.
 */
export type TokenCookie = (cookies: CookieReader) => string | null | undefined | Promise<string | null | undefined>

/** The cookie-name of RFC 6265 §4.1.1, which is a token. */
const COOKIE_NAME = /^[\w!#$%&'*+.^`|~-]+$/

/**
 * A cookie that holds the access token itself. Set it `HttpOnly` and `SameSite=Lax`, under a name with the prefix
 * `__Host-`, which no other host can write (RFC 6265bis §4.1.3.2).
 *
 * @throws {@link ConfigurationError} for a name that no cookie can have.
 */
export function namedCookie(name: string): TokenCookie {
  if (typeof name !== 'string' || !COOKIE_NAME.test(name)) {
    throw new ConfigurationError('namedCookie', "takes the name of a cookie, such as '__Host-access-token'")
  }
  return (cookies) => cookies.get(name)?.value
}

/** Options of {@link amplifyCookies}. */
export interface AmplifyCookiesOptions {
  /** The app client of the user pool. Required: the names of the cookies hold it. */
  readonly clientId: string
}

/**
 * The cookies in which AWS Amplify keeps the session of its last user (`aws-amplify` with `ssr: true`, and
 * `@aws-amplify/adapter-nextjs`). Amplify refreshes them.
 *
 * @throws {@link ConfigurationError} without a client id.
 */
export function amplifyCookies(options: AmplifyCookiesOptions): TokenCookie {
  checkOptionNames('amplifyCookies', options, ['clientId'])
  const { clientId } = options as AmplifyCookiesOptions
  if (typeof clientId !== 'string' || clientId === '') {
    throw new ConfigurationError('amplifyCookies.clientId', 'must be the id of the app client, a non-empty string')
  }
  const prefix = `CognitoIdentityServiceProvider.${clientId}`
  return (cookies) => {
    const user = cookies.get(encodedName(`${prefix}.LastAuthUser`))?.value
    return user === undefined ? undefined : cookies.get(encodedName(`${prefix}.${user}.accessToken`))?.value
  }
}

/** As js-cookie writes names, which Amplify uses in browsers and imitates on servers. */
export function encodedName(name: string): string {
  return encodeURIComponent(name).replace(/%(?:2[346B]|5E|60|7C)/g, decodeURIComponent)
}
