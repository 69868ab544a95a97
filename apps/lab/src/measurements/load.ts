import { type Exchange, send, unexpected } from './client.ts'
import { atPace } from './pace.ts'

/** How much is asked of an API. */
export interface Workload {
  readonly requests: number
  readonly perSecond: number
  /** Callers, each with a token of its own, who take turns. */
  readonly tokens: number
}

/** An API and the server behind it. */
export interface LoadTarget {
  readonly ordersUrl: string
  readonly upstream: { readonly calls: number }
  readonly lastReason?: string | undefined
}

export interface LoadMeasurement {
  /** Of each request, in milliseconds. */
  readonly latencies: readonly number[]
  /** Calls that reached the authorization server meanwhile. */
  readonly upstreamCalls: number
  /** From the first request to the last, in milliseconds. */
  readonly elapsed: number
}

/** Requests at an even pace, all of which must be granted. The first of all, which brings the keys, is not counted. */
export async function measureLoad(
  target: LoadTarget,
  { requests, perSecond }: Workload,
  [first, ...tokens]: readonly string[],
): Promise<LoadMeasurement> {
  const { upstream } = target
  await authorized(target, first as string)
  const callsBefore = upstream.calls
  const start = performance.now()
  const callers = tokens.map((token) => ({ token, idle: Promise.resolve<unknown>(undefined) }))
  const exchanges = await atPace(requests, 1_000 / perSecond, (index) => {
    const caller = callers[index % callers.length] as (typeof callers)[number]
    // Requests with one token at the same time might share a call, and the count would be of something else.
    const exchange = caller.idle.then(() => authorized(target, caller.token))
    caller.idle = exchange.catch(() => {})
    return exchange
  })
  return {
    latencies: exchanges.map(({ sentAt, answeredAt }) => answeredAt - sentAt),
    upstreamCalls: upstream.calls - callsBefore,
    elapsed: performance.now() - start,
  }
}

async function authorized(target: LoadTarget, token: string): Promise<Exchange> {
  const exchange = await send(target.ordersUrl, token)
  if (exchange.status !== 200) throw unexpected(target, 'A good token', exchange)
  return exchange
}
