import { nextRequestScope } from './next-async-storage.js'

/**
 * Runs server code as if it ran for a request: server components, server functions and data access with `requireAuth`,
 * `currentPrincipal`, or `headers()` and `cookies()` of Next.js. `redirect()` throws what it always throws. It enters
 * storage inside of Next.js, which a minor version may move.
 *
 * @throws Error where Next.js was loaded before this module.
 */
export async function inRequest<Result>(request: Request, run: () => Result): Promise<Awaited<Result>> {
  const { workStorage, requestStorage, storeFor } = await nextRequestScope()
  const route = new URL(request.url).pathname
  try {
    workStorage.run({ route }, () => undefined)
  } catch (cause) {
    const advice = "import '@tokenward/nextjs/testing' before anything of Next.js, for example in a setup file"
    throw new Error(`inRequest: Next.js was loaded without AsyncLocalStorage; ${advice}`, { cause })
  }
  return await workStorage.run({ route }, () => requestStorage.run(storeFor(request.headers), run))
}
