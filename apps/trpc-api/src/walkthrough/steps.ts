import { createClient, type DemoClient, refusal, told } from './client.js'
import type { RunningDemo } from './running-demo.js'

/** One thing a client does, and what must come of it. */
export interface Step {
  /** What is called, and with what. */
  readonly call: string
  readonly run: () => Promise<string>
  readonly expected: string
  readonly because: string
}

/** Steps under one heading. */
export interface Chapter {
  readonly heading: string
  readonly steps: readonly Step[]
}

/** What a token must have for `GetUser`, so that Cognito can be asked about it. */
const LIVENESS_SCOPE = 'aws.cognito.signin.user.admin'

export function chapters(demo: RunningDemo): readonly Chapter[] {
  return [
    { heading: 'Queries and mutations', steps: callSteps(demo) },
    { heading: 'Batches', steps: batchSteps(demo) },
    { heading: 'Streams', steps: streamSteps(demo) },
    { heading: 'A token that expires', steps: refreshSteps(demo) },
    { heading: 'A subscription that a revocation cuts', steps: subscriptionSteps(demo) },
  ]
}

function callSteps({ apiUrl: url, pool }: RunningDemo): readonly Step[] {
  const as = async (token: Promise<string> | undefined) => createClient({ url, token: await token }).trpc
  const reader = () => as(pool.accessToken({ sub: 'u1', scopes: ['orders/read'] }))
  const writer = () => as(pool.accessToken({ sub: 'u1', scopes: ['orders/write'] }))
  return [
    {
      call: 'health without a token',
      run: async () => told((await as(undefined)).health.query()),
      expected: 'ok',
      because: 'a procedure without a policy is open',
    },
    {
      call: 'me without a token',
      run: async () => told((await as(undefined)).me.query()),
      expected: '401 UNAUTHORIZED',
      because: 'no credentials, so no error code (RFC 6750 §3.1)',
    },
    {
      call: 'me with a token',
      run: async () => told((await reader()).me.query()),
      expected: '{"subject":"u1","scopes":["orders/read"]}',
      because: 'ctx.principal is typed, and survives JSON',
    },
    {
      call: 'me with a forged token',
      run: async () => told((await as(pool.forged.wrongKey())).me.query()),
      expected: '401 UNAUTHORIZED invalid_token',
      because: 'the right kid, the wrong key',
    },
    {
      call: 'orders.add with orders/read',
      run: async () => told((await reader()).orders.add.mutate('Milk jug')),
      expected: '403 FORBIDDEN insufficient_scope orders/write',
      because: 'error.data.auth names the scope to ask for',
    },
    {
      call: 'orders.add with orders/write',
      run: async () => told((await writer()).orders.add.mutate('Milk jug')),
      expected: '{"id":3,"item":"Milk jug"}',
      because: 'the scope is there',
    },
  ]
}

function batchSteps({ apiUrl: url, pool }: RunningDemo): readonly Step[] {
  return [
    {
      call: "20 procedures on '0s'",
      async run() {
        const { trpc, responses } = createClient({ url, token: await pool.accessToken({ scopes: [LIVENESS_SCOPE] }) })
        const before = pool.getUser.hits
        const answers = await Promise.all(Array.from({ length: 20 }, (_, id) => trpc.orders.audit.query(id)))
        const live = answers.filter((answer) => answer.endsWith('live-call')).length
        return `${live} answers, ${responses.length} request, ${pool.getUser.hits - before} call to Cognito`
      },
      expected: '20 answers, 1 request, 1 call to Cognito',
      because: 'a request is verified once, and asked about once',
    },
    {
      call: 'two procedures, one of them refused',
      async run() {
        const { trpc, responses } = createClient({ url, token: await pool.accessToken({ sub: 'u1' }) })
        const [me, list] = await Promise.all([trpc.me.query(), told(trpc.orders.list.query())])
        return `${me.subject}, ${list}; ${statusOf(responses)}`
      },
      expected: 'u1, 403 FORBIDDEN insufficient_scope orders/read; HTTP 207 without a challenge',
      because: 'a challenge would speak for the call it is not about',
    },
    {
      call: 'two procedures, both refused alike',
      async run() {
        const { trpc, responses } = createClient({ url, token: await pool.accessToken() })
        await Promise.all([told(trpc.orders.list.query()), told(trpc.orders.list.query())])
        return statusOf(responses)
      },
      expected: 'HTTP 403 with a challenge',
      because: 'authResponseMeta writes status and WWW-Authenticate',
    },
  ]
}

