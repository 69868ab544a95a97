import { syncBuiltinESMExports } from 'node:module'
import type { FakeKind, PublicServer } from '../endpoints/fake-server.js'
import { closeable } from './closeable.js'
import { fakeRequest, mswResponse } from './msw-response.js'

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
let interceptor: Promise<{ close(): unknown }> | undefined
let lastClosed: Promise<unknown> = Promise.resolve()

/** Answers requests to the addresses of the fakes through msw; all others go where they were going. */
export async function listen(server: PublicServer): Promise<ListeningFake> {
  if (listening.has(server)) {
    throw new Error(
      `${server.kind.maker}: listen() was called before; one call is enough until close() of what it returned`,
    )
  }
  if ([...listening].some(({ issuer }) => issuer === server.issuer)) {
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
    lastClosed = interceptor?.then(release) ?? lastClosed
    interceptor = undefined
    await lastClosed
  })
}

async function release(running: { close(): unknown }): Promise<void> {
  await running.close()
  syncBuiltinESMExports()
}

async function intercept(kind: FakeKind) {
  const { http, HttpResponse, setupServer } = await loadMsw(kind)
  const handler = http.all('*', async ({ request }) => {
    const url = new URL(request.url)
    const candidates = [...listening].filter((server) => server.reaches(url))
    // Nothing returned: the request goes on to where it was going.
    if (candidates.length === 0) return undefined
    return mswResponse(candidates, await fakeRequest(request), { HttpResponse })
  })
  await lastClosed
  const server = setupServer(handler)
  // The option was renamed in msw 3; each version ignores the other's name.
  const options = { onUnhandledRequest: 'bypass', onUnhandledFrame: 'bypass' }
  server.listen(options as Parameters<typeof server.listen>[0])
  // msw replaces what `node:http` and `node:https` export; names that modules have imported one by one follow only now.
  syncBuiltinESMExports()
  return server
}

async function loadMsw({ maker, noun }: FakeKind) {
  try {
    const [{ http, HttpResponse }, { setupServer }] = await Promise.all([import('msw'), import('msw/node')])
    return { http, HttpResponse, setupServer }
  } catch (cause) {
    throw new Error(
      `${maker}: listen() could not load msw. Add msw 2.12 or later as a dev dependency; where it cannot be loaded, as in Jest with CommonJS, use ${noun}.serve() or ${noun}.fetch, which need nothing`,
      { cause },
    )
  }
}
