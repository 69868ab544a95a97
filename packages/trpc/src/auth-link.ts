import type { Operation, TRPCClientError, TRPCLink } from '@trpc/client'
import type { AnyTRPCRouter } from '@trpc/server'
import { observable, type Unsubscribable } from '@trpc/server/observable'
import type { AuthErrorData } from './denial.js'
import { TokenRenewal, type TokenRenewalOptions } from './token-renewal.js'

/** Options of `authLink`. */
export type AuthLinkOptions = TokenRenewalOptions

/** A subscription that was open this long, or has brought something, was let in: it may refresh again. */
const LET_IN_MS = 30_000

/**
 * A link that has the app get a new access token when the server calls the old one `invalid_token`, and sends the call
 * once more. A call refreshes once, a subscription once each time it was let in; calls that fail together share one
 * refresh. It goes by `error.data.auth`, so the server needs `authErrorFormatter`. Whatever else a refusal says (403, a
 * stronger login, no token, a check that could not be made) is the app's to handle.
 *
 * @throws TypeError for options that are not what they should be.
 */
export function authLink<Router extends AnyTRPCRouter>(options: AuthLinkOptions): TRPCLink<Router> {
  const renewal = new TokenRenewal(options)
  return () =>
    ({ op, next }) =>
      observable((observer) => {
        let sending: Unsubscribable | undefined
        let isOver = false
        let lastEventId: string | undefined
        let mayRefresh = true

        function send(): void {
          const sentWith = renewal.count
          const sentAt = Date.now()
          let wasLetIn = false
          sending = next(resumed(op, lastEventId)).subscribe({
            next(envelope) {
              const { result } = envelope
              if (result.type === undefined || result.type === 'data') {
                wasLetIn = true
                if ('id' in result && result.id !== undefined) lastEventId = String(result.id)
              }
              observer.next(envelope)
            },
            error(error) {
              wasLetIn ||= Date.now() - sentAt >= LET_IN_MS
              if (op.type === 'subscription' && wasLetIn) mayRefresh = true
              if (!mayRefresh || authDataOf(error)?.error !== 'invalid_token') return observer.error(error)
              mayRefresh = false
              void sendAgain(error, sentWith)
            },
            complete: () => observer.complete(),
          })
        }

        async function sendAgain(error: TRPCClientError<Router>, sentWith: number): Promise<void> {
          const isRenewed = await renewal.after(sentWith)
          if (isOver) return
          if (isRenewed && op.signal?.aborted !== true) send()
          else observer.error(error)
        }

        send()
        return () => {
          isOver = true
          sending?.unsubscribe()
        }
      })
}

/** A stream goes on after the last event that had an id, as tRPC's own links do it. */
function resumed(op: Operation, lastEventId: string | undefined): Operation {
  const { input } = op
  if (lastEventId === undefined || (typeof input !== 'object' && input !== undefined)) return op
  return { ...op, input: { ...input, lastEventId } }
}

/** Whoever answers may be another server than ours: what looks different counts for nothing. */
function authDataOf({ data }: TRPCClientError<AnyTRPCRouter>): AuthErrorData | undefined {
  const auth: unknown = (data as { readonly auth?: unknown } | null | undefined)?.auth
  return typeof auth === 'object' && auth !== null ? (auth as AuthErrorData) : undefined
}
