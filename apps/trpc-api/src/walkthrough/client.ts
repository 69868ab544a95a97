import { authLink } from '@tokenward/trpc/client'
import {
  createTRPCClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpSubscriptionLink,
  splitLink,
  TRPCClientError,
} from '@trpc/client'
import { EventSource } from 'eventsource'
import type { AppRouter } from '../router/app-router.js'

export interface ClientOptions {
  readonly url: string
  /** `undefined`: none is sent. */
  readonly token: string | undefined
  /** Brings the token that is sent from then on. Default: the calls fail with the token they had. */
  readonly refresh?: () => Promise<string>
  /** Reads answers as they come. */
  readonly streams?: boolean
}

/** A typed client, and what it did. */
export interface DemoClient {
  readonly trpc: ReturnType<typeof createTRPCClient<AppRouter>>
  readonly responses: readonly { readonly status: number; readonly challenge: string | null }[]
  readonly refreshes: number
}

/** Sends its token in the header, by every transport: in `connectionParams`, SSE would write it into the URL. */
export function createClient({ url, token, refresh, streams = false }: ClientOptions): DemoClient {
  const responses: { status: number; challenge: string | null }[] = []
  const client = { responses, refreshes: 0 }
  let current = token
  const headers = () => (current === undefined ? {} : { authorization: `Bearer ${current}` })

  async function countingFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const response = await fetch(input, init)
    responses.push({ status: response.status, challenge: response.headers.get('www-authenticate') })
    return response
  }

  const batchLink = streams ? httpBatchStreamLink : httpBatchLink
  const trpc = createTRPCClient<AppRouter>({
    links: [
      authLink({
        async refresh() {
          if (refresh === undefined) throw new Error('This client has no refresh token')
          client.refreshes += 1
          current = await refresh()
        },
      }),
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: httpSubscriptionLink({
          url,
          EventSource,
          eventSourceOptions: {
            fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...headers() } }),
          },
        }),
        false: batchLink({ url, headers, fetch: countingFetch as never }),
      }),
    ],
  })
  return Object.assign(client, { trpc })
}

/** What a call brought, or what the client was told of its refusal. */
export async function told(call: Promise<unknown>): Promise<string> {
  try {
    return text(await call)
  } catch (error) {
    return refusal(error)
  }
}

/** As `error.data` says it, with the types of the router. */
export function refusal(error: unknown): string {
  if (!(error instanceof TRPCClientError)) return String(error)
  const { data } = error as TRPCClientError<AppRouter>
  const parts = [data?.httpStatus, data?.code, data?.auth?.error, data?.auth?.scope, data?.auth?.ended]
  return parts.filter((part) => part !== undefined).join(' ')
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
