import { initTRPC, TRPCError } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { describe, expect, expectTypeOf, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import {
  type AccessTokenClaims,
  authorizationServer,
  ConfigurationError,
  createAuthPlugin,
  createResourceServer,
  type CreateContextMustSpreadAuthContext,
  definePolicy,
  deniedBy,
  type Principal,
  type RequestSource,
} from '../src/index.js'
import { ordersServer } from './support/orders-app.js'

const requestWith = (token: string | undefined, info?: RequestSource['info']): RequestSource => ({
  req: { method: 'GET', url: '/', headers: token === undefined ? {} : { authorization: `Bearer ${token}` } },
  info,
})

/** A server with a consumer's own context and meta around the plugin. */
async function setUp() {
  const orders = await ordersServer()
  const createContext = (source: RequestSource) => ({ ...orders.auth.context(source), db: ['cups'] })
  const t = initTRPC.context<typeof createContext>().meta<{ readonly summary?: string }>().create()
  const as = async (token: Promise<string> | undefined) => createContext(requestWith(await token))
  return { ...orders, t, as, createContext }
}

/** Why a call was refused, as the operator sees it. */
async function reasonOf(call: Promise<unknown>): Promise<string | undefined> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(TRPCError)
  return deniedBy(error)?.reason
}

describe('stacked policies', () => {
  it('must all hold: scopes add up, and each list of groups and alternatives counts', async () => {
    const { t, auth, server, as } = await setUp()
    const router = t.router({
      both: t.procedure
        .concat(auth.policy({ scopes: ['a'], groups: ['g', 'h'] }))
        .concat(auth.policy({ scopes: ['b'], anyScope: ['c', 'd'], groups: ['i'] }))
        .query(() => 'in'),
    })
    const call = async (scopes: string[], groups: string[]) =>
      router.createCaller(await as(server.accessToken({ scopes, claims: { groups } }))).both()
    expect(await call(['a', 'b', 'd'], ['h', 'i'])).toBe('in')
    expect(await reasonOf(call(['a', 'd'], ['h', 'i']))).toBe('scope-missing')
    expect(await reasonOf(call(['b', 'd'], ['h', 'i']))).toBe('scope-missing')
    expect(await reasonOf(call(['a', 'b'], ['h', 'i']))).toBe('scope-missing')
    expect(await reasonOf(call(['a', 'b', 'c'], ['h']))).toBe('group-missing')
    expect(await reasonOf(call(['a', 'b', 'c'], ['i']))).toBe('group-missing')
  })

  it.each([
    ['first', ['0s', 'token-lifetime']],
    ['last', ['token-lifetime', '0s']],
  ] as const)('keep the strictest bound on the lag, be it the %s', async (_, [one, other]) => {
    const { t, auth, server, as } = await setUp()
    const router = t.router({
      live: t.procedure
        .concat(auth.policy({ maxRevocationLag: one }))
        .concat(auth.policy({ maxRevocationLag: other }))
        .query(() => 'in'),
    })
    const token = await server.accessToken()
    const context = await as(Promise.resolve(token))
    expect(await router.createCaller(context).live()).toBe('in')
    expect(server.introspection.hits).toBe(1)
    server.clock.advance('1m')
    await server.revoke(token)
    expect(await reasonOf(router.createCaller(await as(Promise.resolve(token))).live())).toBe('token-revoked')
  })

  it('tell in a refusal the scopes of all up to the one that refused', async () => {
    const { t, auth, server, as } = await setUp()
    const base = t.procedure.concat(auth.policy({ scopes: ['a'], anyScope: ['b', 'c'] }))
    const router = t.router({
      write: base.concat(auth.policy({ scopes: ['d'] })).query(() => 'in'),
      other: base
        .concat(auth.authenticated)
        .concat(auth.policy({ scopes: ['e'] }))
        .query(() => 'in'),
    })
    const other = t.router({ write: t.procedure.concat(auth.policy({ scopes: ['f'] })).query(() => 'in') })
    const scopeOf = (call: Promise<unknown>) =>
      call.then(
        () => expect.unreachable(),
        (error: unknown) => deniedBy(error),
      )
    const caller = router.createCaller(await as(server.accessToken({ scopes: ['a', 'b'] })))
    expect(await scopeOf(caller.write())).toMatchObject({ scope: 'd a b c' })
    expect(await scopeOf(caller.other())).toMatchObject({ scope: 'e a b c' })
    expect(await scopeOf(other.createCaller(await as(server.accessToken())).write())).toMatchObject({ scope: 'f' })
    expect(await scopeOf(router.createCaller(await as(server.accessToken())).write())).toMatchObject({ scope: 'a b c' })
  })

  it('after an optional one need somebody', async () => {
    const { t, auth, as } = await setUp()
    const router = t.router({
      mine: t.procedure
        .concat(auth.optional)
        .concat(auth.authenticated)
        .query(({ ctx }) => ctx.principal.subject),
    })
    expect(await reasonOf(router.createCaller(await as(undefined)).mine())).toBe('no-credentials')
  })
})

