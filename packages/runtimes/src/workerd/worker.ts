// The Worker in which the tests run. Requests to the host of the runner run a file; every other one is what a test sent
// to a server of its own: workerd sends what goes out back in here, to the server that listens on that port.
import { AsyncLocalStorage } from 'node:async_hooks'
import { ServerResponse } from 'node:http'
import { handleAsNodeRequest } from 'cloudflare:node'
import { RUNNER } from './runner-host.ts'

const { setTimeout } = globalThis

interface Context {
  waitUntil(promise: Promise<unknown>): void
}

export const worker = {
  async fetch(request: Request, _: unknown, context: Context): Promise<Response> {
    const { hostname, port, pathname } = new URL(request.url)
    if (hostname === RUNNER) return run(pathname.slice(1))
    return answer(Number(port), request, context)
  },
}

/** What a server of a test answers, or that it breaks the connection, which workerd has no means to do. */
const connection = new AsyncLocalStorage<() => void>()
const { destroy } = ServerResponse.prototype
ServerResponse.prototype.destroy = function (error) {
  connection.getStore()?.()
  return destroy.call(this, error)
}

function answer(port: number, request: Request, context: Context): Promise<Response> {
  // A server of a test may never answer. workerd would end a request that waits for nothing it knows of.
  context.waitUntil(new Promise((resolve) => setTimeout(resolve, 20_000)))
  return new Promise((resolve, reject) => {
    const broken = () => reject(new Error('the server broke the connection'))
    connection.run(broken, () => handleAsNodeRequest(port, request)).then(resolve, reject)
  })
}

/** What the tests need is loaded here: outside of a request workerd lets nobody set a timer, as vitest does. */
async function run(path: string): Promise<Response> {
  try {
    const { runFile } = await import('./run-file.ts')
    return Response.json(await runFile(path))
  } catch (error) {
    return new Response(error instanceof Error ? error.stack : String(error), { status: 500 })
  }
}
