import type { Denied, Granted, Principal, ResourceServer } from '@tokenward/core'
import { type DenialEvent, eventOf, isDenialEvent } from '../transports/wire-error.js'

/** An open connection to a gateway that was let in. */
export interface GatewayConnection {
  /** Who opened it. */
  readonly principal: Principal<unknown>
  /** What it was closed with, or is about to be; `undefined` while it may stay open. */
  readonly ended: Denied | undefined
  /**
   * Await it before a message that nobody asked for, where the gateway has `maxRevocationLag: '0s'`: at other bounds the
   * connection is closed in time by itself. Resolves to `undefined` when the message may go out, else the connection is
   * being closed.
   */
  beforeMessage(): Promise<Denied | undefined>
}

/** What is used of a client of `ws` and of socket.io. */
export interface Client {
  /** Of `ws`. */
  close?(code: number, reason: string): unknown
  send?(text: string): unknown
  /** Of socket.io. */
  disconnect?(): unknown
  emit(event: string, data: unknown): unknown
  once(event: 'close' | 'disconnect', listener: () => void): unknown
  on(event: 'exception', listener: (data: unknown) => void): unknown
}

const connections = new WeakMap<object, GatewayConnection>()

/** Those that were met already; several gateways may share a connection. */
const met = new WeakSet<object>()

/** The connection behind a client of a gateway, in `handleConnection` and later; `undefined` where anybody may connect. */
export function connectionOf(client: object): GatewayConnection | undefined {
  return connections.get(client)
}

/** Closes the connection, with a reason, as soon as one of the grants it was opened with no longer holds. */
export function keepConnection(server: ResourceServer, client: Client, grants: readonly Granted<unknown>[]): void {
  if (met.has(client)) return
  met.add(client)
  if (!isSocketIo(client)) relayDenials(client)
  const [first] = grants
  if (first === undefined) return
  const closed = new AbortController()
  client.once(isSocketIo(client) ? 'disconnect' : 'close', () => closed.abort())
  const { signal } = closed
  const watches = grants.map((granted) =>
    server.watch(granted, { signal, onEnd: (denied) => closeClient(client, denied) }),
  )
  connections.set(client, {
    principal: first.principal,
    get ended() {
      return watches.find(({ ended }) => ended !== undefined)?.ended
    },
    async beforeMessage() {
      for (const watch of watches) {
        const denied = await watch.beforeMessage()
        if (denied !== undefined) return denied
      }
      return undefined
    },
  })
}

/** Codes that IANA lists for what HTTP would have answered. */
const CLOSE_CODES = { 400: 1008, 401: 3000, 403: 3003, 503: 1013 }

/** Closes it with the wire error: as the reason where the protocol has one, else as the event that comes before. */
export function closeClient(client: Client, denied: Denied | undefined): void {
  if (isSocketIo(client)) {
    if (denied !== undefined) sendEvent(client, eventOf(denied))
    client.disconnect?.()
    return
  }
  const { body, status } = denied ?? {
    body: { error_description: 'The connection was not let in' },
    status: 403 as const,
  }
  const code = 'error' in body ? `${body.error}: ` : ''
  client.close?.(CLOSE_CODES[status], `${code}${body.error_description}`)
}

/** An error as NestJS sends it to a client of a gateway. */
export function sendEvent(client: Client, data: DenialEvent): void {
  if (isSocketIo(client)) client.emit('exception', data)
  else client.send?.(JSON.stringify({ event: 'exception', data }))
}

/** To a client of `ws` the filter of NestJS 11 only emits on this side, where nobody listens. */
function relayDenials(client: Client): void {
  client.on('exception', (data) => {
    if (isDenialEvent(data)) sendEvent(client, data)
  })
}

function isSocketIo(client: Client): boolean {
  return typeof client.disconnect === 'function'
}
