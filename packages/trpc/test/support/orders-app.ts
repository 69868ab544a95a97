import { EventEmitter, on } from 'node:events'
import { fakeAuthorizationServer } from '@tokenward/testkit'
import { initTRPC, tracked } from '@trpc/server'
import { observable } from '@trpc/server/observable'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import {
  authErrorFormatter,
  authorizationServer,
  type AuthPlugin,
  type AuthPluginOptions,
  clientSecretBasic,
  createAuthPlugin,
  createResourceServer,
  inMemoryRevocationList,
  type RequestSource,
  type TokenwardEvent,
} from '../../src/index.js'

/** An authorization server, and a resource server that asks it. */
export async function ordersServer(options: AuthPluginOptions = {}) {
  const server = await fakeAuthorizationServer({ served: true })
  onTestFinished(() => server.close())
  const { clientId, clientSecret } = server.client
  const revocationList = inMemoryRevocationList()
  const events: TokenwardEvent[] = []
  const api = createResourceServer({
    issuers: [
      authorizationServer({
        issuer: server.issuer,
        audience: 'https://api.example',
        clockTolerance: '0s',
        opaqueTokens: true,
        introspection: { clientAuthentication: clientSecretBasic(clientId, clientSecret) },
        allowInsecureLoopback: true,
      }),
    ],
    realm: 'orders',
    revocationList,
    clock: server.clock,
    onEvent: (event) => events.push(event),
  })
  onTestFinished(() => api.close())
  const auth = createAuthPlugin(api, options)
  return { server, revocationList, events, api, auth, ...ordersRouter(auth) }
}

export type OrdersServer = Awaited<ReturnType<typeof ordersServer>>
export type OrdersRouter = OrdersServer['router']

const lastEvent = z.object({ lastEventId: z.string() }).optional()
type LastEvent = z.infer<typeof lastEvent>

const tenantClaims = z.object({ tenant: z.string() })

/** Procedures of every kind, as an application has them. */
export function ordersRouter(auth: AuthPlugin) {
  const emitter = new EventEmitter().setMaxListeners(0)
  const createContext = (opts: RequestSource) => ({ ...auth.context(opts), db: ['espresso cups', 'coffee beans'] })
  const t = initTRPC.context<typeof createContext>().create({ errorFormatter: authErrorFormatter })
  const reader = t.procedure.concat(auth.policy({ scopes: ['orders/read'] }))
  const live = t.procedure.concat(auth.policy({ maxRevocationLag: '0s' }))

  const log: number[] = []

  /** Tells of changes, and of those that a client has missed. */
  async function* changes({ input, signal }: { readonly input: LastEvent; readonly signal: AbortSignal | undefined }) {
    const news = on(emitter, 'change', { ...(signal && { signal }) })
    const missed = input?.lastEventId === undefined ? [] : log.filter((id) => id > Number(input.lastEventId))
    for (const id of missed) yield tracked(String(id), { change: id })
    for await (const [id] of news) yield tracked(String(id), { change: id as number })
  }

  const router = t.router({
    health: t.procedure.query(() => 'ok'),
    hello: t.procedure.concat(auth.optional).query(({ ctx }) => `hello ${ctx.principal?.subject ?? 'stranger'}`),
    me: t.procedure.concat(auth.authenticated).query(({ ctx }) => ({ me: ctx.principal.subject, db: ctx.db.length })),
    orders: t.router({
      list: reader.query(({ ctx }) => ctx.db),
      one: reader.input(z.number()).query(({ ctx, input }) => ctx.db[input]),
      remove: reader.concat(auth.policy({ scopes: ['orders/write'] })).mutation(() => 'removed'),
      report: reader
        .concat(auth.policy({ groups: ['staff'] }))
        .concat(auth.policy({ groups: ['managers', 'auditors'] }))
        .query(() => 'report'),
      sign: t.procedure.concat(auth.policy({ acrValues: ['mfa', 'phr'], maxAge: '5m' })).query(() => 'signed'),
      staff: t.procedure.concat(auth.policy({ groups: ['staff'] })).query(() => 'staff'),
      ofTenant: t.procedure
        .concat(auth.policy({ claims: tenantClaims }))
        .concat(auth.policy({ scopes: ['orders/read'] }))
        .query(({ ctx }) => `${ctx.claims.tenant} ${ctx.principal.claims.sub}`),
      close: live.query(({ ctx }) => ctx.principal.evidence.source),
      closeToo: live.concat(auth.policy({ maxRevocationLag: '0s', scopes: ['orders/read'] })).query(() => 'closed'),
      fail: reader.query(() => {
        throw new Error('a secret of the resolver')
      }),
      count: reader.query(async function* () {
        yield 1
        yield 2
      }),
    }),
    changes: reader.input(lastEvent).subscription(changes),
    liveChanges: live.input(lastEvent).subscription(changes),
    /** As subscriptions were written before async generators. */
    oldChanges: reader.subscription(() =>
      observable<number>((observer) => {
        const tell = (id: number) => observer.next(id)
        emitter.on('change', tell)
        return () => void emitter.off('change', tell)
      }),
    ),
    openChanges: t.procedure.concat(auth.optional).input(lastEvent).subscription(changes),
  })
  /** Says whether anybody listens. */
  function change(id: number): boolean {
    log.push(id)
    return emitter.emit('change', id)
  }
  return { router, createContext, t, emitter, change }
}
