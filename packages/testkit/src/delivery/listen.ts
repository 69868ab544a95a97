import type { Endpoints } from '../cognito/endpoints.js'
import type { PoolSettings } from '../cognito/pool-settings.js'

/** The fake behind the process's own HTTP clients. */
export interface ListeningPool {
  close(): Promise<void>
}

/** Answers requests to the pool's two issuer hosts through msw; all other requests go where they were going. */
export async function listen(pool: PoolSettings, endpoints: Endpoints): Promise<ListeningPool> {
  const { http, HttpResponse, setupServer } = await loadMsw()
  const handlers = Object.values(pool.issuers).map((issuer) =>
    http.all(`${issuer}/*`, ({ request }) => {
      const answer = endpoints.answer(request.method, new URL(request.url))
      return new HttpResponse(answer?.body ?? null, { status: answer?.status ?? 404, headers: { ...answer?.headers } })
    }),
  )
  const server = setupServer(...handlers)
  // The option was renamed in msw 3; each version ignores the other's name.
  const options = { onUnhandledRequest: 'bypass', onUnhandledFrame: 'bypass' }
  server.listen(options as Parameters<typeof server.listen>[0])
  return {
    async close() {
      await server.close()
    },
  }
}

async function loadMsw() {
  try {
    const [{ http, HttpResponse }, { setupServer }] = await Promise.all([import('msw'), import('msw/node')])
    return { http, HttpResponse, setupServer }
  } catch (cause) {
    throw new Error(
      'fakeCognito: listen() needs msw 2.12 or later; add it as a dev dependency, or use pool.fetch or pool.serve(), which need nothing',
      { cause },
    )
  }
}
