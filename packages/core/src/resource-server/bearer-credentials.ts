import type { RefusalCode } from '../outcomes/operator-codes.js'
import type { TokenScheme } from '../tokens/sender-constraint.js'
import { type AnyRequest, headerValues } from '../vocabulary/protected-request.js'

/** What a request carries: one token, or the reason why it carries none that may be used. */
export type BearerCredentials =
  /** What stands in the place of the token: whether it can be one, {@link isBearerToken} tells. */
  | { readonly token: string; readonly scheme: TokenScheme }
  /** `scheme`: the one it was tried under, where there was one. */
  | { readonly none: RefusalCode; readonly scheme?: TokenScheme }

/** The characters of a b64token (RFC 6750 §2.1, RFC 9449 §7.1), which can match in one way only. */
const BEARER_TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/
const BEARER_ONLY: readonly TokenScheme[] = ['Bearer']

/**
 * Reads the token from the `Authorization` header, the only place it may come from. A token in the query reaches logs
 * and histories: alone it counts as no credentials, beside the header it is a second method (RFC 6750 §2).
 */
export function readBearerCredentials(
  request: AnyRequest,
  schemes: readonly TokenScheme[] = BEARER_ONLY,
): BearerCredentials {
  const values = headerValues(request, 'authorization')
  if (values.length > 1) return { none: 'several-credentials' }
  const value = values[0]
  if (value === undefined) return { none: 'no-credentials' }
  const scheme = schemes.find((candidate) => usesScheme(value, candidate))
  if (scheme === undefined) return { none: hidesScheme(value, schemes) ? 'several-credentials' : 'no-credentials' }
  const token = value.slice(startOfToken(value, scheme))
  return hasQueryToken(request.url) ? { none: 'several-credentials', scheme } : { token, scheme }
}

/** Whoever parses a token looks at each of its characters, so that this need be asked of those alone that are none. */
export function isBearerToken(token: string): boolean {
  return BEARER_TOKEN.test(token)
}

/** Behind the spaces after the scheme. Whatever else stands between them belongs to no token. */
function startOfToken(value: string, scheme: TokenScheme): number {
  let start = scheme.length
  while (value.charAt(start) === ' ') start++
  return start
}

/** Another scheme is another way to authenticate, which is none here (RFC 6750 §3.1). */
function usesScheme(value: string, scheme: TokenScheme): boolean {
  // As nearly everybody writes it.
  if (value.startsWith(scheme) && value.charAt(scheme.length) === ' ') return true
  if (value.slice(0, scheme.length).toLowerCase() !== scheme.toLowerCase()) return false
  const next = value.charAt(scheme.length)
  return next === '' || next === ',' || /\s/.test(next)
}

/** A web `Headers` object joins repeated headers with commas. */
function hidesScheme(value: string, schemes: readonly TokenScheme[]): boolean {
  return schemes.some((scheme) => new RegExp(String.raw`,\s*${scheme}\s`, 'i').test(value))
}

function hasQueryToken(url: string): boolean {
  const query = url.indexOf('?')
  if (query === -1) return false
  const fragment = url.indexOf('#')
  if (fragment === -1) return new URLSearchParams(url.slice(query)).has('access_token')
  return query < fragment && new URLSearchParams(url.slice(query, fragment)).has('access_token')
}
