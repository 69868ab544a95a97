import { ConfigurationError } from '@tokenward/core'

interface Headers {
  get(name: string): string | null
}

/** Methods that change nothing (RFC 9110 §9.2.1), and so need no proof of where a request comes from. */
export const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * No navigation that is a GET has any of them. Browsers send `Origin` with every POST, unless they were told not to; a
 * form has a type all the same.
 */
const SIGNS_OF_A_CHANGE: readonly string[] = ['origin', 'next-action', 'content-type']

/** Says whether a browser may have sent cookies along without its user's doing, from a page of somebody else. */
export interface OriginCheck {
  /** Whether the cookies of a request count. */
  allows(method: string, headers: Headers): boolean
  /** The same in server code, which is not told the method. */
  allowsUnknownMethod(headers: Headers): boolean
}

/** @throws ConfigurationError for what is no origin. */
export function createOriginCheck(owner: string, trustedOrigins: readonly string[] = []): OriginCheck {
  if (!Array.isArray(trustedOrigins) || !trustedOrigins.every(isOrigin)) {
    throw new ConfigurationError(
      `${owner}.trustedOrigins`,
      "must be a list of origins, such as ['https://app.example'], without paths",
    )
  }
  const isOwn = (headers: Headers) => isOwnOrigin(headers, trustedOrigins)
  return {
    allows: (method, headers) => SAFE_METHODS.has(method) || isOwn(headers),
    allowsUnknownMethod: (headers) => !SIGNS_OF_A_CHANGE.some((name) => headers.get(name) !== null) || isOwn(headers),
  }
}

/**
 * `Sec-Fetch-Site` where the browser sends it, which no page can forge; else `Origin`, which has to name this host. Neither
 * of them is no browser of today, and such a client can send the token itself.
 */
function isOwnOrigin(headers: Headers, trustedOrigins: readonly string[]): boolean {
  const origin = headers.get('origin')
  if (origin !== null && trustedOrigins.includes(origin)) return true
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin'
  return origin !== null && URL.canParse(origin) && new URL(origin).host === headers.get('host')
}

function isOrigin(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && new URL(value).origin === value
}
