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
    const presented = await receive(await server.get(), incoming, cookie)
    const outcome = await presented.authorize(policy)
    if (outcome.outcome === 'granted') return handler(request, response, outcome)
    return deny(response, outcome)
  }
}

function deny(response: NextApiResponse, { status, headers, body }: Denied): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.status(status).json(body)
}

/** Node keeps its raw headers, in which a second `Authorization` is seen. */
function incomingFrom(request: NextApiRequest): Incoming {
  const get = (name: string) => [request.headers[name]].flat()[0] ?? null
  return { request: fromNodeRequest(request), headers: { get } }
}
