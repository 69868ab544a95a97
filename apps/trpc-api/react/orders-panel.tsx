import { QueryClient, QueryClientProvider, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { authLink } from '@tokenward/trpc/client'
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from '@trpc/client'
import { createTRPCContext, useSubscription } from '@trpc/tanstack-react-query'
import { EventSource } from 'eventsource'
import { type ReactNode, useState } from 'react'
import type { AppRouter } from '../src/router/app-router.js'

const { TRPCProvider, useTRPC } = createTRPCContext<AppRouter>()

/** What an app knows of its user's session. */
interface Session {
  readonly accessToken: string
  /** Gets a new access token; rejects when the user has to sign in again. */
  refresh(): Promise<unknown>
}

/** Sends the token in the header, whatever the transport, and refreshes it when the server finds it invalid. */
function createClient(url: string, session: Session) {
  const authorization = () => ({ authorization: `Bearer ${session.accessToken}` })
  return createTRPCClient<AppRouter>({
    links: [
      authLink({ refresh: () => session.refresh() }),
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: httpSubscriptionLink({
          url,
          EventSource,
          eventSourceOptions: {
            fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...authorization() } }),
          },
        }),
        false: httpBatchLink({ url, headers: authorization }),
      }),
    ],
  })
}

export function OrdersApp({ url, session, children }: { url: string; session: Session; children: ReactNode }) {
  const [queryClient] = useState(() => new QueryClient())
  const [client] = useState(() => createClient(url, session))
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={client} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  )
}

export function OrdersPanel() {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const orders = useQuery(trpc.orders.list.queryOptions())
  const add = useMutation(trpc.orders.add.mutationOptions())
  const refetch = () => void queryClient.invalidateQueries(trpc.orders.list.pathFilter())
  const news = useSubscription(trpc.orders.onAdd.subscriptionOptions(undefined, { onData: refetch }))

  // Of the server, with the types of the server: error.data.auth is what authErrorFormatter puts there.
  if (news.error?.data?.auth?.ended === 'access-withdrawn') return <p>You were signed out.</p>
  if (orders.error?.data?.auth?.error === 'insufficient_scope') {
    return <p>Ask for {orders.error.data.auth.scope ?? 'access'} to see orders.</p>
  }
  return (
    <section>
      <ul>
        {orders.data?.map(({ id, item }) => (
          <li key={id}>{item}</li>
        ))}
      </ul>
      <button disabled={add.isPending} onClick={() => add.mutate('Espresso cups')}>
        Order cups
      </button>
      {add.error?.data?.auth?.scope === undefined ? null : <p>This needs {add.error.data.auth.scope}.</p>}
    </section>
  )
}
