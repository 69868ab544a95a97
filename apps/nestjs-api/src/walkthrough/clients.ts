import { request } from 'node:http'
import type { Answer, ExpectedAnswer, Step } from './step.js'

/** Makes the token to send; `undefined` sends none. */
type Token = (() => Promise<string>) | undefined

/** Makes steps that call an API in each way it can be called. */
export function clientsOf(apiUrl: string) {
  /** Calls a route. */
  function call(what: string, tokenLabel: string, token: Token, expected: ExpectedAnswer): Step {
    const [method = 'GET', path = '/'] = what.split(' ')
    const send = async (): Promise<Answer> => {
      const response = await fetch(new URL(path, apiUrl), { method, headers: await bearer(token) })
      await response.arrayBuffer()
      const { headers, status } = response
      return {
        status,
        challenge: headers.get('www-authenticate') ?? undefined,
        retryAfter: headers.get('retry-after') ?? undefined,
      }
    }
    return { what, tokenLabel, send, expected }
  }

  /** Runs an operation of GraphQL. */
  function operate(query: string, tokenLabel: string, token: Token, expected: ExpectedAnswer): Step {
    const send = async (): Promise<Answer> => {
      const response = await fetch(new URL('/graphql', apiUrl), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(await bearer(token)) },
        body: JSON.stringify({ query }),
      })
      const { errors } = (await response.json()) as {
        errors?: { extensions: { statusCode: number; challenge?: string } }[]
      }
      const [error] = errors ?? []
      return { status: error?.extensions.statusCode ?? response.status, challenge: error?.extensions.challenge }
    }
    // The first field is what the operation is about.
    const [, field] = /{ *(\w+)/.exec(query) ?? []
    return { what: `GraphQL ${field}`, tokenLabel, send, expected }
  }

  /** Asks for a connection as a browser would, and reads the answer of HTTP, which a browser would not show. */
  function knock(tokenLabel: string, token: Token, expected: ExpectedAnswer): Step {
    const send = async (): Promise<Answer> => {
      const headers = {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'YSB3YWxrLXRocm91Z2guLg==',
        ...(await bearer(token)),
      }
      return new Promise((resolve, reject) => {
        request(new URL('/feed', apiUrl), { headers })
          .on('response', (response) => {
            response.resume()
            resolve({ status: response.statusCode ?? 0, challenge: response.headers['www-authenticate'] })
          })
          .on('upgrade', (_response, socket) => {
            socket.destroy()
            resolve({ status: 101 })
          })
          .on('error', reject)
          .end()
      })
    }
    return { what: 'WebSocket /feed', tokenLabel, send, expected }
  }

  /** Listens to the feed. */
  async function listen(token: () => Promise<string>): Promise<WebSocket> {
    const socket = new WebSocket(new URL('/feed', apiUrl.replace('http', 'ws')), {
      headers: await bearer(token),
    } as never)
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve)
      socket.addEventListener('error', reject)
    })
    return socket
  }

  return { call, operate, knock, listen }
}

/** The next message of a connection. */
export function messageOn(socket: WebSocket): Promise<string> {
  return new Promise((resolve) => {
    socket.addEventListener('message', ({ data }) => resolve(String(data)), { once: true })
  })
}

/** How a connection was closed. */
export function closingOf(socket: WebSocket): Promise<Answer> {
  return new Promise((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => resolve({ status: code, received: reason }), { once: true })
  })
}

async function bearer(token: Token): Promise<Record<string, string>> {
  return token === undefined ? {} : { authorization: `Bearer ${await token()}` }
}
