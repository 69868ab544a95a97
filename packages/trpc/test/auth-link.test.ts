import { httpLink, type Operation, TRPCClientError, type TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { authLink, type AuthLinkOptions } from '../src/client.js'
import { batchLinks, bearer, clientOf, failureOf, receive, type TokenHolder } from './support/clients.js'
import { type OrdersRouter, ordersServer } from './support/orders-app.js'
import { overStandalone } from './support/transports.js'

const reading = { sub: 'u1', scopes: ['orders/read'] }

/** A client that begins with a token which has expired, and counts what it does. */
async function setUp(batchLink: (typeof batchLinks)[number][1] = batchLinks[0][1]) {
  const orders = await ordersServer()
  const url = await overStandalone(orders)
  const expired = await orders.server.accessToken({ ...reading, expiresIn: '1s' })
  orders.server.clock.advance('1m')
  const holder: TokenHolder = { token: expired }
  const counts = { refreshes: 0, requests: 0 }
  const refresh = vi.fn(async () => {
    counts.refreshes += 1
    await new Promise((resolve) => setImmediate(resolve))
    holder.token = await orders.server.accessToken(reading)
  })
  const counted = async (input: string | URL | Request, init?: RequestInit) => {
    counts.requests += 1
    return fetch(input, init)
  }
  const link = batchLink({ url, headers: () => bearer(holder), fetch: counted })
  return { orders, holder, counts, refresh, expired, url, client: clientOf(authLink({ refresh }), link) }
}

describe.each(batchLinks)('with %s', (_, batchLink) => {
  it('calls that find their token invalid share one refresh, and are sent once more', async () => {
    const { client, counts } = await setUp(batchLink)
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.me.query()))
    expect(new Set(answers.map(({ me }) => me))).toStrictEqual(new Set(['u1']))
    expect(counts).toStrictEqual({ refreshes: 1, requests: 2 })
    await client.me.query()
    expect(counts).toStrictEqual({ refreshes: 1, requests: 3 })
  })
})

describe('a call', () => {
  it('is sent twice at most, and then fails as it did', async () => {
    const { client, counts, refresh, expired, holder } = await setUp()
    refresh.mockImplementation(async () => {
      counts.refreshes += 1
      holder.token = expired
    })
    expect((await failureOf(client.me.query())).data?.auth?.error).toBe('invalid_token')
    expect(counts).toStrictEqual({ refreshes: 1, requests: 2 })
  })

  it('that is a mutation is sent once more, since nothing ran the first time', async () => {
    const { client, counts, refresh, holder, orders } = await setUp()
    refresh.mockImplementation(async () => {
      holder.token = await orders.server.accessToken({ scopes: ['orders/read', 'orders/write'] })
    })
    expect(await client.orders.remove.mutate()).toBe('removed')
    expect(counts.requests).toBe(2)
  })

  it.each([
    ['a scope is missing', 'FORBIDDEN', { scopes: [] }],
    ['there is no token', 'UNAUTHORIZED', undefined],
  ] as const)('is not sent again where %s', async (_, code, content) => {
    const { client, counts, holder, orders } = await setUp()
    holder.token = content && (await orders.server.accessToken(content))
    expect((await failureOf(client.orders.list.query())).data?.code).toBe(code)
    expect(counts).toStrictEqual({ refreshes: 0, requests: 1 })
  })

  it('is not sent again where its token cannot be checked, or the procedure itself fails', async () => {
    const { client, counts, holder, orders } = await setUp()
    holder.token = await orders.server.accessToken(reading)
    orders.server.introspection.fail({ status: 500 })
    expect((await failureOf(client.orders.close.query())).data?.code).toBe('SERVICE_UNAVAILABLE')
    expect((await failureOf(client.orders.fail.query())).data?.code).toBe('INTERNAL_SERVER_ERROR')
    expect(counts).toStrictEqual({ refreshes: 0, requests: 2 })
  })

  it('is not sent again where another login is needed, which a refresh cannot bring', async () => {
    const { client, counts, holder, orders } = await setUp()
    holder.token = await orders.server.accessToken({ ...reading, claims: { acr: 'pwd' } })
    const refused = await failureOf(client.orders.sign.query())
    expect(refused.data).toMatchObject({
      code: 'UNAUTHORIZED',
      auth: { error: 'insufficient_user_authentication', acr_values: 'mfa phr', max_age: 300 },
    })
    expect(counts).toStrictEqual({ refreshes: 0, requests: 1 })
  })

  it('fails as it did where the refresh fails, and the next one tries again', async () => {
    const { client, counts, refresh } = await setUp()
    refresh.mockRejectedValueOnce(new Error('signed out'))
    const failures = await Promise.all([failureOf(client.me.query()), failureOf(client.me.query())])
    expect(failures.map(({ data }) => data?.auth?.error)).toStrictEqual(['invalid_token', 'invalid_token'])
    expect(refresh).toHaveBeenCalledTimes(1)
    refresh.mockImplementationOnce(() => {
      throw new Error('signed out, and says so at once')
    })
    await failureOf(client.me.query())
    expect(await client.me.query()).toMatchObject({ me: 'u1' })
    expect(counts.refreshes).toBe(1)
  })

  it('that was given up meanwhile is not sent again', async () => {
    const { client, counts, refresh } = await setUp()
    const leaving = new AbortController()
    let onRefresh = () => {}
    const refreshing = new Promise<void>((resolve) => (onRefresh = resolve))
    refresh.mockImplementation(async () => onRefresh())
    const call = client.me.query(undefined, { signal: leaving.signal }).catch(() => 'given up')
    await refreshing
    leaving.abort()
    expect(await call).toBe('given up')
    expect(counts.requests).toBe(1)
  })
})

