import { initTRPC } from '@trpc/server'
import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  authorizationServer,
  createAuthPlugin,
  createResourceServer,
  deniedBy,
  type RequestSource,
} from '../src/index.js'
import { asPrincipal, createCallerFactory } from '../src/testing.js'
import { ordersServer } from './support/orders-app.js'

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => expect.unreachable(),
    (error: { readonly code: string }) => [error.code, deniedBy(error)?.reason],
  )

describe('a test caller', () => {
  it('calls procedures as a principal, under the policies of the procedures', async () => {
    const { router } = await ordersServer()
    const createCaller = createCallerFactory(router)
    const reader = createCaller(asPrincipal({ sub: 'u1', scopes: ['orders/read'] }), { db: ['cups'] })
    expect(await reader.orders.list()).toStrictEqual(['cups'])
    expect(await reader.me()).toStrictEqual({ me: 'u1', db: 1 })
    expect(await reader.orders.close()).toBe('live-call')
    expect(await codeOf(reader.orders.remove())).toStrictEqual(['FORBIDDEN', 'scope-missing'])
    const tenant = createCaller(asPrincipal({ sub: 'u1', scopes: ['orders/read'], claims: { tenant: 'acme' } }), {
      db: [],
    })
    expect(await tenant.orders.ofTenant()).toBe('acme u1')
    expectTypeOf(reader.orders.list).returns.resolves.toEqualTypeOf<string[]>()
  })

  it('streams as a principal', async () => {
    const { router } = await ordersServer()
    const caller = createCallerFactory(router)(asPrincipal({ sub: 'u1', scopes: ['orders/read'] }), { db: [] })
    const items: number[] = []
    for await (const item of await caller.orders.count()) items.push(item)
    expect(items).toStrictEqual([1, 2])
  })

  it('calls procedures as nobody', async () => {
    const { router, auth, server, t } = await ordersServer()
    const nobody = createCallerFactory(router)(null, { db: [] })
    expect(await nobody.hello()).toBe('hello stranger')
    expect(await codeOf(nobody.me())).toStrictEqual(['UNAUTHORIZED', 'no-credentials'])
    const ofIssuer = t.router({
      one: t.procedure.concat(auth.policy({ issuers: [server.issuer] })).query(() => 'in'),
    })
    expect(await codeOf(createCallerFactory(ofIssuer)(null, { db: [] }).one())).toStrictEqual([
      'UNAUTHORIZED',
      'no-credentials',
    ])
  })

  it('needs no further context where there is none, and all of it where there is', async () => {
    const issuers = [authorizationServer({ issuer: 'https://auth.example', audience: 'https://api.example' })] as const
    const auth = createAuthPlugin(createResourceServer({ issuers }))
    const t = initTRPC.context<(source: RequestSource) => ReturnType<typeof auth.context>>().create()
    const router = t.router({ me: t.procedure.concat(auth.authenticated).query(({ ctx }) => ctx.principal.subject) })
    expect(await createCallerFactory(router)(asPrincipal({ sub: 'u1' })).me()).toBe('u1')
    const { router: orders } = await ordersServer()
    // @ts-expect-error the procedures read ctx.db
    createCallerFactory(orders)(asPrincipal({ sub: 'u1' }))
  })
})