describe('the claims of a schema', () => {
  const tenant = z.object({ tenant: z.string() })

  it('stay in the context when a later policy has none, and give way to those of a later schema', async () => {
    const { t, auth, server, as } = await setUp()
    const ofTenant = t.procedure.concat(auth.policy({ claims: tenant })).concat(auth.authenticated)
    const router = t.router({
      kept: ofTenant.query(({ ctx }) => [ctx.claims.tenant, ctx.principal.claims.sub]),
      replaced: ofTenant
        .concat(auth.policy({ claims: z.object({ seat: z.number() }) }))
        .query(({ ctx }) => [ctx.claims, ctx.principal.claims.seat]),
    })
    const caller = router.createCaller(await as(server.accessToken({ sub: 'u1', claims: { tenant: 'acme', seat: 7 } })))
    expect(await caller.kept()).toStrictEqual(['acme', 'u1'])
    expect(await caller.replaced()).toStrictEqual([{ seat: 7 }, 7])
    const other = router.createCaller(await as(server.accessToken({ claims: { seat: 7 } })))
    expect(await reasonOf(other.kept())).toBe('claims-not-accepted')
  })

  it('are typed, and so is everything around them', async () => {
    const { t, auth } = await setUp()
    t.procedure.concat(auth.authenticated).query(({ ctx }) => {
      expectTypeOf(ctx.principal).toEqualTypeOf<Principal>()
      expectTypeOf(ctx.db).toEqualTypeOf<string[]>()
      expectTypeOf(ctx).not.toHaveProperty('claims')
    })
    t.procedure.concat(auth.optional).query(({ ctx }) => expectTypeOf(ctx.principal).toEqualTypeOf<Principal | null>())
    t.procedure.concat(auth.policy({ claims: tenant })).query(({ ctx }) => {
      expectTypeOf(ctx.principal).toEqualTypeOf<Principal<{ tenant: string }>>()
      expectTypeOf(ctx.claims).toEqualTypeOf<{ tenant: string }>()
    })
    t.procedure
      .meta({ summary: 'kept' })
      .concat(auth.policy(definePolicy({ claims: tenant })))
      .concat(auth.policy({ scopes: ['a'] }))
      .query(({ ctx }) => {
        expectTypeOf(ctx.principal.claims).toEqualTypeOf<AccessTokenClaims>()
        expectTypeOf(ctx.claims).toEqualTypeOf<{ tenant: string }>()
      })
    t.procedure.concat(auth.policy(definePolicy({ scopes: ['a'] }))).query(({ ctx }) => {
      expectTypeOf(ctx.principal).toEqualTypeOf<Principal>()
      expectTypeOf(ctx).not.toHaveProperty('claims')
    })
    // @ts-expect-error a misspelt check must not become a missing one
    expect(() => auth.policy({ scope: ['a'] })).toThrow('policy.scope is not an option')
    // @ts-expect-error nobody names claims that no schema checks
    expect(() => auth.policy<{ admin: true }>({})).not.toThrow()
    const without = initTRPC.context<{ readonly db: string[] }>().create()
    // @ts-expect-error the context lacks what auth.context() returns
    without.procedure.concat(auth.authenticated)
  })
})

