import type { ConformanceApp, ConformanceCaseId, ConformancePolicy, RunningApp } from '@tokenward/testkit/conformance'
import { type AnyRequest, type Granted, type Principal, type ResourceServerOptions } from '../../../src/index.js'
import { decideByCore, serverOptionsOf, startFetchApp, startNodeApp } from '../conformance-app.js'

/** An adapter with one mistake, and cases that must notice it. */
export interface BrokenAdapter {
  readonly start: (app: ConformanceApp) => RunningApp | Promise<RunningApp>
  readonly fails: readonly ConformanceCaseId[]
}

type Changes = NonNullable<Parameters<typeof startFetchApp>[1]>
type Respond = (request: Request) => Promise<Response>

/** The mistake is before the adapter, or behind it. */
export function around(
  wrap: (respond: Respond, app: ConformanceApp) => Respond,
  ...fails: readonly ConformanceCaseId[]
): BrokenAdapter {
  return {
    fails,
    start(app) {
      const { fetch, close } = startFetchApp(app)
      return { fetch: wrap(fetch, app), close }
    },
  }
}

/** The mistake is in it. */
export function within(
  change: (app: ConformanceApp) => Changes,
  ...fails: readonly ConformanceCaseId[]
): BrokenAdapter {
  return { fails, start: (app) => startFetchApp(app, change(app)) }
}

/** The mistake is in it, and shows on a port alone. */
export function onNode(changes: Changes, ...fails: readonly ConformanceCaseId[]): BrokenAdapter {
  return { fails, start: (app) => startNodeApp(app, changes) }
}

/** It decides by something else than what core says. */
export function deciding(
  decideWith: NonNullable<Changes['decideWith']>,
  ...fails: readonly ConformanceCaseId[]
): BrokenAdapter {
  return within(() => ({ decideWith }), ...fails)
}

/** It sets policies up wrongly. */
export function misreading(
  change: (policy: ConformancePolicy) => ConformancePolicy,
  ...fails: readonly ConformanceCaseId[]
): BrokenAdapter {
  return {
    fails,
    start: (app) =>
      startFetchApp({ ...app, routes: app.routes.map((route) => ({ ...route, policy: change(route.policy) })) }),
  }
}

/** A policy with less in it. */
export function without(policy: ConformancePolicy, ...names: readonly (keyof ConformancePolicy)[]): ConformancePolicy {
  return Object.fromEntries(Object.entries(policy).filter(([name]) => !names.includes(name as keyof ConformancePolicy)))
}

/** It sets the server up wrongly. */
export function configuring(
  change: (options: ResourceServerOptions, app: ConformanceApp) => Partial<ResourceServerOptions>,
  ...fails: readonly ConformanceCaseId[]
): BrokenAdapter {
  return within(
    (app) => {
      const options = serverOptionsOf(app)
      return { options: { ...options, ...change(options, app) } }
    },
    ...fails,
  )
}

/** It shows core another request than the one that came. */
export function seeing(
  change: (request: AnyRequest) => Promise<AnyRequest> | AnyRequest,
  ...fails: readonly ConformanceCaseId[]
): BrokenAdapter {
  return deciding(
    (api) => {
      const decide = decideByCore(api)
      return async (request, route) => decide(await change(request), route)
    },
    ...fails,
  )
}

/** It changes answers of one status. */
export function answering(
  status: number,
  change: (response: Response, body: Record<string, unknown>) => Response | Promise<Response>,
  ...fails: readonly ConformanceCaseId[]
): BrokenAdapter {
  return around(
    (respond) => async (request) => {
      const response = await respond(request)
      if (response.status !== status) return response
      return change(
        response,
        (await response
          .clone()
          .json()
          .catch(() => ({}))) as Record<string, unknown>,
      )
    },
    ...fails,
  )
}

/** The same answer with other headers; `null` takes one away. */
export function withHeaders(response: Response, headers: Readonly<Record<string, string | null>>): Response {
  const changed = new Headers(response.headers)
  for (const [name, value] of Object.entries(headers)) {
    if (value === null) changed.delete(name)
    else changed.set(name, value)
  }
  return new Response(response.body, { status: response.status, headers: changed })
}

/** The same answer with another status or body. */
export function withBody(response: Response, body: unknown, status: number = response.status): Response {
  return new Response(JSON.stringify(body), { status, headers: response.headers })
}

/** What core would never say by itself. */
export function grantTo(claims: Record<string, unknown>): Granted {
  const { sub = 'somebody', iss = '', exp = 0, scope = '', client_id: clientId } = claims
  const principal = {
    subject: String(sub),
    clientId,
    scopes: String(scope).split(' '),
    groups: claims['cognito:groups'] ?? [],
    issuer: iss,
    expiresAt: Number(exp) * 1_000,
    claims,
    evidence: { source: 'local-validation', asOf: 0, lagMs: 0, relaxed: false },
  }
  return { outcome: 'granted', principal: principal as unknown as Principal } as Granted
}

/** Claims, unverified; none where there are none to read. */
export function claimsOf(token: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
  } catch {
    return {}
  }
}

export function headerOf(request: AnyRequest, name = 'authorization'): string {
  return (request as Request).headers.get(name) ?? ''
}

/** The same request with another `Authorization` header. */
export function authorizedBy(request: AnyRequest, value: string): AnyRequest {
  return { method: request instanceof Request ? request.method : 'GET', url: '/', headers: { authorization: value } }
}

/** A `fetch` for the calls of core that changes the JSON of answers on its way. */
export function changingAnswers(change: (url: string, body: Record<string, unknown>) => unknown): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init)
    const text = await response.text()
    const url = input instanceof Request ? input.url : String(input)
    try {
      const body = JSON.stringify(change(url, JSON.parse(text) as Record<string, unknown>))
      return new Response(body, { status: response.status, headers: { 'content-type': 'application/json' } })
    } catch {
      return new Response(text, response)
    }
  }
}
