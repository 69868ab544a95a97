import type { Denied } from '@tokenward/core'

/** An answer as clients without status and headers get it. */
export interface WireError {
  /** The status a client of HTTP would get. */
  readonly statusCode: number
  /** The code of RFC 6750; without credentials there is none. */
  readonly error?: string
  /** The text of the challenge. */
  readonly error_description: string
  /** What a new login has to be like (RFC 9470): the context classes of which it needs one, divided by spaces. */
  readonly acr_values?: string
  /** The same: how many seconds ago it may have been. */
  readonly max_age?: number
  /** The challenge, as the `WWW-Authenticate` header would hold it. */
  readonly challenge?: string
  /** What the next proof has to hold, as the `DPoP-Nonce` header would (RFC 9449 §9). */
  readonly dpop_nonce?: string
  /** Seconds after which to try again, where the token could not be checked. */
  readonly retryAfter?: number
}

export function wireErrorOf({ status, headers, body }: Denied): WireError {
  return {
    statusCode: status,
    ...body,
    ...('WWW-Authenticate' in headers && { challenge: headers['WWW-Authenticate'] }),
    ...('DPoP-Nonce' in headers && { dpop_nonce: headers['DPoP-Nonce'] }),
    ...('Retry-After' in headers && { retryAfter: Number(headers['Retry-After']) }),
  }
}

/** The shape Nest's own filters give to errors of messages, and the answer. */
export interface DenialEvent extends WireError {
  readonly status: 'error'
  readonly message: string
}

const denials = new WeakSet<object>()

export function eventOf(denied: Denied): DenialEvent {
  const event = { status: 'error' as const, message: denied.body.error_description, ...wireErrorOf(denied) }
  denials.add(event)
  return event
}

export function isDenialEvent(event: unknown): event is DenialEvent {
  return typeof event === 'object' && event !== null && denials.has(event)
}
