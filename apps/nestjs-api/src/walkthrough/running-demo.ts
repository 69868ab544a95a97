import type { INestApplication } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { WsAdapter } from '@nestjs/platform-ws'
import { cognitoUserPool, inMemoryRevocationList, type OperatorCode } from '@tokenward/nestjs'
import { fakeCognito } from '@tokenward/testkit'
import { AppModule } from '../app.module.js'
import { serveDocumentation } from '../documentation.js'
import { orderDecisions } from '../orders/order-policies.js'

export type DemoPool = Awaited<ReturnType<typeof demoPool>>

/** The API on a loopback port, protected by a fake user pool on another. */
export interface RunningDemo {
  readonly apiUrl: string
  readonly cognitoUrl: string
  readonly pool: DemoPool
  readonly document: ReturnType<typeof serveDocumentation>
  /** Why the request since the last call was refused or could not be decided. */
  takeReason(): OperatorCode | undefined
  close(): Promise<void>
}

const demoPool = () => fakeCognito({ clients: ['web'], resourceServers: { orders: ['read', 'write'] } })

export async function startDemo(): Promise<RunningDemo> {
  const pool = await demoPool()
  const cognito = await pool.serve()
  let reason: OperatorCode | undefined
  const decisionPoint = orderDecisions(pool.issuer, ({ outcome }) => {
    process.stdout.write(`  cedar/policies: ${outcome}\n`)
  })
  const app: INestApplication = await NestFactory.create(
    AppModule.protectedBy({
      issuers: [
        cognitoUserPool({
          userPoolId: pool.userPoolId,
          clientId: pool.clientId,
          endpoint: cognito.url,
          allowInsecureLoopback: true,
        }),
      ],
      realm: 'orders',
      clock: pool.clock,
      revocationList: inMemoryRevocationList(),
      decisionPoint,
      onEvent(event) {
        if (event.type === 'request-refused' || event.type === 'request-unavailable') reason = event.reason
      },
    }),
    { logger: ['error', 'fatal'], forceCloseConnections: true },
  )
  app.useWebSocketAdapter(new WsAdapter(app))
  const document = serveDocumentation(app, cognito.url)
  await app.listen(0, '127.0.0.1')

  return {
    apiUrl: await app.getUrl(),
    cognitoUrl: cognito.url,
    pool,
    document,
    takeReason() {
      const taken = reason
      reason = undefined
      return taken
    },
    async close() {
      await app.close()
      decisionPoint.close()
      await pool.close()
    },
  }
}
