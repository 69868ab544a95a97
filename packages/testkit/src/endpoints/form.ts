import type { FakeRequest } from './fake-server.js'

/** The parameters of a form; `undefined` when the body is none, or when a parameter is repeated (RFC 6749 §3.2). */
export function readForm({ headers, body }: FakeRequest): ReadonlyMap<string, string> | undefined {
  const [mediaType = ''] = (headers.get('content-type') ?? '').split(';')
  if (mediaType.trim().toLowerCase() !== 'application/x-www-form-urlencoded') return undefined
  return readParameters(body)
}

/** Parameters of a query or a form; `undefined` when one is repeated (RFC 6749 §3.1). */
export function readParameters(encoded: string): ReadonlyMap<string, string> | undefined {
  const parameters = [...new URLSearchParams(encoded)]
  const form = new Map(parameters)
  return form.size === parameters.length ? form : undefined
}
