import {
  createTRPCClient,
  createWSClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpSubscriptionLink,
  TRPCClientError,
  type TRPCLink,
  wsLink,
} from '@trpc/client'
import { EventSource } from 'eventsource'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { AuthErrorData } from '../../src/index.js'
import type { OrdersRouter } from './orders-app.js'

/** The token a client sends; tests change it. */
export interface TokenHolder {
  token: string | undefined
}

export const bearer = ({ token }: TokenHolder) => (token === undefined ? {} : { authorization: `Bearer ${token}` })

interface BatchLinkOptions {
  readonly url: string
  readonly headers: () => Record<string, string>
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
}

/** The links that send batches: one answers when all calls have, the other as they do. */
export const batchLinks = [
  ['httpBatchLink', (options: BatchLinkOptions) => httpBatchLink<OrdersRouter>(options as never)],
  ['httpBatchStreamLink', (options: BatchLinkOptions) => httpBatchStreamLink<OrdersRouter>(options as never)],
] as const

/** A subscription link that sends the token in a header, with each connection anew. */
export function sseLink(url: string, holder: TokenHolder): TRPCLink<OrdersRouter> {
  return httpSubscriptionLink({
    url,
    EventSource,
    eventSourceOptions: {
      fetch: (input, init) =>
        fetch(input, { ...init, headers: { ...init?.headers, ...bearer(holder) } } as RequestInit),
    },
  })
}

/** A WebSocket that sends the token in its first message, with each connection anew. */
export function webSocket(url: string, holder: TokenHolder) {
  const client = createWSClient({
    url,
    connectionParams: () => bearer(holder),
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    retryDelayMs: () => 10,
  })
  onTestFinished(() => client.close())
  return { client, link: wsLink<OrdersRouter>({ client }) }
}

export const clientOf = (...links: TRPCLink<OrdersRouter>[]) => createTRPCClient<OrdersRouter>({ links })

/** What a call that must fail told the client. */
export async function failureOf(call: Promise<unknown>) {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof TRPCClientError)) throw new Error('It did not fail as calls of tRPC do', { cause: error })
  return {
    message: error.message,
    data: error.data as { code: string; auth?: AuthErrorData; stack?: string } | undefined,
  }
}

/** What a subscription brought so far, and how it ended. */
export interface Received {
  readonly items: unknown[]
  /** Resolves when the server has begun the stream. */
  readonly started: Promise<void>
  /** Resolves when so many items have come. */
  count(items: number): Promise<void>
  /** Resolves to the error that ended it, or to `undefined` where it ended without one. */
  readonly ended: Promise<Ended>
  /** Resolves to the error for which the client connects anew, by itself. */
  readonly interrupted: Promise<Ended>
  unsubscribe(): void
}

type Ended = { readonly data?: { readonly code: string; readonly auth?: AuthErrorData } | undefined } | undefined

/** Less than a test may take, so that a stream that goes on for ever fails its test rather than to time out. */
const LONGEST_STREAM_MS = 20_000

interface Handlers {
  onStarted(): void
  onConnectionStateChange(state: { readonly error: unknown }): void
  onData(item: unknown): void
  onError(error: unknown): void
  onComplete(): void
}

/** Subscribes, and collects what comes. */
export function receive(subscribe: (handlers: Handlers) => { unsubscribe(): void }): Received {
  const items: unknown[] = []
  const waiting = new Set<() => void>()
  let onStarted = () => {}
  let onEnded: (error: Ended) => void = () => {}
  let onInterrupted: (error: Ended) => void = () => {}
  const started = new Promise<void>((resolve) => (onStarted = resolve))
  const ended = new Promise<Ended>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The stream has not ended by itself')), LONGEST_STREAM_MS)
    onEnded = (error) => {
      clearTimeout(timer)
      resolve(error)
    }
  })
  // Not every test waits for the end.
  ended.catch(() => {})
  const interrupted = new Promise<Ended>((resolve) => (onInterrupted = resolve))
  const subscription = subscribe({
    onStarted: () => onStarted(),
    onConnectionStateChange: ({ error }) => {
      if (error !== null) onInterrupted(error as Ended)
    },
    onData(item) {
      items.push(item)
      for (const look of waiting) look()
    },
    onError: (error) => onEnded(error as Ended),
    onComplete: () => onEnded(undefined),
  })
  onTestFinished(() => {
    subscription.unsubscribe()
    onEnded(undefined)
  })
  return {
    items,
    started,
    ended,
    interrupted,
    count: (wanted) =>
      new Promise((resolve) => {
        const look = () => {
          if (items.length < wanted) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    unsubscribe: () => subscription.unsubscribe(),
  }
}
