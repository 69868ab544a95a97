import { ConnectionDropped, type FakeServer } from '../endpoints/fake-server.js'

/** A `fetch` that reaches the fake and nothing else. Redirects, signals and lost connections are as of the real one. */
export function fetchFrom(server: FakeServer, assertOpen: () => void): typeof globalThis.fetch {
  return async (input, init) => {
    assertOpen()
    const request = new Request(input, init)
    request.signal.throwIfAborted()
    const body = request.body === null ? '' : await request.text()
    const response = await exchange(server, request, request, body)
    if (!response.headers.has('location') || request.redirect === 'manual') return response
    if (request.redirect === 'error') throw failure(new Error('unexpected redirect'))
    return follow(server, request, response, body)
  }
}

/** One redirect is followed, which is one more than any client of an authorization server ought to. */
async function follow(server: FakeServer, request: Request, response: Response, body: string): Promise<Response> {
  const url = new URL(response.headers.get('location') as string, request.url).href
  const keepsMethod = response.status === 307 || response.status === 308
  const target = keepsMethod ? { method: request.method, url } : { method: 'GET', url }
  const followed = await exchange(server, request, target, keepsMethod ? body : '')
  return Object.defineProperty(followed, 'redirected', { value: true })
}

async function exchange(
  server: FakeServer,
  { headers, signal }: Request,
  { method, url }: { readonly method: string; readonly url: string },
  body: string,
): Promise<Response> {
  const answer = await withSignal(server.answer({ method, url: new URL(url), headers, body }), signal)
  if (answer === undefined) {
    const { maker, noun } = server.kind
    throw new TypeError(`${maker}: nothing answers ${method} ${url}; this fetch reaches the fake ${noun} only`)
  }
  return new Response(answer.body === '' ? null : answer.body, { status: answer.status, headers: answer.headers })
}

async function withSignal<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  try {
    return await Promise.race([answer, aborted])
  } catch (error) {
    throw error instanceof ConnectionDropped ? failure(reset()) : error
  }
}

/** What the real `fetch` throws for whatever happens below HTTP. */
function failure(cause: Error): TypeError {
  return new TypeError('fetch failed', { cause })
}

function reset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })
}
