import { authErrorFormatter, type AuthPlugin, type RequestSource } from '@tokenward/trpc'
import { initTRPC } from '@trpc/server'
import type { Orders } from './orders.js'

/** What every procedure finds in its context, and the procedures that others are built on. */
export function createTrpc(auth: AuthPlugin, orders: Orders) {
  const createContext = (source: RequestSource) => ({ ...auth.context(source), orders })
  const t = initTRPC.context<typeof createContext>().create({ errorFormatter: authErrorFormatter })

  return {
    createContext,
    router: t.router,
    publicProcedure: t.procedure,
    signedIn: t.procedure.concat(auth.authenticated),
    reader: t.procedure.concat(auth.policy({ scopes: ['orders/read'] })),
    writer: t.procedure.concat(auth.policy({ scopes: ['orders/write'] })),
    /** Asks Cognito for every request: for what must not happen with a token that was revoked a moment ago. */
    live: t.procedure.concat(auth.policy({ maxRevocationLag: '0s' })),
  }
}
