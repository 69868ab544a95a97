import { http, HttpResponse, type HttpHandler } from 'msw'
import type { PublicServer } from '../endpoints/fake-server.js'
import { internalsOf } from './fake-internals.js'
import { fakeRequest, mswResponse } from './msw-response.js'

/** A fake with public addresses: a pool, an authorization server or a policy store. */
export interface MswFake {
  /** As of the fake. */
  listen(): Promise<unknown>
  /** As of the fake. */
  close(): Promise<void>
}

/** The servers of open fakes that have handlers somewhere, by which a request finds its owner. */
const handled = new Set<PublicServer>()

/**
 * Handlers for an msw server that is already there: `setupServer(...mswHandlers(pool), ...others)`, or `server.use(…)` for
 * one test. They answer at the addresses of the fakes and nowhere else; all other requests, and those for a fake that was
 * closed, are left to other handlers and to what the server does with unhandled requests. Fakes that share a host, as all
 * pools do, are best given together: what names none of them is answered by the first handlers that reach it.
 * Throws a `TypeError` for what is no fake, and an `Error` for one that was closed.
 */
export function mswHandlers(...fakes: readonly [MswFake, ...MswFake[]]): HttpHandler[] {
  if (fakes[0] === undefined) throw noFake()
  const servers = fakes.map(handledServer)
  const reachedBy = (url: string) => servers.filter((server) => handled.has(server) && server.reaches(new URL(url)))

  async function areMeantBy(request: Request): Promise<boolean> {
    const candidates = reachedBy(request.url)
    if (candidates.length === 0) return false
    const asked = await fakeRequest(request)
    const owns = (server: PublicServer) => server.owns(asked)
    return candidates.some(owns) || ![...handled].some(owns)
  }

  return [
    http.all(
      ({ request }) => areMeantBy(request),
      async ({ request }) => mswResponse(reachedBy(request.url), await fakeRequest(request), { HttpResponse }),
    ),
  ]
}

function handledServer(fake: MswFake): PublicServer {
  const { server, closing } = internalsOf(fake) ?? {}
  if (server === undefined || closing === undefined) throw noFake()
  const { maker, noun } = server.kind
  if (closing.aborted) throw new Error(`${maker}: the ${noun} was closed; make a new one`)
  if (!handled.has(server)) {
    handled.add(server)
    closing.addEventListener('abort', () => handled.delete(server), { once: true })
  }
  return server
}

function noFake(): TypeError {
  return new TypeError(
    'mswHandlers takes what fakeCognito, fakeAuthorizationServer or fakeVerifiedPermissions made, one or more',
  )
}
