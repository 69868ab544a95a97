import type { FakeRequest } from './fake-server.js'

/** Who asks, as the client itself says. */
export interface ClientCredentials {
  readonly clientId: string
  readonly clientSecret: string | undefined
}

/**
 * Reads the credentials of `client_secret_basic` or `client_secret_post` (RFC 6749 §2.3.1), or the bare `client_id` of a
 * public client. `'several'` when both methods are used at once, which §2.3 forbids; `undefined` when there are none.
 */
export function clientCredentials(
  { headers }: FakeRequest,
  form: ReadonlyMap<string, string>,
): ClientCredentials | 'several' | undefined {
  const authorization = headers.get('authorization')
  const [clientId, clientSecret] = [form.get('client_id'), form.get('client_secret')]
  if (authorization === null) return clientId === undefined ? undefined : { clientId, clientSecret }
  const basic = basicCredentials(authorization)
  if (basic === undefined) return undefined
  return clientSecret !== undefined || (clientId !== undefined && clientId !== basic.clientId) ? 'several' : basic
}

function basicCredentials(authorization: string): ClientCredentials | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1]
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString()) ?? []
  if (id === undefined || secret === undefined) return undefined
  try {
    // Both were form-encoded before they were joined.
    return { clientId: formDecode(id), clientSecret: formDecode(secret) }
  } catch {
    return undefined
  }
}

function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}
