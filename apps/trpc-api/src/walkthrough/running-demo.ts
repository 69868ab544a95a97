import type { AddressInfo } from 'node:net'
import { fakeCognito } from '@tokenward/testkit'
import {
  authResponseMeta,
  cognitoUserPool,
  createAuthPlugin,
  createResourceServer,
  inMemoryRevocationList,
  type OperatorCode,
} from '@tokenward/trpc'
import { createHTTPServer } from '@trpc/server/adapters/standalone'
import { createApp } from '../router/app-router.js'
import { Orders } from '../router/orders.js'

/** The API on a loopback port, protected by a fake user pool on another. */
export interface RunningDemo {
  readonly apiUrl: string
  readonly cognitoUrl: string
  readonly pool: Awaited<ReturnType<typeof demoPool>>
  readonly orders: Orders
  /** Why calls since the last time were refused, as the operator sees it. */
  takeReasons(): readonly OperatorCode[]
  close(): Promise<void>
}

const demoPool = () => fakeCognito({ clients: ['web'], resourceServers: { orders: ['read', 'write'] } })

export async function startDemo(): Promise<RunningDemo> {
  const pool = await demoPool()
  const cognito = await pool.serve()
  const reasons: OperatorCode[] = []
  const revocationList = inMemoryRevocationList()
  const api = createResourceServer({
    issuers: [
      cognitoUserPool({
        userPoolId: pool.userPoolId,
        clientId: pool.clientId,
        endpoint: cognito.url,
        allowInsecureLoopback: true,
      }),
    ],
    realm: 'orders',
    revocationList,
    clock: pool.clock,
    onEvent(event) {
      if (event.type === 'request-refused' || event.type === 'request-unavailable') reasons.push(event.reason)
    },
  })
  const orders = new Orders()
  for (const item of ['Espresso cups', 'Coffee beans, 1 kg']) orders.add(item)
  const app = createApp(createAuthPlugin(api), orders, revocationList)
  const server = createHTTPServer({ ...app, responseMeta: authResponseMeta })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()))

  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cognitoUrl: cognito.url,
    pool,
    orders,
    takeReasons: () => reasons.splice(0),
    async close() {
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
      await api.close()
      await pool.close()
    },
  }
}
