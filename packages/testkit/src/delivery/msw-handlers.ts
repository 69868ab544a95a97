import * as msw from 'msw'
import type { HttpHandler } from 'msw'
import type { PublicServer } from '../endpoints/fake-server.js'
import { isPromise } from '../given-values.js'
import { internalsOf } from './fake-internals.js'
import { fakeRequest, mswResponse, ownersOf } from './msw-response.js'
import { refuseOldNode } from './msw-servers.js'

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
 * pools do, are best given together: what names none of them is answered by the first handlers that reach it. What names
 * several, as an app client that two pools have, is answered with an error.
 * Throws a `TypeError` for what is no fake, and an `Error` for one that was closed, for a second one of the same issuer, and
 * for msw 3 in a version of Node that it does not support.
 */
export function mswHandlers(...fakes: readonly [MswFake, ...MswFake[]]): HttpHandler[] {
  refuseOldNode('mswHandlers', msw)
  if (fakes.length === 0) throw noFake(undefined)
  const servers = fakes.map(handledServer)
  const { http, HttpResponse } = msw
  const reachedBy = (url: string) => servers.filter((server) => handled.has(server) && server.reaches(new URL(url)))

  async function areMeantBy(request: Request): Promise<boolean> {
    const candidates = reachedBy(request.url)
    if (candidates.length === 0) return false
    const owners = ownersOf([...handled], await fakeRequest(request))
    return owners.length === 0 || owners.some((owner) => candidates.includes(owner))
  }

  return [
    http.all(
      ({ request }) => areMeantBy(request),
      async ({ request }) => {
        const asked = await fakeRequest(request)
        // Others that have handlers elsewhere may be meant as well.
        const owners = ownersOf([...handled], asked)
        return mswResponse(owners.length === 0 ? reachedBy(request.url) : owners, asked, { HttpResponse })
      },
    ),
  ]
}

function handledServer(fake: MswFake): PublicServer {
  const { server, closing } = internalsOf(fake) ?? {}
  if (server === undefined || closing === undefined) throw noFake(fake)
  const { maker, noun } = server.kind
  if (closing.aborted) throw new Error(`${maker}: the ${noun} was closed; make a new one`)
  if (!handled.has(server)) {
    if ([...handled].some(({ identity }) => identity === server.identity)) {
      throw new Error(`${maker}: another fake has handlers at ${server.issuer}; close it first`)
    }
    handled.add(server)
    closing.addEventListener('abort', () => handled.delete(server), { once: true })
  }
  return server
}

function noFake(given: unknown): TypeError {
  const advice = isPromise(given) ? ', not a promise; await it first' : ''
  return new TypeError(
    `mswHandlers takes what fakeCognito, fakeAuthorizationServer or fakeVerifiedPermissions made, one or more${advice}`,
  )
}