/** A server of one's own making behind the link, which sees every operation. */
function handLink(answer: (op: Operation, attempt: number) => Promise<unknown>) {
  const seen: Operation[] = []
  const link: TRPCLink<OrdersRouter> = () => (opts) =>
    observable((observer) => {
      seen.push(opts.op)
      answer(opts.op, seen.length).then(
        (data) => {
          observer.next({ result: { data } })
          observer.complete()
        },
        (error: unknown) => observer.error(error as TRPCClientError<OrdersRouter>),
      )
    })
  return { seen, link }
}

const failing = (data: unknown) =>
  new TRPCClientError<OrdersRouter>('refused', { result: { error: { data } } as never })
const invalid = () => failing({ auth: { error: 'invalid_token' } })

it('calls share refreshes whenever they fail: a refresh for each new token at most, two attempts for each call', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 12 }), async (scheduler, count) => {
      let token = 0
      let refreshes = 0
      const attempts = new Map<number, number>()
      const { link } = handLink(async ({ id }) => {
        const sentWith = token
        attempts.set(id, (attempts.get(id) ?? 0) + 1)
        await scheduler.schedule(Promise.resolve(), `answer to ${id}`)
        if (sentWith < 1) throw invalid()
        return 'ok'
      })
      const refresh = async () => {
        refreshes += 1
        await scheduler.schedule(Promise.resolve(), 'refresh')
        token += 1
      }
      const client = clientOf(authLink({ refresh }), link)
      const calls = Promise.all(Array.from({ length: count }, () => client.health.query()))
      await scheduler.waitFor(calls)
      expect(await calls).toStrictEqual(Array.from({ length: count }, () => 'ok'))
      expect(refreshes).toBe(1)
      expect(Math.max(...attempts.values())).toBeLessThanOrEqual(2)
    }),
    { numRuns: 50 },
  )
})

it.each([
  undefined,
  null,
  'invalid_token',
  {},
  { auth: null },
  { auth: 'invalid_token' },
  { auth: { error: ['invalid_token'] } },
])('an error whose data is %j is passed on', async (data) => {
  const { link, seen } = handLink(async () => {
    throw failing(data)
  })
  await expect(clientOf(authLink({ refresh: () => expect.unreachable() }), link).me.query()).rejects.toThrow('refused')
  expect(seen).toHaveLength(1)
})

