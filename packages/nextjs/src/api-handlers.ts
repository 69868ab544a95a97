import type { CompiledPolicy, Denied, Granted } from '@tokenward/core'
import { fromNodeRequest } from '@tokenward/core/node'
import type { NextApiHandler, NextApiRequest, NextApiResponse } from 'next'
import { type Incoming, receive } from './credentials.js'
import type { HandlerParts } from './route-handlers.js'

/** An API route of the Pages Router that is told who calls. */
export type ProtectedApiHandler<Claims> = (
  request: NextApiRequest,
  response: NextApiResponse,
  who: Granted<Claims>,
) => unknown

export function protectApiHandler<Claims>(
  { server, credentials }: HandlerParts,
  policy: CompiledPolicy<Claims>,
  handler: ProtectedApiHandler<Claims>,
  acceptCookie: boolean,
): NextApiHandler {
  return async (request, response) => {
    const incoming = incomingFrom(request)
    const cookie = () => credentials.cookieOf(incoming, acceptCookie)
    const { presented, byCookie } = await receive(await server.get(), incoming, cookie)
    const outcome = await presented.authorize(policy)
    for (const [name, value] of Object.entries(outcome.headers)) response.setHeader(name, value)
    if (outcome.outcome !== 'granted') return deny(response, outcome)
    // As for route handlers: caches know nothing of cookies.
    if (byCookie) response.setHeader('Cache-Control', 'no-store')
    return handler(request, response, outcome)
  }
}

function deny(response: NextApiResponse, { status, body }: Denied): void {
  response.status(status).json(body)
}

/** Node keeps its raw headers, in which a second `Authorization` is seen. */
function incomingFrom(request: NextApiRequest): Incoming {
  const get = (name: string) => [request.headers[name]].flat()[0] ?? null
  return { request: fromNodeRequest(request), headers: { get } }
}
