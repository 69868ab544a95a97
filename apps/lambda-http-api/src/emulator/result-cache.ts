import { parseDuration, type ResultCacheOptions } from '@tokenward/lambda'

interface KeyedEvent {
  readonly routeKey: string
  readonly headers?: Readonly<Record<string, string | undefined>> | null | undefined
}

/**
 * Keeps the results of an authorizer as API Gateway does, which serverless-offline leaves out: by token and route, for
 * `ttl`, refusals like grants, and no failure.
 */
export function keepingResults<Event extends KeyedEvent, Result>(
  authorizer: (event: Event) => Promise<Result>,
  { ttl, identitySources }: ResultCacheOptions,
): (event: Event) => Promise<Result> {
  const lifetime = parseDuration(ttl) as number
  const holdsRoute = identitySources.includes('$context.routeKey')
  const kept = new Map<string, { readonly until: number; readonly result: Result }>()

  return async (event) => {
    const headers = Object.entries(event.headers ?? {})
    const token = headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1]
    const key = JSON.stringify([token, ...(holdsRoute ? [event.routeKey] : [])])
    const known = kept.get(key)
    if (known !== undefined && Date.now() < known.until) return known.result
    const result = await authorizer(event)
    kept.set(key, { until: Date.now() + lifetime, result })
    return result
  }
}
