import { type FakeResponse, json } from './fake-server.js'
import type { Dialect } from './faults.js'

const NOT_STORED = { 'cache-control': 'no-store' }

/** What an endpoint says in JSON about tokens; nobody may keep it. */
export function oauthAnswer(body: unknown): FakeResponse {
  return json(200, body, NOT_STORED)
}

/** An error of an OAuth endpoint (RFC 6749 §5.2). */
export function oauthError(
  status: number,
  error: string,
  headers: Readonly<Record<string, string>> = {},
): FakeResponse {
  return json(status, { error }, { ...NOT_STORED, ...headers })
}

/** A revocation endpoint says nothing, whether there was a token to end or not (RFC 7009 §2.2). */
export function nothingToSay(): FakeResponse {
  return { status: 200, headers: NOT_STORED, body: '' }
}

/** How OAuth endpoints fail. */
export const oauthDialect: Dialect = {
  refusal: (status, error = 'server_error') => oauthError(status, error),
  throttled: (status = 429) => oauthError(status, 'temporarily_unavailable'),
}

/** How documents fail to be served: key sets and metadata. */
export const documentDialect: Dialect = {
  refusal: (status, error) => json(status, { message: error ?? 'The fake was told to fail' }),
  throttled: (status = 429) => json(status, { message: 'Too Many Requests' }),
}
