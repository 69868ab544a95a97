import type { RefusalCode } from '../outcomes/operator-codes.js'
import type { TokenScheme } from '../tokens/sender-constraint.js'
import { type AnyRequest, headerValues } from '../vocabulary/protected-request.js'

/** What a request carries: one token, or the reason why it carries none that may be used. */
export type BearerCredentials =
  | { readonly token: string; readonly scheme: TokenScheme }
  /** `scheme`: the one it was tried under, where there was one. */
  | { readonly none: RefusalCode; readonly scheme?: TokenScheme }

/** A scheme and one or more spaces before a b64token (RFC 6750 §2.1, RFC 9449 §7.1), which can match in one way only. */
const CREDENTIALS = /^[a-z]+ +([A-Za-z0-9\-._~+/]+=*)$/i
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
  const token = CREDENTIALS.exec(value)?.[1]
  if (token === undefined) return { none: 'authorization-malformed', scheme }
  return hasQueryToken(request.url) ? { none: 'several-credentials', scheme } : { token, scheme }
}

/** Another scheme is another way to authenticate, which is none here (RFC 6750 §3.1). */
function usesScheme(value: string, scheme: TokenScheme): boolean {
  if (value.slice(0, scheme.length).toLowerCase() !== scheme.toLowerCase()) return false
  const next = value.charAt(scheme.length)
  return next === '' || next === ',' || /\s/.test(next)
}

/** A web `Headers` object joins repeated headers with commas. */
function hidesScheme(value: string, schemes: readonly TokenScheme[]): boolean {
  return schemes.some((scheme) => new RegExp(String.raw`,\s*${scheme}\s`, 'i').test(value))
}

function hasQueryToken(url: string): boolean {
  const target = url.split('#', 1)[0] ?? ''
  const query = target.indexOf('?')
  return query !== -1 && new URLSearchParams(target.slice(query)).has('access_token')
}
