import {
  authErrorFormatter,
  authResponseMeta,
  cognitoUserPool,
  createAuthPlugin,
  createResourceServer,
  deniedBy,
  definePolicy,
  type RequestSource,
  type TokenwardEvent,
} from '@tokenward/trpc'
import { asPrincipal, createCallerFactory } from '@tokenward/trpc/testing'
import { initTRPC } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { z } from 'zod'

// Exported without annotations: every type they mention must have a name in this one package, the only one of ours that
// is installed.
export const api = createResourceServer({
  issuers: [cognitoUserPool({ userPoolId: 'eu-west-1_AbCdEf123', clientId: 'web' })],
})
export const auth = createAuthPlugin(api, { tokenInConnectionParams: 'nowhere' })
export const policy = definePolicy({ claims: z.object({ tenant: z.string() }) })
export const createContext = (opts: RequestSource) => ({ ...auth.context(opts), db: ['espresso cups'] })
export const t = initTRPC
  .context<typeof createContext>()
  .meta<{ readonly summary?: string }>()
  .create({ errorFormatter: authErrorFormatter })
export const reader = t.procedure.meta({ summary: 'kept' }).concat(auth.policy({ scopes: ['orders/read'] }))
export const ofTenant = reader.concat(auth.policy(policy)).concat(auth.authenticated)

export const appRouter = t.router({
  me: reader.query(({ ctx }) => ctx.principal),
  tenant: ofTenant.query(({ ctx }) => [ctx.claims.tenant, ctx.db] as const),
  hello: t.procedure.concat(auth.optional).query(({ ctx }) => ctx.principal?.subject),
  maybe: t.procedure.concat(auth.optionalPolicy(policy)).query(({ ctx }) => ctx.claims?.tenant),
  news: reader.subscription(async function* ({ ctx }) {
    yield ctx.principal.evidence
  }),
})
export type AppRouter = typeof appRouter

export const handler = (req: Request) =>
  fetchRequestHandler({ endpoint: '/trpc', req, router: appRouter, createContext, responseMeta: authResponseMeta })
export const createCaller = createCallerFactory(appRouter)
export const caller = () => createCaller(asPrincipal({ sub: 'u1' }), { db: [] })
export const reasonOf = (error: unknown) => deniedBy(error)?.reason
export const count = (event: TokenwardEvent) => (event.type === 'request-refused' ? event.reason : undefined)
