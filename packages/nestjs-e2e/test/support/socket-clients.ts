import type { INestApplication, WebSocketAdapter } from '@nestjs/common'
import { IoAdapter } from '@nestjs/platform-socket.io'
import { WsAdapter } from '@nestjs/platform-ws'
import { io } from 'socket.io-client'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

/** A message in either direction. */
interface Message {
  readonly event: string
  readonly data?: unknown
}

/** Why a connection was refused or closed, as far as the protocol lets a client know. */
interface Ending {
  readonly code?: number
  readonly reason: string
}

/** A client with an open connection. */
export interface SocketClient {
  /** Settles when the server has closed the connection. */
  readonly closed: Promise<Ending>
  send(message: Message): void
  /** The next message nobody has taken yet. */
  next(): Promise<Message>
  /** Sends an event, and resolves to the next message. */
  ask(event: string, data?: unknown): Promise<Message>
}

/** What a client is told when it may not connect. */
export interface Refusal {
  readonly statusCode: number
  readonly challenge: string | undefined
  readonly retryAfter: number | undefined
  readonly dpop_nonce?: string
  readonly error?: string
  readonly error_description: string
}

/** One library for sockets, on both sides. */
export interface SocketLibrary {
  readonly name: string
  adapter(app: INestApplication): WebSocketAdapter
  open(
    url: string,
    place: string,
    headers: Record<string, string>,
    tls?: ClientTls,
  ): Promise<SocketClient | { readonly refused: Refusal }>
}

/** What a client of TLS trusts and shows, PEM. */
export interface ClientTls {
  readonly ca: string
  readonly cert?: string
  readonly key?: string
}

/** Connects with a token, which must be let in. */
export async function connect(
  library: SocketLibrary,
  url: string,
  place: string,
  token?: string,
): Promise<SocketClient> {
  const opened = await library.open(url, place, token === undefined ? {} : { authorization: `Bearer ${token}` })
  if ('refused' in opened) throw new Error(`not connected: ${JSON.stringify(opened.refused)}`)
  return opened
}

function inbox() {
  const waiting: ((message: Message) => void)[] = []
  const unread: Message[] = []
  return {
    put(message: Message) {
      const waits = waiting.shift()
      if (waits === undefined) unread.push(message)
      else waits(message)
    },
    next: () => {
      const message = unread.shift()
      return message === undefined ? new Promise<Message>((resolve) => waiting.push(resolve)) : Promise.resolve(message)
    },
  }
}

export const ws: SocketLibrary = {
  name: 'ws',
  adapter: (app) => new WsAdapter(app),
  open(url, place, headers, tls) {
    const socket = new WebSocket(`${url.replace('http', 'ws')}${place}`, { headers, ...tls })
    onTestFinished(() => socket.terminate())
    const { put, next } = inbox()
    socket.on('message', (text) => put(JSON.parse(String(text)) as Message))
    const closed = new Promise<Ending>((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }))
    })
    const send = (message: Message) => socket.send(JSON.stringify(message))
    return new Promise((resolve, reject) => {
      socket.once('error', reject)
      socket.once('open', () =>
        resolve({
          closed,
          next,
          send,
          ask(event, data) {
            send({ event, data })
            return next()
          },
        }),
      )
      socket.once('unexpected-response', (_request, response) => {
        let text = ''
        response.on('data', (chunk) => (text += chunk))
        response.on('end', () => {
          const { 'www-authenticate': challenge, 'retry-after': retryAfter, 'dpop-nonce': nonce } = response.headers
          resolve({
            refused: {
              statusCode: response.statusCode ?? 0,
              challenge,
              ...(nonce !== undefined && { dpop_nonce: String(nonce) }),
              retryAfter: retryAfter === undefined ? undefined : Number(retryAfter),
              ...(text.startsWith('{') ? JSON.parse(text) : { error_description: text }),
            },
          })
        })
      })
    })
  },
}

export const socketIo: SocketLibrary = {
  name: 'socket.io',
  adapter: (app) => new IoAdapter(app),
  open: (url, place, extraHeaders, tls) => openSocketIo(url, place, { extraHeaders, ...tls }),
}

/** The same with all that a client of socket.io can present. */
export function openSocketIo(
  url: string,
  place: string,
  options: Partial<ClientTls> & {
    readonly extraHeaders?: Record<string, string>
    readonly auth?: Record<string, unknown>
  },
): Promise<SocketClient | { readonly refused: Refusal }> {
  const socket = io(`${url}${place}`, { transports: ['websocket'], forceNew: true, reconnection: false, ...options })
  onTestFinished(() => void socket.disconnect())
  const { put, next } = inbox()
  socket.onAny((event: string, data: unknown) => put({ event, data }))
  const closed = new Promise<Ending>((resolve) => {
    socket.once('disconnect', (reason) => resolve({ reason }))
  })
  const send = ({ event, data }: Message) => void socket.emit(event, data)
  return new Promise((resolve) => {
    socket.once('connect', () =>
      resolve({
        closed,
        next,
        send,
        ask(event, data) {
          send({ event, data })
          return next()
        },
      }),
    )
    socket.once('connect_error', (error: Error & { data?: Refusal }) => {
      resolve({ refused: error.data as Refusal })
    })
  })
}
