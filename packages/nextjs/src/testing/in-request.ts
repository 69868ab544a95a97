import { AsyncLocalStorage } from 'node:async_hooks'

/** Where Next.js keeps the request that server code runs for. */
interface RequestStorage {
  run<Result>(store: object, run: () => Result): Result
}

/**
 * Runs server code as if it ran for a request: components, server functions and data access with `requireAuth` or
 * `currentPrincipal`, and with `headers()` and `cookies()` of Next.js. `redirect()` throws what it always throws. This
 * enters storage inside of Next.js, which a minor version may move.
 */
export async function inRequest<Result>(request: Request, run: () => Result): Promise<Awaited<Result>> {
  const [work, unit, { HeadersAdapter }, { RequestCookies }, { RequestCookiesAdapter }] = await Promise.all([
    import('next/dist/server/app-render/work-async-storage.external.js'),
    import('next/dist/server/app-render/work-unit-async-storage.external.js'),
    import('next/dist/server/web/spec-extension/adapters/headers.js'),
    import('next/dist/server/web/spec-extension/cookies.js'),
    import('next/dist/server/web/spec-extension/adapters/request-cookies.js'),
  ])
  const { headers } = request
  const store = {
    type: 'request',
    phase: 'render',
    headers: HeadersAdapter.seal(headers),
    cookies: RequestCookiesAdapter.seal(new RequestCookies(headers)),
  }
  return await working(work.workAsyncStorage).run({ route: new URL(request.url).pathname }, () =>
    working(unit.workUnitAsyncStorage).run(store, run),
  )
}

/**
 * Outside of its own processes Next.js has stand-ins that refuse to run anything, and keeps them from the first moment it
 * is loaded. They get the methods of the real ones, so that it does not matter what a test imports first.
 */
function working(storage: object): RequestStorage {
  const given = storage as RequestStorage
  try {
    given.run({}, () => undefined)
  } catch {
    const real = new AsyncLocalStorage()
    const run = real.run.bind(real)
    Object.assign(storage, { run, getStore: () => real.getStore(), exit: real.exit.bind(real) })
  }
  return given
}