it('a decision point is asked by the policies of procedures, with the principal and the request of the whole batch', async () => {
  const { server } = await ordersServer()
  const asked: unknown[] = []
  const api = createResourceServer({
    issuers: [
      authorizationServer({ issuer: server.issuer, audience: 'https://api.example', allowInsecureLoopback: true }),
    ],
    clock: server.clock,
    decisionPoint: {
      async decide({ principal, action, resource }) {
        asked.push([principal.subject, action, resource])
        return { decision: action === 'orders:list' ? 'permit' : 'deny' }
      },
    },
  })
  onTestFinished(() => api.close())
  const auth = createAuthPlugin(api)
  const t = initTRPC.context<(source: RequestSource) => ReturnType<typeof auth.context>>().create()
  const router = t.router({
    list: t.procedure
      .concat(
        auth.policy({ action: 'orders:list', resource: ({ principal }) => ({ type: 'User', id: principal.subject }) }),
      )
      .query(() => 'in'),
    close: t.procedure.concat(auth.policy({ action: 'orders:close' })).query(() => 'in'),
  })
  const caller = router.createCaller(auth.context(requestWith(await server.accessToken({ sub: 'u1' }))))
  expect(await caller.list()).toBe('in')
  expect(await reasonOf(caller.close())).toBe('decision-denied')
  expect(asked).toMatchObject([
    ['u1', 'orders:list', { type: 'User', id: 'u1' }],
    ['u1', 'orders:close', undefined],
  ])
})

describe('an optional procedure', () => {
  it('takes callers without a token, and knows those who have one', async () => {
    const { router, createContext, server } = await ordersServer()
    const hello = async (token?: string) => router.createCaller(createContext(requestWith(token))).hello()
    expect(await hello()).toBe('hello stranger')
    expect(await hello(await server.accessToken({ sub: 'u1' }))).toBe('hello u1')
  })

  it('refuses a token that is not valid', async () => {
    const { router, createContext } = await ordersServer()
    expect(await reasonOf(router.createCaller(createContext(requestWith('eyJ.a.b'))).hello())).toBe('token-malformed')
  })
})

describe('an optional procedure with a policy', () => {
  it('takes callers without a token, and others by the policy', async () => {
    const { t, auth, as, server } = await setUp()
    const router = t.router({
      hello: t.procedure
        .concat(auth.optionalPolicy({ scopes: ['a'], claims: z.object({ tenant: z.string() }) }))
        .query(({ ctx }) => {
          expectTypeOf(ctx.principal).toEqualTypeOf<Principal<{ tenant: string }> | null>()
          expectTypeOf(ctx.claims).toEqualTypeOf<{ tenant: string } | null>()
          return [ctx.principal?.subject ?? null, ctx.claims]
        }),
      plain: t.procedure.concat(auth.optionalPolicy({ scopes: ['a'] })).query(({ ctx }) => {
        expectTypeOf(ctx.principal).toEqualTypeOf<Principal | null>()
        return Object.keys(ctx)
      }),
    })
    const hello = async (token?: Promise<string>) => router.createCaller(await as(token)).hello()
    expect(await hello()).toStrictEqual([null, null])
    const claims = { tenant: 'acme' }
    expect(await hello(server.accessToken({ sub: 'u1', scopes: ['a'], claims }))).toStrictEqual(['u1', claims])
    expect(await reasonOf(hello(server.accessToken({ claims })))).toBe('scope-missing')
    expect(await reasonOf(hello(server.accessToken({ scopes: ['a'] })))).toBe('claims-not-accepted')
    expect(await router.createCaller(await as(undefined)).plain()).not.toContain('claims')
  })
})

describe('events', () => {
  it('name the procedure where its policy has no name of its own', async () => {
    const { t, auth, as, server, events } = await setUp()
    const router = t.router({
      a: t.router({ b: t.procedure.concat(auth.policy({ scopes: ['a'] })).query(() => 'in') }),
      named: t.procedure.concat(auth.policy({ name: 'mine' })).query(() => 'in'),
      optional: t.procedure.concat(auth.optional).query(() => 'in'),
    })
    const caller = router.createCaller(await as(server.accessToken({ scopes: ['a'] })))
    await Promise.all([caller.a.b(), caller.a.b(), caller.named(), caller.optional()])
    const routes = events.flatMap((event) => (event.type === 'request-granted' ? [event.route] : []))
    expect(routes.toSorted()).toStrictEqual(['a.b', 'a.b', 'mine', 'optional'])
  })
})

