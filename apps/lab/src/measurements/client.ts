import { Agent, request } from 'node:http'

/** One request as a client sees it; instants are those of `performance.now()`. */
export interface Exchange {
  readonly status: number
  readonly sentAt: number
  readonly answeredAt: number
}

const agent = new Agent({ keepAlive: true, maxSockets: Infinity })

/** Sends a request with a bearer token over a connection that is kept. */
export function send(url: string, token: string, method: 'GET' | 'POST' = 'GET'): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const sentAt = performance.now()
    const outgoing = request(url, { agent, method, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode as number, sentAt, answeredAt: performance.now() }),
      )
      response.resume()
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

/** Ends the kept connections. */
export function disconnect(): void {
  agent.destroy()
}

/** An answer that ends the lab: what would be measured then is something else. */
export function unexpected(
  { lastReason }: { readonly lastReason?: string | undefined },
  what: string,
  { status }: Exchange,
): Error {
  return new Error(
    `${what} was answered ${status}${lastReason === undefined ? '' : `; the last reason: ${lastReason}`}`,
  )
}
