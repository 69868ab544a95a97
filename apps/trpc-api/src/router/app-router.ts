import { type AuthPlugin, type RevocationList, revocationEntryFor } from '@tokenward/trpc'
import { tracked } from '@trpc/server'
import { z } from 'zod'
import type { Orders } from './orders.js'
import { createTrpc } from './trpc.js'

export type AppRouter = ReturnType<typeof createApp>['router']

export function createApp(auth: AuthPlugin, orders: Orders, revocationList: Pick<RevocationList, 'add'>) {
  const { router, createContext, publicProcedure, signedIn, reader, writer, live } = createTrpc(auth, orders)

  const appRouter = router({
    health: publicProcedure.query(() => 'ok'),
    me: signedIn.query(({ ctx }) => ({ subject: ctx.principal.subject, scopes: ctx.principal.scopes })),
    signOut: signedIn.mutation(({ ctx }) => revocationList.add(revocationEntryFor(ctx.principal, 'login'))),
    orders: router({
      list: reader.query(({ ctx }) => ctx.orders.all()),
      add: writer.input(z.string().min(1)).mutation(({ ctx, input }) => ctx.orders.add(input)),
      /** A stream as the result of a query. */
      export: reader.query(async function* ({ ctx }) {
        for (const order of ctx.orders.all()) yield order
      }),
      audit: live.input(z.number()).query(({ ctx, input }) => `${input}: ${ctx.principal.evidence.source}`),
      /** News, and what a client has missed since the last one it got. */
      onAdd: reader.input(z.object({ lastEventId: z.string().optional() }).optional()).subscription(async function* ({
        ctx,
        input,
        signal,
      }) {
        for await (const order of ctx.orders.after(Number(input?.lastEventId ?? 0), signal)) {
          yield tracked(String(order.id), order)
        }
      }),
    }),
  })
  return { router: appRouter, createContext }
}
