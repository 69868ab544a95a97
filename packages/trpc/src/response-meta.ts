import type { TRPCError } from '@trpc/server'
import type { ResponseMeta } from '@trpc/server/http'
import { deniedBy } from './denial.js'

/** The part that is read of what tRPC gives to `responseMeta`. */
export interface ResponseMetaSource {
  /** One answer for each call; empty where the response begins before its calls have ended. */
  readonly data: readonly object[]
  /** The errors among them. */
  readonly errors: readonly TRPCError[]
}

/**
 * The status and the headers of a response whose calls were all refused in the same words: 400, 401 or 403 with
 * `WWW-Authenticate`, 503 with `Retry-After`. Give it to the adapter as `responseMeta`. In any other batch the status is
 * the one of tRPC, 207 unless all calls have the same, and no challenge is sent: it would speak for calls it is not
 * about. No response with a refusal in it may be cached.
 */
export function authResponseMeta({ data, errors }: ResponseMetaSource): ResponseMeta {
  const denials = errors.flatMap((error) => deniedBy(error) ?? [])
  const [first] = denials
  if (first === undefined) return {}
  const challengeOf = ({ headers }: typeof first) => ('WWW-Authenticate' in headers ? headers['WWW-Authenticate'] : '')
  const isSame = (denied: typeof first) => denied.status === first.status && challengeOf(denied) === challengeOf(first)
  const speaksForAll = denials.length === data.length && denials.every(isSame)
  if (speaksForAll) return { status: first.status, headers: new Headers(first.headers) }
  return { headers: new Headers({ 'Cache-Control': 'no-store' }) }
}
