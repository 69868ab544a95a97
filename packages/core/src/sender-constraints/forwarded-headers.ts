import type { AnyRequest, ProtectedRequest, WebRequest } from '../vocabulary/protected-request.js'
import type { ComesFromProxy } from './trusted-proxy.js'

/** Headers in which a proxy tells of a certificate. Anybody can send them; they count where the proxy has. */
export interface ForwardedHeaders {
  readonly comesFromProxy: ComesFromProxy
  /** Names in lower case. */
  readonly names: readonly string[]
}

/**
 * A request as the functions of a policy may see it: without what somebody else than the proxy says of certificates. The
 * request itself is left alone.
 */
export function withoutForgedHeaders(request: AnyRequest, { comesFromProxy, names }: ForwardedHeaders): AnyRequest {
  if (comesFromProxy(request)) return request
  const isForged = (name: string) => names.includes(name.toLowerCase())
  const { headers } = request
  if (isOfWeb(headers)) {
    if (!names.some((name) => headers.get(name) !== null)) return request
    const { method, url, params, clientCertificate, remoteAddress, deliveredBy } = request
    const shown = { get: (name: string) => (isForged(name) ? null : headers.get(name)) }
    return { method, url, headers: shown, params, clientCertificate, remoteAddress, deliveredBy }
  }
  const { rawHeaders = [] } = request as ProtectedRequest
  if (![...Object.keys(headers), ...rawHeaders].some(isForged)) return request
  // Whatever else a framework has put into its request is still there.
  return Object.create(request, {
    headers: {
      value: Object.fromEntries(Object.entries(headers).filter(([name]) => !isForged(name))),
      enumerable: true,
    },
    rawHeaders: {
      value: rawHeaders.filter((_, index) => !isForged(rawHeaders[index - (index % 2)] as string)),
      enumerable: true,
    },
  }) as ProtectedRequest
}

function isOfWeb(headers: AnyRequest['headers']): headers is WebRequest['headers'] {
  return typeof headers.get === 'function'
}
