import type { ProtectedRequest } from '@tokenward/core'

/** Adds what was presented beside the headers. Two different ones are two, and core refuses that. */
export function withAuthorization(request: ProtectedRequest, presented: readonly string[]): ProtectedRequest {
  if (presented.length === 0) return request
  const given = Object.entries(request.headers).flatMap(([name, value]) => (isAuthorization(name) ? (value ?? []) : []))
  const authorization = [...new Set([...given, ...presented])]
  return { ...request, headers: { ...withoutAuthorization(request.headers), authorization } }
}

/**
 * The same request with one token, whatever else it carried: whoever says where the token is has said it. What shows who
 * sent it stays.
 */
export function withToken(request: ProtectedRequest, token: string): ProtectedRequest {
  const { method, url, headers, params, remoteAddress } = request
  return {
    method,
    url: url.split('?', 1)[0] as string,
    params,
    remoteAddress,
    headers: { ...withoutAuthorization(headers), authorization: `Bearer ${token}` },
    get clientCertificate() {
      return request.clientCertificate
    },
  }
}

function withoutAuthorization(headers: ProtectedRequest['headers']): ProtectedRequest['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isAuthorization(name)))
}

export function isAuthorization(name: string): boolean {
  return name.toLowerCase() === 'authorization'
}
