/** A request to an app, before it is known how the app is reached. */
export interface WireRequest {
  readonly method: string
  /** As it goes over the wire; nothing is decoded, encoded or resolved. */
  readonly path: string
  /** In this order; names may repeat. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: string | undefined
}

/** What an app answered. */
export interface WireResponse {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** Sends requests to one app. */
export interface Sender {
  send(request: WireRequest): Promise<WireResponse>
  /** Lets go of idle connections, so that the app can close. */
  close(): void
}

/** Long enough for the first request to a cold app on a busy machine. */
export const DEADLINE_MS = 30_000

export function deadlineError({ method, path }: WireRequest): Error {
  return new Error(`conformance: the app did not answer ${method} ${path} within ${DEADLINE_MS / 1_000} seconds`)
}
