import { syncBuiltinESMExports } from 'node:module'
import type { FakeKind, PublicServer } from '../endpoints/fake-server.js'
import { closeable } from './closeable.js'
import { fakeRequest, mswResponse } from './msw-response.js'
import { mswListeners, refuseOldNode } from './msw-servers.js'

/** A fake behind the process's own HTTP clients. */
export interface ListeningFake {
  /** Takes the fake off its addresses; others stay. */
  close(): Promise<void>
  /** As `close()`, at the end of a block: `await using door = await pool.listen()`. */
  [Symbol.asyncDispose](): Promise<void>
  /** The same for `using`: the addresses are free at once, msw itself a moment later. */
  [Symbol.dispose](): void
}

/** One interceptor serves all fakes of the process: with several, closing one would take the others along. */
const listening = new Set<PublicServer>()
let interceptor: Promise<Interceptor> | undefined
let lastClosed: Promise<unknown> = Promise.resolve()

interface Interceptor {
  /** What msw knows it by. */
  readonly own: readonly unknown[]
  start(): void
  /** Leaves everything to whoever else listens by now. */
  release(): Promise<void>
}

/** One that could not be closed: others would have been closed along with it. */
let kept: Interceptor | undefined

/** Answers requests to the addresses of the fakes through msw; all others go where they were going. */
export async function listen(server: PublicServer): Promise<ListeningFake> {
  if (listening.has(server)) {
    throw new Error(
      `${server.kind.maker}: listen() was called before; one call is enough until close() of what it returned`,
    )
  }
  if ([...listening].some(({ identity }) => identity === server.identity)) {
    throw new Error(`${server.kind.maker}: another fake listens at ${server.issuer}; close it first`)
  }
  listening.add(server)
  try {
    await (interceptor ??= intercept(server.kind))
  } catch (error) {
    listening.delete(server)
    interceptor = undefined
    throw error
  }
  return closeable(async () => {
    if (!listening.delete(server) || listening.size > 0) return
    lastClosed = interceptor?.then(({ release }) => release()) ?? lastClosed
    interceptor = undefined
    await lastClosed
  })
}

async function intercept(kind: FakeKind): Promise<Interceptor> {
  const msw = await loadMsw(kind)
  await lastClosed
  const listeners = mswListeners(msw.node)
  const old = kept?.own.every((listener) => listeners.includes(listener)) === true ? kept : undefined
  if (listeners.some((listener) => old?.own.includes(listener) !== true)) throw anotherServer(kind)
  const running = old ?? createInterceptor(msw)
  running.start()
  return running
}

function createInterceptor({ http, HttpResponse, node }: Awaited<ReturnType<typeof loadMsw>>): Interceptor {
  let isAsked = false
  const handler = http.all('*', async ({ request }) => {
    const url = new URL(request.url)
    const candidates = isAsked ? [...listening].filter((server) => server.reaches(url)) : []
    // Nothing returned: the request goes on to where it was going.
    if (candidates.length === 0) return undefined
    return mswResponse(candidates, await fakeRequest(request), { HttpResponse })
  })
  const server = node.setupServer(handler)
  // The option was renamed in msw 3; each version ignores the other's name.
  const options = { onUnhandledRequest: 'bypass', onUnhandledFrame: 'bypass' }
  server.listen(options as Parameters<typeof server.listen>[0])
  // msw replaces what `node:http` and `node:https` export; names that modules have imported one by one follow only now.
  syncBuiltinESMExports()
  const own = mswListeners(node)
  const self: Interceptor = {
    own,
    start() {
      isAsked = true
    },
    async release() {
      isAsked = false
      if (kept === self || mswListeners(node).some((listener) => !own.includes(listener))) {
        kept = self
        return
      }
      await server.close()
      syncBuiltinESMExports()
    },
  }
  return self
}

/** Servers of one process hear requests through one and the same source, which the last one takes for itself. */
function anotherServer({ maker, noun }: FakeKind): Error {
  return new Error(
    `${maker}: an msw server listens in this process already, and listen() would take its requests away; add the ${noun} to that server, server.use(...mswHandlers(${noun})) with mswHandlers of @tokenward/testkit/msw, or use ${noun}.serve() or ${noun}.fetch`,
  )
}

async function loadMsw({ maker, noun }: FakeKind) {
  const [msw, node] = await Promise.all([import('msw'), import('msw/node')]).catch((cause: unknown) => {
    throw new Error(
      `${maker}: listen() could not load msw. Add msw 2.12 or later as a dev dependency; where it cannot be loaded, as in Jest with CommonJS, use ${noun}.serve() or ${noun}.fetch, which need nothing`,
      { cause },
    )
  })
  refuseOldNode(`${maker}: listen()`, msw)
  return { ...msw, node }
}
