import type { ExecutionContext } from '@nestjs/common'
import { ConfigurationError } from '@tokenward/core'
import { graphql } from './graphql.js'
import { http } from './http.js'
import { rpc } from './rpc.js'
import type { Transport } from './transport.js'
import { webSocket } from './web-socket.js'

const transports: Readonly<Record<string, Transport>> = { http, graphql, ws: webSocket, rpc }

export function transportOf(context: ExecutionContext): Transport {
  const type = context.getType<string>()
  if (!Object.hasOwn(transports, type)) {
    throw new ConfigurationError(
      'TokenwardGuard',
      `guards handlers of HTTP, GraphQL, WebSockets and microservices; mark others (here "${type}") @Public() and guard them yourself`,
    )
  }
  return transports[type] as Transport
}