function streamSteps({ apiUrl: url, pool }: RunningDemo): readonly Step[] {
  const streamingWith = async (scopes: readonly 'orders/read'[]) =>
    createClient({ url, token: await pool.accessToken({ scopes }), streams: true })
  return [
    {
      call: 'orders.export, which yields orders',
      async run() {
        const { trpc } = await streamingWith(['orders/read'])
        const ids: number[] = []
        for await (const { id } of await trpc.orders.export.query()) ids.push(id)
        return ids.join(' ')
      },
      expected: '1 2 3',
      because: 'the stream goes on for as long as its grant holds',
    },
    {
      call: 'orders.list refused in a stream',
      async run() {
        const { trpc, responses } = await streamingWith([])
        return `${await told(trpc.orders.list.query())}; ${statusOf(responses)}`
      },
      expected: '403 FORBIDDEN insufficient_scope orders/read; HTTP 200 without a challenge',
      because: 'the response has begun by then: error.data.auth is what counts',
    },
  ]
}

function refreshSteps({ apiUrl: url, pool }: RunningDemo): readonly Step[] {
  return [
    {
      call: 'five calls with an expired token',
      async run() {
        const client = createClient({
          url,
          token: await pool.forged.expired({ sub: 'u1' }),
          refresh: () => pool.accessToken({ sub: 'u1' }),
        })
        const answers = await Promise.all(Array.from({ length: 5 }, () => client.trpc.me.query()))
        return `${answers.length} answers, ${client.refreshes} refresh, ${client.responses.length} requests`
      },
      expected: '5 answers, 1 refresh, 2 requests',
      because: 'authLink refreshes once, and sends the calls once more',
    },
    {
      call: 'a call that another token would not help',
      async run() {
        const client = createClient({ url, token: await pool.accessToken(), refresh: () => pool.accessToken() })
        return `${await told(client.trpc.orders.list.query())}; ${client.refreshes} refreshes`
      },
      expected: '403 FORBIDDEN insufficient_scope orders/read; 0 refreshes',
      because: '403 is never tried again',
    },
  ]
}

function subscriptionSteps({ apiUrl: url, pool, orders }: RunningDemo): readonly Step[] {
  const login = async () => createClient({ url, token: await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] }) })
  let session: DemoClient
  let news: News
  return [
    {
      call: 'orders.onAdd, and an order is added',
      async run() {
        session = await login()
        news = subscribe(session)
        await news.until(3)
        orders.add('Tamper')
        await news.until(4)
        return news.ids.join(' ')
      },
      expected: '1 2 3 4',
      because: 'three that were there, and one that came',
    },
    {
      call: 'signOut, and another order is added',
      async run() {
        await session.trpc.signOut.mutate()
        orders.add('Scale')
        return `${await news.ended}; got ${news.ids.join(' ')}`
      },
      expected: '401 UNAUTHORIZED invalid_token access-withdrawn; got 1 2 3 4',
      because: 'api.watch hears of the revocation at once',
    },
    {
      call: 'a new login, from the last event on',
      async run() {
        const resumed = subscribe(await login(), '4')
        await resumed.until(1)
        resumed.stop()
        return resumed.ids.join(' ')
      },
      expected: '5',
      because: 'the fresh token is let in, and nothing was missed',
    },
  ]
}

interface News {
  readonly ids: readonly number[]
  /** Resolves when so many orders have come. */
  until(count: number): Promise<void>
  /** What the client was told at the end. */
  readonly ended: Promise<string>
  stop(): void
}

function subscribe({ trpc }: DemoClient, lastEventId?: string): News {
  const ids: number[] = []
  let look: (() => void) | undefined
  let stop: (() => void) | undefined
  const ended = new Promise<string>((resolve) => {
    const subscription = trpc.orders.onAdd.subscribe(lastEventId === undefined ? undefined : { lastEventId }, {
      onData({ data }) {
        ids.push(data.id)
        look?.()
      },
      onError: (error) => resolve(refusal(error)),
      onComplete: () => resolve('completed'),
    })
    stop = () => subscription.unsubscribe()
  })
  const until = (count: number) =>
    new Promise<void>((resolve, reject) => {
      look = () => (ids.length >= count ? resolve() : undefined)
      look()
      void ended.then((how) => reject(new Error(`The subscription ended: ${how}`)))
    })
  return { ids, until, ended, stop: () => stop?.() }
}

function statusOf(responses: DemoClient['responses']): string {
  return responses
    .map(({ status, challenge }) => `HTTP ${status} ${challenge === null ? 'without' : 'with'} a challenge`)
    .join(', ')
}
