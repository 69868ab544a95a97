import type { TRPCError } from '@trpc/server'
import type { ResponseMeta } from '@trpc/server/http'
import type { CreateContextMustSpreadAuthContext } from './auth-context.js'
import { deniedBy } from './denial.js'

/** The part that is read of what tRPC gives to `responseMeta`. */
export interface ResponseMetaSource {
  /** One answer for each call; empty where the response begins before its calls have ended. */
  readonly data: readonly object[]
  /** The errors among them. */
  readonly errors: readonly TRPCError[]
  /** What `createContext` has returned; `undefined` where it threw. */
  readonly ctx?: object | undefined
}

/**
 * The status and the headers of a response whose calls were all refused in the same words: 400, 401 or 403 with
 * `WWW-Authenticate`, 503 with `Retry-After`. Give it to the adapter as `responseMeta`. In any other batch the status is
 * the one of tRPC, 207 unless all calls have the same, and no challenge is sent: it would speak for calls it is not
 * about. No response with a refusal in it may be cached. `DPoP-Nonce` tells the client what its next proof has to hold,
 * whatever became of the calls.
 */
export function authResponseMeta({ data, errors, ctx }: ResponseMetaSource): ResponseMeta {
  const denials = errors.flatMap((error) => deniedBy(error) ?? [])
  const [first] = denials
  if (first === undefined) {
    const { headers = {} } = (ctx as Partial<CreateContextMustSpreadAuthContext> | undefined)?.tokenward?.noted ?? {}
    return Object.keys(headers).length === 0 ? {} : { headers: new Headers(headers) }
  }
  const challengeOf = ({ headers }: typeof first) => ('WWW-Authenticate' in headers ? headers['WWW-Authenticate'] : '')
  const isSame = (denied: typeof first) => denied.status === first.status && challengeOf(denied) === challengeOf(first)
  const speaksForAll = denials.length === data.length && denials.every(isSame)
  if (speaksForAll) return { status: first.status, headers: new Headers(first.headers) }
  const nonce = 'DPoP-Nonce' in first.headers && { 'DPoP-Nonce': first.headers['DPoP-Nonce'] }
  return { headers: new Headers({ 'Cache-Control': 'no-store', ...nonce }) }
}
