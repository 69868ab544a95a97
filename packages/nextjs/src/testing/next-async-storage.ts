import { AsyncLocalStorage } from 'node:async_hooks'

// Next.js takes this global when its first module loads, and a stand-in that knows no request where it is missing.
Object.assign(globalThis, {
  AsyncLocalStorage: (globalThis as { AsyncLocalStorage?: unknown }).AsyncLocalStorage ?? AsyncLocalStorage,
})

/** Where Next.js keeps the request that server code runs for. */
export interface RequestStorage {
  run<Result>(store: object, run: () => Result): Result
}

/** The modules are Next.js's own, so that `headers()`, `cookies()` and `redirect()` are, too. */
export async function nextRequestScope() {
  const [{ workAsyncStorage }, { workUnitAsyncStorage }, { HeadersAdapter }, cookies, adapters] = await Promise.all([
    import('next/dist/server/app-render/work-async-storage.external.js'),
    import('next/dist/server/app-render/work-unit-async-storage.external.js'),
    import('next/dist/server/web/spec-extension/adapters/headers.js'),
    import('next/dist/server/web/spec-extension/cookies.js'),
    import('next/dist/server/web/spec-extension/adapters/request-cookies.js'),
  ])
  return {
    workStorage: workAsyncStorage as unknown as RequestStorage,
    requestStorage: workUnitAsyncStorage as unknown as RequestStorage,
    storeFor(headers: Headers) {
      return {
        type: 'request',
        phase: 'render',
        headers: HeadersAdapter.seal(headers),
        cookies: adapters.RequestCookiesAdapter.seal(new cookies.RequestCookies(headers)),
      }
    },
  }
}