describe('a subscription', () => {
  /** Brings what each attempt is told to, and fails then. */
  function streams(...attempts: readonly (readonly { id?: string; data: unknown }[])[]) {
    const inputs: unknown[] = []
    let refreshes = 0
    const link: TRPCLink<OrdersRouter> =
      () =>
      ({ op }) =>
        observable((observer) => {
          const items = attempts[inputs.push(op.input) - 1] ?? []
          setImmediate(() => {
            observer.next({ result: { type: 'started' } })
            for (const item of items) observer.next({ result: { type: 'data', ...item } as never })
            observer.error(invalid())
          })
        })
    const client = clientOf(authLink({ refresh: () => void (refreshes += 1) }), link)
    return { inputs, client, refreshes: () => refreshes }
  }

  it('refreshes again once it has brought something, and goes on after its last event', async () => {
    const { client, inputs, refreshes } = streams([{ id: '1', data: 1 }], [{ data: 2 }, { id: '3', data: 3 }], [])
    const stream = receive((handlers) => client.changes.subscribe(undefined, handlers))
    expect((await stream.ended)?.data?.auth).toStrictEqual({ error: 'invalid_token' })
    expect(stream.items).toHaveLength(3)
    expect(inputs).toStrictEqual([undefined, { lastEventId: '1' }, { lastEventId: '3' }])
    expect(refreshes()).toBe(2)
  })

  it('that is never let in refreshes once', async () => {
    const { client, inputs, refreshes } = streams()
    const stream = receive((handlers) => client.changes.subscribe({ lastEventId: '7' }, handlers))
    expect((await stream.ended)?.data?.auth).toStrictEqual({ error: 'invalid_token' })
    expect(inputs).toStrictEqual([{ lastEventId: '7' }, { lastEventId: '7' }])
    expect(refreshes()).toBe(1)
  })

  it('that was open for half a minute was let in, though it has brought nothing', async () => {
    let now = Date.now()
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now)
    onTestFinished(() => clock.mockRestore())
    let attempts = 0
    let refreshes = 0
    const link: TRPCLink<OrdersRouter> = () => () =>
      observable((observer) => {
        attempts += 1
        setImmediate(() => {
          now += attempts < 4 ? 30_000 : 29_999
          observer.error(invalid())
        })
      })
    const client = clientOf(authLink({ refresh: () => void (refreshes += 1) }), link)
    await receive((handlers) => client.changes.subscribe(undefined, handlers)).ended
    expect([attempts, refreshes]).toStrictEqual([4, 3])
  })
})

it.each([
  [undefined, 'authLink takes an object of options'],
  [null, 'authLink takes an object of options'],
  [{}, 'authLink.refresh must be a function'],
  [{ refresh: 'now' }, 'authLink.refresh must be a function'],
  [{ refresh: undefined }, 'authLink.refresh must be a function'],
  [{ refresh: () => {}, reconnect: true }, 'authLink.reconnect must be a function'],
  [
    { refresh: () => {}, onRefresh: () => {} },
    'authLink.onRefresh is not an option; known options are refresh, reconnect',
  ],
])('%j is an error', (options, message) => {
  expect(() => authLink(options as unknown as AuthLinkOptions)).toThrow(message)
})

it('works with httpLink, which sends calls one by one', async () => {
  const { holder, url, refresh } = await setUp()
  const client = clientOf(authLink({ refresh }), httpLink({ url, headers: () => bearer(holder) }))
  expect(await Promise.all([client.me.query(), client.orders.list.query()])).toMatchObject([
    { me: 'u1' },
    ['espresso cups', 'coffee beans'],
  ])
  expect(refresh).toHaveBeenCalledTimes(1)
})
