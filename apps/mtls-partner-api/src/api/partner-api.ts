import type { ServerResponse } from 'node:http'
import { createServer, type Server, type ServerOptions } from 'node:https'
import type { Denied, ResourceServer } from '@tokenward/core'
import { fromNodeRequest } from '@tokenward/core/node'

/** What the API is told from outside, as a deployment would. */
export interface PartnerApiOptions {
  /** Certificate, key, and whom to trust for clients. */
  readonly tls: Pick<ServerOptions, 'cert' | 'key' | 'ca' | 'crl'>
  /** Decides; asked for anew with each request, so that another can take its place. */
  readonly resourceServer: () => ResourceServer
  /** Why a connection came to nothing. */
  readonly onNoConnection: (reason: string) => void
}

/** Orders for partners: every connection shows a certificate, and every request a token that belongs to it. */
export function createPartnerApi({ tls, resourceServer, onNoConnection }: PartnerApiOptions): Server {
  const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: true }, async (request, response) => {
    const api = resourceServer()
    const metadata = api.metadata()
    if (request.url === metadata.path) {
      return response.writeHead(metadata.status, metadata.headers).end(metadata.body)
    }
    if (request.url !== '/orders') return answer(response, 404, {}, { message: 'Not Found' })
    const outcome = await api.authorize(fromNodeRequest(request), {
      name: 'orders.list',
      scopes: ['orders/read'],
      senderConstrained: 'required',
    })
    if (outcome.outcome !== 'granted') return deny(response, outcome)
    return answer(response, 200, outcome.headers, { orders: `of ${outcome.principal.clientId}` })
  })
  return server.on('tlsClientError', (error: NodeJS.ErrnoException, { authorizationError }) =>
    onNoConnection(reasonIn(authorizationError) ?? error.code ?? error.message),
  )
}

/** Of the verification, where that was it: a code, though the types of Node say an error. */
function reasonIn(authorizationError: unknown): string | undefined {
  return typeof authorizationError === 'string' ? authorizationError : undefined
}

function deny(response: ServerResponse, { status, headers, body }: Denied): void {
  answer(response, status, headers, body)
}

function answer(response: ServerResponse, status: number, headers: object, body: object): void {
  response.writeHead(status, { ...headers, 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}