describe('what goes wrong on our side', () => {
  /** Calls a procedure as plain JavaScript could, and gives the error. */
  async function errorWith(context: (plugin: Awaited<ReturnType<typeof setUp>>) => object): Promise<TRPCError> {
    const plugin = await setUp()
    const { t, auth } = plugin
    const router = t.router({ me: t.procedure.concat(auth.authenticated).query(() => 'in') })
    const caller = router.createCaller(context(plugin) as CreateContextMustSpreadAuthContext & { db: string[] })
    return caller.me().then(
      () => expect.unreachable(),
      (error: TRPCError) => error,
    )
  }

  it.each([
    ['nothing', () => ({ db: [] })],
    ['something else', () => ({ tokenward: {} })],
  ])('is an internal error where the context has %s of the plugin, and says no more', async (_, context) => {
    const error = await errorWith(context)
    expect([error.code, error.message]).toStrictEqual(['INTERNAL_SERVER_ERROR', 'Internal server error'])
    expect(error.cause).toBeInstanceOf(ConfigurationError)
    expect(error.cause?.message).toBe('createContext must return what auth.context(opts) returns, among the rest')
  })

  it('is an internal error where the adapter was given no createContext, and says what to give it', async () => {
    const { t, auth } = await setUp()
    const router = t.router({ orders: t.procedure.concat(auth.authenticated).query(() => 'orders') })
    const errors: TRPCError[] = []
    const response = await fetchRequestHandler({
      endpoint: '/trpc',
      req: new Request('https://api.example/trpc/orders'),
      router,
      onError: ({ error }) => void errors.push(error),
      // The compiler asks for it.
    } as Parameters<typeof fetchRequestHandler<typeof router>>[0])
    expect(response.status).toBe(500)
    expect(errors[0]?.cause).toBeInstanceOf(ConfigurationError)
    expect(errors[0]?.cause?.message).toBe(
      'createContext must be given to the adapter: createContext: (opts) => auth.context(opts)',
    )
  })

  it('is an internal error where the context is that of another server', async () => {
    const issuers = [authorizationServer({ issuer: 'https://other.example', audience: 'https://api.example' })] as const
    const other = createAuthPlugin(createResourceServer({ issuers }))
    const error = await errorWith(() => ({ ...other.context(requestWith(undefined)), db: [] }))
    expect([error.code, error.message]).toStrictEqual(['INTERNAL_SERVER_ERROR', 'Internal server error'])
    expect(error.cause?.message).toBe('createContext has the credentials of another resource server than the procedure')
  })
})

describe('options', () => {
  it.each([
    [{ tokenInConnectionParams: 'sse' }, 'createAuthPlugin.tokenInConnectionParams must be one of websocket'],
    [{ issuers: [] }, 'createAuthPlugin.issuers is not an option'],
    [null, 'createAuthPlugin takes an object of options'],
    ['websocket', 'createAuthPlugin takes an object of options'],
  ])('%j is an error', async (options, message) => {
    const { api } = await ordersServer()
    expect(() => createAuthPlugin(api, options as never)).toThrow(message)
  })

  it.each([undefined, null, {}])('a resource server is needed, not %j', (api) => {
    expect(() => createAuthPlugin(api as never)).toThrow('createAuthPlugin.api must be made by createResourceServer()')
  })

  it('a wrong policy stops the start, not the first call', async () => {
    const { auth } = await ordersServer()
    expect(() => auth.policy({ scopes: [] })).toThrow('policy.scopes must be a list')
    expect(() => auth.policy({ issuers: ['https://unknown.example'] })).toThrow('policy.issuers names')
    expect(() => auth.policy(undefined as never)).toThrow('policy')
  })
})
