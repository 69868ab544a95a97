import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { PolicyResult, SimpleAuthorizerResult } from '../../src/index.js'
import { ARN, httpAuthorizerEvent, httpAuthorizerEventV1, restAuthorizerEvent, tokenAuthorizerEvent } from './events.js'
import { allows } from './iam.js'

/** How the gateway is deployed. */
export interface GatewayDeployment {
  readonly kind: 'HTTP 2.0' | 'HTTP 1.0' | 'REST REQUEST' | 'REST TOKEN'
  /** Route keys, each of which the authorizer guards. */
  readonly routes: readonly string[]
  readonly authorizer: (event: never) => Promise<SimpleAuthorizerResult | PolicyResult>
  /** Seconds for which results are kept; 0: not at all. */
  readonly ttl?: number
  /** Whether the route is part of the key of a result; the token always is. */
  readonly keyHoldsRoute?: boolean
  readonly now: () => number
}

/** A running gateway, as API Gateway behaves by its documentation (caches, statuses, what the function is told). */
export interface LocalGateway {
  /** Calls to the authorizer. */
  readonly invocations: readonly string[]
  get(path: string, token?: string): Promise<{ readonly status: number; readonly body: unknown }>
  call(method: string, path: string, token?: string): Promise<{ readonly status: number; readonly body: unknown }>
}

type Result = SimpleAuthorizerResult | PolicyResult

/** Answers over HTTP on a loopback port until the test is over. Behind every route stands what the authorizer has told. */
export async function localGateway(deployment: GatewayDeployment): Promise<LocalGateway> {
  const { kind, routes, ttl = 0, keyHoldsRoute = false, now } = deployment
  const kept = new Map<string, { readonly until: number; readonly result: Result }>()
  const invocations: string[] = []

  async function resultFor(request: IncomingMessage, route: string): Promise<Result | 'Unauthorized' | 'failed'> {
    const authorization = request.headers.authorization as string
    const key = JSON.stringify([authorization, keyHoldsRoute ? route : ''])
    const known = kept.get(key)
    if (known !== undefined && now() < known.until) return known.result
    invocations.push(route)
    try {
      const result = await deployment.authorizer(eventFor(kind, request, route) as never)
      const read = JSON.parse(JSON.stringify(result)) as Result
      if (ttl > 0) kept.set(key, { until: now() + ttl * 1_000, result: read })
      return read
    } catch (error) {
      // HTTP APIs know no error by its message.
      return kind.startsWith('REST') && (error as Error).message === 'Unauthorized' ? 'Unauthorized' : 'failed'
    }
  }

  async function answer(request: IncomingMessage): Promise<readonly [number, unknown]> {
    const route = routes.find((key) => fits(key, request))
    if (route === undefined) return [404, { message: 'Not Found' }]
    // A missing identity source: the authorizer is not called.
    if (request.headers.authorization === undefined) return [401, { message: 'Unauthorized' }]
    const result = await resultFor(request, route)
    if (result === 'Unauthorized') return [401, { message: 'Unauthorized' }]
    if (result === 'failed') return [500, { message: 'Internal Server Error' }]
    const isAllowed =
      'isAuthorized' in result
        ? result.isAuthorized
        : allows(result.policyDocument, `${ARN}/${request.method}${request.url}`)
    return isAllowed ? [200, result.context] : [403, { message: 'Forbidden' }]
  }

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    void answer(request).then(([status, body]) => {
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = server.address() as AddressInfo
  const call: LocalGateway['call'] = async (method, path, token) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers })
    return { status: response.status, body: await response.json() }
  }
  return { invocations, call, get: (path, token) => call('GET', path, token) }
}

function eventFor(kind: GatewayDeployment['kind'], request: IncomingMessage, key: string) {
  const [, route = ''] = key.split(' ')
  const authorization = request.headers.authorization as string
  const sample = {
    method: request.method as string,
    path: request.url as string,
    route,
    headers: { authorization },
  }
  switch (kind) {
    case 'HTTP 2.0':
      return httpAuthorizerEvent(sample)
    case 'HTTP 1.0':
      return httpAuthorizerEventV1(sample)
    case 'REST REQUEST':
      return restAuthorizerEvent(sample)
    case 'REST TOKEN':
      return tokenAuthorizerEvent(authorization, `${sample.method}${sample.path}`)
  }
}

function fits(key: string, { method, url = '' }: IncomingMessage): boolean {
  const [own, path = ''] = key.split(' ')
  const parts = path.split('/')
  const segments = url.split('/')
  return (
    own === method &&
    parts.length === segments.length &&
    parts.every((part, at) => part.startsWith('{') || part === segments[at])
  )
}
