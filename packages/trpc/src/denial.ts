import type { Denied, WireCode } from '@tokenward/core'
import { TRPCError } from '@trpc/server'

/** Why a stream that had begun was ended. */
export type StreamEnd =
  /** The token came to its end; a new one lets the client in again. */
  | 'token-expired'
  /** The token, or what it allowed, was taken back. */
  | 'access-withdrawn'
  /** The token could not be checked again; the client may come back with it. */
  | 'check-unavailable'

/** What a client is told of a refusal, at `error.data.auth`. It says no more than the challenge. */
export interface AuthErrorData {
  /** RFC 6750 §3.1, RFC 9470 §3. Absent when there was no token, or it could not be checked. */
  readonly error?: WireCode
  /** The scopes to ask for, where one is what is missing (RFC 6750 §3). */
  readonly scope?: string
  /** Authentication context classes of which the login needs one (RFC 9470 §3). */
  readonly acr_values?: string
  /** Seconds since the login that are accepted (RFC 9470 §3). */
  readonly max_age?: number
  /** The whole `WWW-Authenticate` challenge. Absent when the token could not be checked. */
  readonly challenge?: string
  /** What the next proof has to hold (RFC 9449 §9), where proofs need a nonce. */
  readonly dpop_nonce?: string
  /** Seconds after which to try again, when the token could not be checked. */
  readonly retry_after?: number
  /** For a stream that had begun. Absent for a call that was never let in. */
  readonly ended?: StreamEnd
}

const DENIAL: unique symbol = Symbol.for('@tokenward/trpc.denial')

/** An answer of core on its way through tRPC, which hands on what is an `Error`. */
class Denial extends Error {
  readonly denied: Denied
  readonly ended: StreamEnd | undefined
  readonly [DENIAL] = true

  constructor(denied: Denied, ended: StreamEnd | undefined) {
    super(denied.body.error_description)
    this.denied = denied
    this.ended = ended
  }
}

const CODES = { 400: 'BAD_REQUEST', 401: 'UNAUTHORIZED', 403: 'FORBIDDEN', 503: 'SERVICE_UNAVAILABLE' } as const

/** The error that tells tRPC of a refusal. Its message is for clients. */
export function denialError(denied: Denied): TRPCError {
  return errorOf(denied, undefined)
}

/** The same for a stream that had begun. */
export function streamEndError(denied: Denied): TRPCError {
  if (denied.outcome === 'unavailable') return errorOf(denied, 'check-unavailable')
  return errorOf(denied, denied.reason === 'token-expired' ? 'token-expired' : 'access-withdrawn')
}

function errorOf(denied: Denied, ended: StreamEnd | undefined): TRPCError {
  const cause = new Denial(denied, ended)
  const error = new TRPCError({ code: CODES[denied.status], message: denied.body.error_description, cause })
  // Outside production tRPC sends the stack to clients, unless there is none.
  return Object.defineProperty(error, 'stack', { value: undefined })
}

function denialIn(error: unknown): Denial | undefined {
  const { cause } = (error ?? {}) as { readonly cause?: unknown }
  return cause instanceof Error && DENIAL in cause ? (cause as Denial) : undefined
}

/**
 * The answer of core behind an error that a policy threw; `undefined` for any other error. For `onError` of tRPC, which
 * may log `denied.reason`: clients are not told it.
 */
export function deniedBy(error: unknown): Denied | undefined {
  return denialIn(error)?.denied
}

/** What the client is told, for an error that a policy threw. */
export function authErrorDataOf(error: unknown): AuthErrorData | undefined {
  const denial = denialIn(error)
  if (denial === undefined) return undefined
  const { denied, ended } = denial
  const end = ended === undefined ? {} : { ended }
  if (denied.outcome === 'unavailable') return { retry_after: Number(denied.headers['Retry-After']), ...end }
  const { error_description: _, ...told } = denied.body
  const scope = denied.scope === undefined ? {} : { scope: denied.scope }
  const { 'WWW-Authenticate': challenge, 'DPoP-Nonce': dpop_nonce } = denied.headers
  return { ...told, ...scope, challenge, ...(dpop_nonce !== undefined && { dpop_nonce }), ...end }
}
