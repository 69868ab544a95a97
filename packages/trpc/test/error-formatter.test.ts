import { httpLink } from '@trpc/client'
import { initTRPC, TRPCError } from '@trpc/server'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { authErrorFormatter, deniedBy, type RequestSource } from '../src/index.js'
import { bearer, clientOf, failureOf } from './support/clients.js'
import { ordersServer } from './support/orders-app.js'
import { overStandalone } from './support/transports.js'

async function setUp() {
  const orders = await ordersServer()
  const url = await overStandalone(orders)
  const as = (token?: string) => clientOf(httpLink({ url, headers: bearer({ token }) }))
  return { ...orders, as }
}

describe('a refusal', () => {
  it('says at error.data.auth what the challenge says, and no more', async () => {
    const { server, as } = await setUp()
    const refused = await failureOf(as(await server.accessToken()).orders.list.query())
    expect(refused).toStrictEqual({
      message: 'The access token lacks a required scope',
      data: {
        code: 'FORBIDDEN',
        httpStatus: 403,
        path: 'orders.list',
        auth: {
          error: 'insufficient_scope',
          scope: 'orders/read',
          challenge:
            'Bearer realm="orders", error="insufficient_scope", error_description="The access token lacks a required scope", scope="orders/read"',
        },
      },
    })
    const anonymous = await failureOf(as().me.query())
    expect(anonymous.data?.auth).toStrictEqual({ challenge: 'Bearer realm="orders"' })
    const invalid = await failureOf(as('made-up').me.query())
    expect(invalid.data).toMatchObject({ code: 'UNAUTHORIZED', auth: { error: 'invalid_token' } })
  })

  it('says nothing of the token when it could not be checked', async () => {
    const { server, as } = await setUp()
    server.introspection.fail({ status: 500 })
    const failed = await failureOf(as(await server.opaqueToken()).me.query())
    expect(failed.message).toBe('The access token cannot be checked right now; try again')
    expect(failed.data).toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    expect(failed.data?.auth).toStrictEqual({ retry_after: 1 })
  })

  it('tells clients no reason and no stack, not even where the formatter is missing', async () => {
    const { auth, server } = await ordersServer()
    const createContext = (source: RequestSource) => auth.context(source)
    const t = initTRPC.context<typeof createContext>().create({ isDev: true })
    const router = t.router({
      me: t.procedure.concat(auth.authenticated).query(() => 'in'),
      fail: t.procedure.query(() => {
        throw new Error('for comparison')
      }),
    })
    const url = await overStandalone({ router, createContext })
    const tell = async (path: string, token?: string) =>
      (await fetch(`${url}/${path}`, { headers: bearer({ token }) })).text()
    expect(await tell('fail')).toContain('"stack"')
    const expired = await server.accessToken({ sub: 'secret-subject', expiresIn: '1s' })
    server.clock.advance('1m')
    const told = await tell('me', expired)
    expect(JSON.parse(told)).toStrictEqual({
      error: {
        message: 'The access token expired',
        code: -32001,
        data: { code: 'UNAUTHORIZED', httpStatus: 401, path: 'me' },
      },
    })
  })
})

describe('authErrorFormatter', () => {
  const shape = {
    message: 'm',
    code: -32603,
    data: { code: 'INTERNAL_SERVER_ERROR', httpStatus: 500, stack: 's' },
  } as const

  it('leaves other errors as they are', () => {
    expect(authErrorFormatter({ error: new TRPCError({ code: 'NOT_FOUND' }), shape })).toBe(shape)
    const withCause = new TRPCError({ code: 'NOT_FOUND', cause: new Error('another') })
    expect(authErrorFormatter({ error: withCause, shape })).toBe(shape)
  })

  it('adds to what another formatter has made, and takes the stack out', async () => {
    const { router, createContext } = await ordersServer()
    const error: unknown = await router
      .createCaller(createContext({ req: { method: 'GET', url: '/', headers: {} } }))
      .me()
      .catch((thrown: unknown) => thrown)
    const formatted = authErrorFormatter({
      error: error as TRPCError,
      shape: { ...shape, data: { ...shape.data, requestId: 'r1' } },
    })
    expect(formatted.data).toStrictEqual({
      code: 'INTERNAL_SERVER_ERROR',
      httpStatus: 500,
      requestId: 'r1',
      auth: { challenge: 'Bearer realm="orders"' },
    })
    expectTypeOf(formatted.data.requestId).toEqualTypeOf<string>()
  })
})

it('deniedBy gives onError the reason, for errors of policies alone', async () => {
  const { router, createContext } = await ordersServer()
  const error: unknown = await router
    .createCaller(createContext({ req: { method: 'GET', url: '/', headers: {} } }))
    .me()
    .catch((thrown: unknown) => thrown)
  expect(deniedBy(error)).toMatchObject({ outcome: 'refused', status: 401, reason: 'no-credentials' })
  for (const other of [undefined, null, 'text', new Error('other'), new TRPCError({ code: 'NOT_FOUND', cause: {} })]) {
    expect(deniedBy(other)).toBeUndefined()
  }
})
