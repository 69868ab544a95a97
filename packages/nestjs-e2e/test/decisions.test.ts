import { Controller, type ExecutionContext, Injectable } from '@nestjs/common'
import { Args, Int, Mutation, Query, Resolver } from '@nestjs/graphql'
import { ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices'
import { Test } from '@nestjs/testing'
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import { Authorize, type DecisionRequest, Public, TokenwardGuard, TokenwardModule } from '@tokenward/nestjs'
import { firstValueFrom } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startApp } from './support/app.js'
import { freePort } from './support/free-port.js'
import { drivers, query } from './support/graphql-app.js'
import { poolAndOptions } from './support/pool.js'
import { connect, ws } from './support/socket-clients.js'

/** Order 1 may be refunded, and no other. */
const decisionPoint = {
  decide: ({ resource }: DecisionRequest) => ({ decision: resource?.id === '1' ? 'permit' : 'deny' }) as const,
}
const ofOrder = Authorize({
  action: 'refund',
  resource: ({ params }) => ({ type: 'Order', id: String(params['id']) }),
})

@Resolver()
class RefundsResolver {
  @Query(() => String)
  @Public()
  health(): string {
    return 'ok'
  }

  @Mutation(() => String)
  @ofOrder
  refund(@Args('id', { type: () => Int }) id: number): string {
    return `refunded ${id}`
  }
}

@WebSocketGateway({ path: '/refunds' })
class RefundsGateway {
  @SubscribeMessage('refund')
  @ofOrder
  refund() {
    return { event: 'refunded', data: true }
  }
}

@Controller()
class RefundsController {
  @MessagePattern('refund')
  @ofOrder
  refund() {
    return 'refunded'
  }
}

describe.each(drivers)('with $name, the decision point', (driver) => {
  it('is asked about the arguments of each field by itself, be it the same field twice', async () => {
    const { pool, options } = await poolAndOptions()
    const { url } = await startApp({
      options: { ...options, decisionPoint },
      adapter: driver.platform,
      imports: [driver.module()],
      providers: [RefundsResolver],
    })
    const token = await pool.accessToken()
    const both = await query(url, 'mutation { good: refund(id: 1) bad: refund(id: 2) }', token)
    expect(both.errors).toMatchObject([{ path: ['bad'], extensions: { code: 'FORBIDDEN' } }])
    const good = await query(url, 'mutation { good: refund(id: 1) again: refund(id: 1) }', token)
    expect(good.data).toStrictEqual({ good: 'refunded 1', again: 'refunded 1' })
  })
})

describe('the decision point', () => {
  it('is asked about the data of each message to a gateway', async () => {
    const { pool, options } = await poolAndOptions()
    const { url } = await startApp({
      options: { ...options, decisionPoint },
      providers: [RefundsGateway],
      prepare: (app) => app.useWebSocketAdapter(ws.adapter(app)),
    })
    const client = await connect(ws, url, '/refunds', await pool.accessToken())
    expect(await client.ask('refund', { id: '1' })).toMatchObject({ event: 'refunded' })
    expect(await client.ask('refund', { id: '2' })).toMatchObject({ event: 'exception', data: { statusCode: 403 } })
    expect(await client.ask('refund', { id: '1' })).toMatchObject({ event: 'refunded' })
  })

  it('is asked about the data of each message to a microservice', async () => {
    @Injectable()
    class MessageGuard extends TokenwardGuard {
      protected override extractToken(context: ExecutionContext) {
        return context.switchToRpc().getData<{ token?: string }>().token
      }
    }
    const { pool, options } = await poolAndOptions()
    const module = await Test.createTestingModule({
      imports: [TokenwardModule.forRoot({ ...options, decisionPoint, guard: MessageGuard })],
      controllers: [RefundsController],
    }).compile()
    const port = await freePort()
    const connection = { transport: Transport.TCP as const, options: { host: '127.0.0.1', port } }
    const app = module.createNestMicroservice({ ...connection, logger: false })
    onTestFinished(() => app.close())
    await app.listen()
    const client = ClientProxyFactory.create(connection)
    onTestFinished(() => void client.close())
    const refund = async (id: string) => {
      const token = await pool.accessToken()
      return firstValueFrom(client.send<unknown>('refund', { id, token })).catch((error: unknown) => ({ error }))
    }
    expect(await refund('1')).toBe('refunded')
    expect(await refund('2')).toMatchObject({ error: { statusCode: 403 } })
  })
})
