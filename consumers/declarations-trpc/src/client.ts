import { type AuthErrorData, authLink } from '@tokenward/trpc/client'
import { createTRPCClient, httpBatchLink, TRPCClientError } from '@trpc/client'
import type { AppRouter } from './orders.js'

export const client = createTRPCClient<AppRouter>({
  links: [authLink({ refresh: () => Promise.resolve() }), httpBatchLink({ url: 'http://localhost:3000/trpc' })],
})
export const subject = async () => (await client.me.query()).subject satisfies string
export const tenant = async () => (await client.tenant.query())[0] satisfies string
export const told = (error: unknown) =>
  (error instanceof TRPCClientError ? (error as TRPCClientError<AppRouter>).data?.auth : undefined) satisfies
    | AuthErrorData
    | undefined
