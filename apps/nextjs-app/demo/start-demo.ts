import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fakeCognito } from '@tokenward/testkit'
import { type NextProcess, startNext } from './next-process.ts'

/** Who can sign in. */
export const PASSWORD = 'correct horse'
const ANN = { username: 'ann', password: PASSWORD, groups: ['managers'] } as const
const BEN = { username: 'ben', password: PASSWORD } as const

/** The application on a loopback port, and a fake user pool on another. */
export interface RunningDemo {
  readonly url: string
  readonly pool: Awaited<ReturnType<typeof demoPool>>
  readonly application: NextProcess
  close(): Promise<void>
}

const demoPool = (origin: string) =>
  fakeCognito({
    clients: [{ clientId: 'orders-app', redirectUris: [`${origin}/auth/callback`] }],
    users: [ANN, BEN],
    resourceServers: { orders: ['read', 'write'] },
  })

export async function startDemo(): Promise<RunningDemo> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const pool = await demoPool(origin)
  const [{ url: poolUrl }] = await Promise.all([pool.serve(), pool.publicKeys()])
  const env = {
    COGNITO_USER_POOL_ID: pool.userPoolId,
    COGNITO_CLIENT_ID: pool.clientId,
    COGNITO_URL: poolUrl,
    APP_ORIGIN: origin,
  }
  const application = await startNext(join(import.meta.dirname, '..'), env, port).catch(async (error: unknown) => {
    await pool.close()
    throw error
  })
  return {
    url: origin,
    pool,
    application,
    async close() {
      await application.close()
      await pool.close()
    },
  }
}

/** The address to come back to has to be known before the application runs. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
