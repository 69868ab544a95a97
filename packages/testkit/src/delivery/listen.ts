import type { Endpoints } from '../cognito/endpoints.js'
import { type PoolSettings, REGION } from '../cognito/pool-settings.js'

/** The fake behind the process's own HTTP clients. */
export interface ListeningPool {
  /** Takes the pool off the addresses; other pools stay. */
  close(): Promise<void>
}

/** Where pools of the fake Region stand: the two issuer hosts. */
const HOSTS = [`https://cognito-idp.${REGION}.amazonaws.com`, `https://issuer-cognito-idp.${REGION}.amazonaws.com`]

/** One interceptor serves all pools of the process: with several, closing one would take the others along. */
const listening = new Map<string, Endpoints>()
let interceptor: Promise<{ close(): unknown }> | undefined
let lastClosed: Promise<unknown> = Promise.resolve()

/** Answers requests to the issuer hosts of the fake Region through msw; all others go where they were going. */
export async function listen({ userPoolId }: PoolSettings, endpoints: Endpoints): Promise<ListeningPool> {
  if (listening.has(userPoolId)) {
    throw new Error('fakeCognito: listen() was called before; one call is enough until close()')
  }
  listening.set(userPoolId, endpoints)
  try {
    await (interceptor ??= intercept())
  } catch (error) {
    listening.delete(userPoolId)
    interceptor = undefined
    throw error
  }
  return {
    async close() {
      if (!listening.delete(userPoolId) || listening.size > 0) return
      lastClosed = interceptor?.then((server) => server.close()) ?? lastClosed
      interceptor = undefined
      await lastClosed
    },
  }
}

async function intercept() {
  const { http, HttpResponse, setupServer } = await loadMsw()
  const handlers = HOSTS.map((host) =>
    http.all(`${host}/*`, ({ request }) => {
      const url = new URL(request.url)
      const answer = listening.get(url.pathname.split('/', 2)[1] ?? '')?.answer(request.method, url)
      return new HttpResponse(answer?.body ?? null, { status: answer?.status ?? 404, headers: { ...answer?.headers } })
    }),
  )
  await lastClosed
  const server = setupServer(...handlers)
  // The option was renamed in msw 3; each version ignores the other's name.
  const options = { onUnhandledRequest: 'bypass', onUnhandledFrame: 'bypass' }
  server.listen(options as Parameters<typeof server.listen>[0])
  return server
}

async function loadMsw() {
  try {
    const [{ http, HttpResponse }, { setupServer }] = await Promise.all([import('msw'), import('msw/node')])
    return { http, HttpResponse, setupServer }
  } catch (cause) {
    throw new Error(
      'fakeCognito: listen() could not load msw. Add msw 2.12 or later as a dev dependency; where it cannot be loaded, as in Jest with CommonJS, use pool.serve() or pool.fetch, which need nothing',
      { cause },
    )
  }
}
