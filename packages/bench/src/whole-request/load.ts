import { once } from 'node:events'
import net from 'node:net'

const CONNECTIONS = 32

/** Requests over connections that are kept. */
export interface Load {
  /** Sends one request for each token, 32 at once. Fails for any answer but 200. */
  send(tokens: readonly string[]): Promise<void>
  close(): void
}

/**
 * Writes requests by hand: a client that took longer for one than the server would let the server fall asleep between any
 * two, and what waking up costs is no cost of the guard.
 */
export async function createLoad(url: string): Promise<Load> {
  const { hostname, port } = new URL(url)
  const requestWith = (token: string) =>
    `GET /orders HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: keep-alive\r\nAuthorization: Bearer ${token}\r\n\r\n`
  const sockets = Array.from({ length: CONNECTIONS }, () => net.connect({ host: hostname, port: Number(port) }))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  return {
    async send(tokens) {
      const left = tokens.toReversed()
      const staysAwake = stayAwake()
      const all = sockets.map(async (socket) => {
        for (let token = left.pop(); token !== undefined; token = left.pop()) {
          socket.write(requestWith(token))
          await assertOk(socket)
        }
      })
      await Promise.all(all).finally(() => staysAwake.end())
    },
    close() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Whoever writes to a process that sleeps wakes it up, and pays for that: a faster server more rarely than a slower one. */
function stayAwake(): { end(): void } {
  let isOver = false
  const again = () => {
    if (!isOver) setImmediate(again)
  }
  again()
  return { end: () => (isOver = true) }
}

/** Reads one answer to its end. */
function assertOk(socket: net.Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const settle = (error?: Error) => {
      socket.off('data', read).off('error', settle).off('close', closed)
      if (error === undefined) resolve()
      else reject(error)
    }
    const closed = () => settle(new Error('the server has closed a connection'))
    const read = (chunk: Buffer) => {
      answer += chunk.toString('latin1')
      if (!isComplete(answer)) return
      settle(answer.startsWith('HTTP/1.1 200 ') ? undefined : new Error(answer.slice(0, answer.indexOf('\r\n'))))
    }
    socket.on('data', read).on('error', settle).on('close', closed)
  })
}

function isComplete(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n')
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(answer)?.[1]
  return end !== -1 && length !== undefined && answer.length === end + 4 + Number(length)
}
