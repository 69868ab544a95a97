import http from 'node:http'

const CONNECTIONS = 32

/** Sends one request for each token, over connections that are kept. Fails for any answer but 200. */
export function createLoad(url: string): { send(tokens: readonly string[]): Promise<void>; close(): void } {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const { hostname, port } = new URL(url)
  return {
    async send(tokens) {
      const left = [...tokens]
      await Promise.all(
        Array.from({ length: CONNECTIONS }, async () => {
          for (let token = left.pop(); token !== undefined; token = left.pop()) {
            await request({ agent, hostname, port, path: '/orders', headers: { authorization: `Bearer ${token}` } })
          }
        }),
      )
    },
    close: () => agent.destroy(),
  }
}

function request(options: http.RequestOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = http.get(options, (response) => {
      response.resume()
      response.on('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`status ${response.statusCode}`)),
      )
    })
    outgoing.on('error', reject)
  })
}
