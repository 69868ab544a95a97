import type { AccessTokenRequest } from '../cognito/token-requests.js'
import type { Duration } from '../duration.js'
import type { JsonRecord } from '../jws/compact-jws.js'
import type { ConformanceApp, ConformanceRoute, RunningApp } from './app-description.js'
import type { Fakes } from './fakes.js'
import { httpSender } from './http-sender.js'
import { LIVENESS_SCOPE, type RouteName } from './routes.js'
import { webSender } from './web-sender.js'
import type { Sender, WireResponse } from './wire-request.js'

/** What a case says of a request. */
interface RequestDetails {
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string
  /** Default: as the route has it. */
  readonly method?: string
  /** Default: as the route has it. */
  readonly path?: string
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly body?: string
}

/** An app with its issuers, as a case sees them. */
export interface World extends Pick<Fakes, 'users' | 'partners' | 'app' | 'rotateKeys'> {
  /** Sends a request to a route. */
  send(route: RouteName, details?: RequestDetails): Promise<WireResponse>
  /** A token of a user who may read orders, and about whom Cognito can be asked. */
  userToken(request?: AccessTokenRequest): Promise<string>
  /** How often an issuer was asked about a token. */
  callsAbout(token: string): number
  /** Moves the time of all; only where the app is the case's own, or no case that shares it minds. */
  advance(by: Duration): Promise<void>
  /** Stops the app; its issuers stay. */
  close(): Promise<void>
}

/** Builds an app for the description it is given. */
export type Start = (app: ConformanceApp) => RunningApp | Promise<RunningApp>

/** The adapter under test failed before there was anything to test. */
export class AppNotStarted extends Error {}

/** Builds an app for issuers that are there. */
export async function openWorld(start: Start, fakes: Fakes): Promise<World> {
  const running = await started(start, fakes.app)
  try {
    return worldOf(fakes, running, senderFor(running))
  } catch (error) {
    await running?.close?.()
    throw error
  }
}

/** Claims of a token that was issued some time ago. */
export function issuedAgo({ app }: World, seconds: number): JsonRecord {
  const iat = Math.floor(app.clock.now() / 1_000) - seconds
  return { iat, auth_time: iat }
}

async function started(start: Start, app: ConformanceApp): Promise<RunningApp> {
  try {
    return await start(app)
  } catch (cause) {
    throw new AppNotStarted('conformance: start() did not bring up the app', { cause })
  }
}

function senderFor(running: RunningApp | undefined): Sender {
  const { fetch, url } = running ?? {}
  if (typeof fetch === 'function' && url === undefined) return webSender((request) => fetch.call(running, request))
  if (typeof url === 'string' && fetch === undefined && /^http:\/\/[^/]+\/?$/.test(url)) return httpSender(url)
  throw new AppNotStarted(
    "conformance: start() must bring { fetch } for an app in this process, or { url } for one on a port: its origin, such as 'http://127.0.0.1:3000'",
  )
}

function worldOf({ users, partners, app, ...fakes }: Fakes, running: RunningApp, sender: Sender): World {
  const routes = new Map(app.routes.map((route) => [route.name, route]))
  return {
    users,
    partners,
    app,
    rotateKeys: fakes.rotateKeys,
    async send(name, { token, method, path, headers = [], body } = {}) {
      const route = routes.get(name) as ConformanceRoute
      const credentials = token === undefined ? [] : [['authorization', `Bearer ${token}`] as const]
      return sender.send({
        method: method ?? route.method,
        path: path ?? route.path,
        headers: [...credentials, ...headers],
        body,
      })
    },
    userToken: (request) => users.accessToken({ scopes: ['orders/read', LIVENESS_SCOPE], ...request }),
    callsAbout(token) {
      const bodies = [users.getUser, partners.introspection].flatMap(({ requests }) => requests.map(({ body }) => body))
      return bodies.filter((body) => body.includes(token)).length
    },
    async advance(by) {
      const moved = fakes.advance(by)
      await running.advance?.(moved)
    },
    async close() {
      sender.close()
      await running.close?.()
    },
  }
}
