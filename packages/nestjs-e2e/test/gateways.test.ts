import { createServer } from 'node:http'
import type { ExecutionContext, INestApplication } from '@nestjs/common'
import { Injectable, UseGuards } from '@nestjs/common'
import { WsAdapter } from '@nestjs/platform-ws'
import { AbstractWsAdapter, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import {
  Authorize,
  connectionOf,
  CurrentPrincipal,
  definePolicy,
  type GatewayConnection,
  MaxRevocationLag,
  Policy,
  type Principal,
  type PrincipalOf,
  Public,
  RequireGroups,
  RequireScopes,
  TokenwardGuard,
} from '@tokenward/nestjs'
import { io } from 'socket.io-client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { startApp } from './support/app.js'
import { poolAndOptions } from './support/pool.js'
import { connect, openSocketIo, ws } from './support/socket-clients.js'

const onWs = (app: INestApplication) => app.useWebSocketAdapter(new WsAdapter(app))
const reader = { sub: 'u1', scopes: ['orders/read'] } as const
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

@WebSocketGateway({ path: '/orders' })
class OrdersGateway {
  @SubscribeMessage('who')
  who(@CurrentPrincipal() caller: Principal) {
    return { event: 'who', data: caller.subject }
  }
}

describe('a token beside the header', () => {
  @WebSocketGateway({ namespace: 'orders' })
  class SocketIoGateway extends OrdersGateway {
    @SubscribeMessage('who')
    override who(@CurrentPrincipal() caller: Principal) {
      return super.who(caller)
    }
  }

  it('is taken from the handshake of socket.io, and must not contradict the header', async () => {
    const { pool, options, reasons } = await poolAndOptions()
    const { url } = await startApp({ options, providers: [SocketIoGateway] })
    const token = await pool.accessToken(reader)
    const opened = await openSocketIo(url, '/orders', { auth: { token } })
    expect('ask' in opened && (await opened.ask('who'))).toStrictEqual({ event: 'who', data: 'u1' })
    const other = bearer(await pool.accessToken({ sub: 'u2' }))
    expect(await openSocketIo(url, '/orders', { auth: { token }, extraHeaders: other })).toMatchObject({
      refused: { statusCode: 400, error: 'invalid_request' },
    })
    expect(reasons()).toHaveLength(1)
  })

  it('is asked for again when socket.io restores a connection', async () => {
    const { pool, options } = await poolAndOptions()
    @WebSocketGateway({ namespace: 'orders', connectionStateRecovery: { maxDisconnectionDuration: 60_000 } })
    class RestoringGateway extends SocketIoGateway {}
    const { url } = await startApp({ options, providers: [RestoringGateway] })
    const socket = io(`${url}/orders`, {
      transports: ['websocket'],
      auth: { token: await pool.accessToken(reader) },
      reconnectionDelay: 1,
    })
    onTestFinished(() => void socket.disconnect())
    await new Promise((resolve) => socket.emit('who').once('who', resolve))
    socket.auth = {}
    const again = new Promise((resolve) => {
      socket.once('connect', () => resolve({ recovered: socket.recovered }))
      socket.once('connect_error', (error: Error & { data?: unknown }) => resolve(error.data))
    })
    socket.io.engine.close()
    expect(await again).toMatchObject({ statusCode: 401 })
  })

  it('is found where a subclass of the guard looks for it', async () => {
    @Injectable()
    class CookieGuard extends TokenwardGuard {
      protected override extractToken(context: ExecutionContext) {
        const { headers } = context.switchToHttp().getRequest<{ headers: { cookie?: string } }>()
        return headers.cookie?.replace('session=', '')
      }
    }
    const { pool, options } = await poolAndOptions()
    const { url } = await startApp({
      options: { ...options, guard: CookieGuard },
      providers: [OrdersGateway],
      prepare: onWs,
    })
    const opened = await ws.open(url, '/orders', { cookie: `session=${await pool.accessToken(reader)}` })
    expect('ask' in opened && (await opened.ask('who'))).toStrictEqual({ event: 'who', data: 'u1' })
    expect(await ws.open(url, '/orders', { cookie: 'session=x' })).toMatchObject({ refused: { statusCode: 401 } })
  })
})

describe('what a gateway demands of a connection', () => {
  it('is what handleConnection demands, where it says more than the class', async () => {
    @WebSocketGateway({ path: '/orders' })
    class StaffGateway {
      @RequireGroups(['staff'])
      handleConnection() {}

      @SubscribeMessage('hello')
      hello() {
        return { event: 'hello', data: true }
      }
    }
    const { pool, options, events } = await poolAndOptions()
    const { url } = await startApp({ options, providers: [StaffGateway], prepare: onWs })
    const client = await connect(ws, url, '/orders', await pool.accessToken({ groups: ['staff'] }))
    expect(await client.ask('hello')).toMatchObject({ data: true })
    const refused = await ws.open(url, '/orders', bearer(await pool.accessToken()))
    expect(refused).toMatchObject({ refused: { statusCode: 403 } })
    expect(events.at(-1)).toMatchObject({ route: 'StaffGateway.handleConnection', reason: 'group-missing' })
  })

  it('is what all gateways demand that share it', async () => {
    @WebSocketGateway({ path: '/orders' })
    @Public()
    class OpenGateway {
      @SubscribeMessage('open')
      open() {
        return { event: 'open', data: true }
      }
    }
    @WebSocketGateway({ path: '/orders' })
    @RequireScopes(['orders/write'])
    class WritingGateway {}
    const { pool, options } = await poolAndOptions()
    const { url } = await startApp({ options, providers: [OpenGateway, WritingGateway], prepare: onWs })
    expect(await ws.open(url, '/orders', {})).toMatchObject({ refused: { statusCode: 401 } })
    expect(await ws.open(url, '/orders', bearer(await pool.accessToken(reader)))).toMatchObject({
      refused: { statusCode: 403 },
    })
    const client = await connect(ws, url, '/orders', await pool.accessToken({ scopes: ['orders/write'] }))
    expect(await client.ask('open')).toMatchObject({ data: true })
  })

  it('names the issuers: two pools, each with a gateway of its own', async () => {
    const [staff, customers] = [await poolAndOptions(), await poolAndOptions()]
    const pools = [staff.pool, customers.pool] as const
    const of = (pool: (typeof pools)[number]) => definePolicy({ issuers: [pool.issuer] })
    @WebSocketGateway({ path: '/staff' })
    @Policy(of(staff.pool))
    class StaffGateway extends OrdersGateway {}
    @WebSocketGateway({ path: '/customers' })
    @Policy(of(customers.pool))
    class CustomersGateway extends OrdersGateway {}
    const { url } = await startApp({
      options: {
        ...staff.options,
        issuers: [...staff.options.issuers, ...customers.options.issuers],
        fetch: (address, init) =>
          (String(address).includes(staff.pool.userPoolId) ? staff.pool : customers.pool).fetch(address, init),
      },
      providers: [StaffGateway, CustomersGateway],
      prepare: onWs,
    })
    const [ofStaff, ofCustomers] = [await staff.pool.accessToken(reader), await customers.pool.accessToken(reader)]
    for (const [place, welcome, stranger] of [
      ['/staff', ofStaff, ofCustomers],
      ['/customers', ofCustomers, ofStaff],
    ] as const) {
      const client = await connect(ws, url, place, welcome)
      expect(await client.ask('who')).toStrictEqual({ event: 'who', data: 'u1' })
      expect(await ws.open(url, place, bearer(stranger))).toMatchObject({ refused: { statusCode: 403 } })
    }
  })

  it('types the claims of its caller', async () => {
    const tenant = definePolicy({ claims: z.object({ 'custom:tenant': z.string() }) })
    @WebSocketGateway({ path: '/orders' })
    @Policy(tenant)
    class TenantGateway {
      @SubscribeMessage('tenant')
      tenant(@CurrentPrincipal(tenant) caller: PrincipalOf<typeof tenant>) {
        return { event: 'tenant', data: caller.claims['custom:tenant'] }
      }
    }
    const { pool, options } = await poolAndOptions()
    const { url } = await startApp({ options, providers: [TenantGateway], prepare: onWs })
    const client = await connect(ws, url, '/orders', await pool.accessToken({ claims: { 'custom:tenant': 'acme' } }))
    expect(await client.ask('tenant')).toStrictEqual({ event: 'tenant', data: 'acme' })
    expect(await ws.open(url, '/orders', bearer(await pool.accessToken()))).toMatchObject({
      refused: { statusCode: 403 },
    })
  })
})

describe('a gateway that sends by itself', () => {
  it('asks before each message where the lag is 0s, and is closed when it may not', async () => {
    const opened: object[] = []
    @WebSocketGateway({ path: '/feed' })
    @MaxRevocationLag('0s')
    class FeedGateway {
      handleConnection(client: object) {
        opened.push(client)
      }
    }
    const { pool, options } = await poolAndOptions()
    const { url } = await startApp({ options, providers: [FeedGateway], prepare: onWs })
    const token = await pool.accessToken({ sub: 'u1' })
    const client = await connect(ws, url, '/feed', token)
    const connection = connectionOf(opened[0] as object) as GatewayConnection
    expect(connection.principal.subject).toBe('u1')
    expect(await connection.beforeMessage()).toBeUndefined()
    expect(pool.getUser.hits).toBe(2)
    pool.clock.advance('1m')
    await pool.revoke(token)
    expect(await connection.beforeMessage()).toMatchObject({ status: 401 })
    expect(await client.closed).toStrictEqual({ code: 3000, reason: 'invalid_token: The access token is invalid' })
    expect(connection.ended).toMatchObject({ reason: 'token-revoked' })
  })
})

describe('a connection that ends', () => {
  it.each([
    ['unavailable', 1013, 'The request cannot be decided right now; try again'],
    ['deny', 3003, 'insufficient_scope: The access token does not allow this request'],
  ] as const)('has a code for what HTTP would have answered: %s', async (answer, code, reason) => {
    let current: 'permit' | typeof answer = 'permit'
    const opened: object[] = []
    @WebSocketGateway({ path: '/feed' })
    @MaxRevocationLag('0s')
    @Authorize({ action: 'listen' })
    class FeedGateway {
      handleConnection(client: object) {
        opened.push(client)
      }
    }
    const { pool, options } = await poolAndOptions()
    const { url } = await startApp({
      options: {
        ...options,
        decisionPoint: {
          decide: () => (current === 'unavailable' ? { decision: 'error', reason: current } : { decision: current }),
        },
      },
      providers: [FeedGateway],
      prepare: onWs,
    })
    const client = await connect(ws, url, '/feed', await pool.accessToken())
    current = answer
    // Within a second an answer serves the policies of one request.
    pool.clock.advance('2s')
    await connectionOf(opened[0] as object)?.beforeMessage()
    expect(await client.closed).toStrictEqual({ code, reason })
  })
})

describe('a namespace that two gateways share', () => {
  it('asks once for each of them', async () => {
    @WebSocketGateway({ namespace: 'shared' })
    class OneGateway {
      handleDisconnect() {}
    }
    @WebSocketGateway({ namespace: 'shared' })
    class OtherGateway {
      @SubscribeMessage('hello')
      hello() {
        return { event: 'hello', data: true }
      }
    }
    const { pool, options, events } = await poolAndOptions()
    const { url } = await startApp({ options, providers: [OneGateway, OtherGateway] })
    const opened = await openSocketIo(url, '/shared', { auth: { token: await pool.accessToken() } })
    expect('ask' in opened && (await opened.ask('hello'))).toMatchObject({ data: true })
    const routes = events.flatMap((event) => (event.type === 'request-granted' ? [event.route] : []))
    expect(routes).toStrictEqual(['OneGateway', 'OtherGateway', 'OtherGateway.hello'])
  })
})

describe('a gateway whose guard is its own', () => {
  it('is guarded without the global one, and others are not', async () => {
    @WebSocketGateway({ path: '/guarded' })
    @UseGuards(TokenwardGuard)
    @RequireScopes(['orders/read'])
    class GuardedGateway extends OrdersGateway {}
    @WebSocketGateway({ path: '/plain' })
    class PlainGateway {
      @SubscribeMessage('hello')
      hello() {
        return { event: 'hello', data: connectionOf(this) === undefined }
      }

      @SubscribeMessage('who')
      @UseGuards(TokenwardGuard)
      who(@CurrentPrincipal() caller: Principal) {
        return { event: 'who', data: caller.subject }
      }
    }
    const { pool, options } = await poolAndOptions()
    const { url } = await startApp({
      options: { ...options, globalGuard: false },
      providers: [GuardedGateway, PlainGateway],
      prepare: onWs,
    })
    expect(await ws.open(url, '/guarded', {})).toMatchObject({ refused: { statusCode: 401 } })
    const guarded = await connect(ws, url, '/guarded', await pool.accessToken(reader))
    expect(await guarded.ask('who')).toMatchObject({ data: 'u1' })
    const plain = await connect(ws, url, '/plain')
    expect(await plain.ask('hello')).toMatchObject({ data: true })
    expect(await plain.ask('who')).toMatchObject({ event: 'exception', data: { statusCode: 401 } })
  })
})

describe('a WebSocket server', () => {
  it('has its own verifier asked first', async () => {
    const origins: unknown[] = []
    @WebSocketGateway({
      path: '/orders',
      verifyClient: ({ origin }: { origin?: string }) => {
        origins.push(origin)
        return origin === 'https://app.example'
      },
    })
    class PickyGateway extends OrdersGateway {}
    const { pool, options, events } = await poolAndOptions()
    const { url } = await startApp({ options, providers: [PickyGateway], prepare: onWs })
    const headers = bearer(await pool.accessToken(reader))
    const stranger = await ws.open(url, '/orders', { ...headers, origin: 'https://evil.example' })
    expect(stranger).toMatchObject({ refused: { statusCode: 401, challenge: undefined } })
    expect(events.filter(({ type }) => type.startsWith('request-'))).toStrictEqual([])
    expect(await ws.open(url, '/orders', { ...headers, origin: 'https://app.example' })).toHaveProperty('ask')
    expect(origins).toStrictEqual(['https://evil.example', 'https://app.example'])
  })

  it('of a kind whose connections cannot be guarded stops the boot', async () => {
    class OtherAdapter extends AbstractWsAdapter {
      create() {
        return createServer()
      }

      bindMessageHandlers() {}
    }
    const { options } = await poolAndOptions()
    const starting = startApp({
      options,
      providers: [OrdersGateway],
      prepare: (app) => app.useWebSocketAdapter(new OtherAdapter(app)),
    })
    await expect(starting).rejects.toThrow('OrdersGateway listens with a WebSocket adapter whose connections cannot be')
  })

  it('of a guard that fails lets nobody in', async () => {
    @Injectable()
    class FailingGuard extends TokenwardGuard {
      protected override extractToken(): never {
        throw new Error('no cookie jar')
      }
    }
    const { options } = await poolAndOptions()
    const { url } = await startApp({
      options: { ...options, guard: FailingGuard },
      providers: [OrdersGateway],
      prepare: onWs,
    })
    expect(await ws.open(url, '/orders', {})).toMatchObject({
      refused: { statusCode: 500, error_description: 'The connection cannot be opened' },
    })
  })
})
