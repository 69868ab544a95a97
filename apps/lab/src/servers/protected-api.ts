import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type CompiledPolicy,
  type Denied,
  type Principal,
  type ResourceServer,
  type RevocationList,
  revocationEntryFor,
} from '@tokenward/core'
import { fromNodeRequest } from '@tokenward/core/node'

/** A small HTTP API on a loopback port. */
export interface RunningApi {
  /** Where the orders are. */
  readonly ordersUrl: string
  /** Where a caller ends the login of the token it sends; there is nothing without a revocation list. */
  readonly logoutUrl: string
  close(): Promise<void>
}

/** What protects it. */
export interface Protection {
  readonly resourceServer: ResourceServer
  readonly policy: CompiledPolicy
  readonly revocationList: RevocationList | undefined
}

const ORDERS = JSON.stringify([{ id: '1', item: 'Espresso cups', quantity: 6 }])

/** Serves orders and a logout, behind the given protection. Without one, to compare with, everybody may enter. */
export async function serveApi(protection?: Protection): Promise<RunningApi> {
  const server = createServer((request, response) => {
    answer(request, response, protection).catch(() => response.writeHead(500).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    ordersUrl: `${origin}/orders`,
    logoutUrl: `${origin}/logout`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  protection: Protection | undefined,
): Promise<void> {
  if (protection === undefined) return sendOrders(response)
  const { resourceServer, policy, revocationList } = protection
  const outcome = await resourceServer.authorize(fromNodeRequest(request), policy)
  if (outcome.outcome !== 'granted') return sendDenied(response, outcome)
  if (request.url === '/orders') return sendOrders(response)
  if (request.url !== '/logout' || revocationList === undefined) return void response.writeHead(404).end()
  await endLogin(revocationList, outcome.principal)
  response.writeHead(204).end()
}

/** What an app's own logout adds to what it did before. */
function endLogin(list: RevocationList, principal: Principal): Promise<void> {
  return list.add(revocationEntryFor(principal, 'login'))
}

function sendOrders(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(ORDERS)
}

function sendDenied(response: ServerResponse, { status, headers, body }: Denied): void {
  response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(body))
}
