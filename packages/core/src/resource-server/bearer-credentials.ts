import { type AnyRequest, headerValues } from '../vocabulary/protected-request.js'
import type { RefusalCode } from '../outcomes/operator-codes.js'

/** What a request carries: one token, or the reason why it carries none that may be used. */
export type BearerCredentials = { readonly token: string } | { readonly none: RefusalCode }

/** `Bearer`, one or more spaces, a b64token (RFC 6750 §2.1). Each part can match in one way only: linear time. */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i

/**
 * Reads the token from the `Authorization` header, the only place it may come from. A token in the query reaches logs
 * and histories: alone it counts as no credentials, beside the header it is a second method (RFC 6750 §2).
 */
export function readBearerCredentials(request: AnyRequest): BearerCredentials {
  const values = headerValues(request, 'authorization')
  if (values.length > 1) return { none: 'several-credentials' }
  const value = values[0]
  if (value === undefined) return { none: 'no-credentials' }
  if (!usesBearerScheme(value)) return { none: hidesBearerScheme(value) ? 'several-credentials' : 'no-credentials' }
  const token = BEARER.exec(value)?.[1]
  if (token === undefined) return { none: 'authorization-malformed' }
  return hasQueryToken(request.url) ? { none: 'several-credentials' } : { token }
}

/** Another scheme is another way to authenticate, which is none here (RFC 6750 §3.1). */
function usesBearerScheme(value: string): boolean {
  return /^bearer(?![^\s,])/i.test(value)
}

/** A web `Headers` object joins repeated headers with commas. */
function hidesBearerScheme(value: string): boolean {
  return /,\s*bearer\s/i.test(value)
}

function hasQueryToken(url: string): boolean {
  const target = url.split('#', 1)[0] ?? ''
  const query = target.indexOf('?')
  return query !== -1 && new URLSearchParams(target.slice(query)).has('access_token')
}
