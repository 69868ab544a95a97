import { Controller, type ExecutionContext, Injectable, type Type, UseGuards } from '@nestjs/common'
import { ClientProxyFactory, EventPattern, MessagePattern, Payload, Transport } from '@nestjs/microservices'
import { Test } from '@nestjs/testing'
import {
  CurrentPrincipal,
  MaxRevocationLag,
  Policy,
  type Principal,
  Public,
  RequireScopes,
  RESOURCE_SERVER,
  revocationEntryFor,
  TokenwardGuard,
  TokenwardModule,
  type TokenwardModuleExtras,
  type TokenwardModuleOptions,
} from '@tokenward/nestjs'
import { firstValueFrom, Observable, Subject } from 'rxjs'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { startApp } from './support/app.js'
import { freePort } from './support/free-port.js'
import { poolAndOptions } from './support/pool.js'
import { untilEndOfFile } from './support/until-end-of-file.js'

const live = 'aws.cognito.signin.user.admin'
const reader = { sub: 'u1', scopes: ['orders/read', live] } as const

/** Messages of this application carry their token beside the payload. */
@Injectable()
class MessageGuard extends TokenwardGuard {
  protected override extractToken(context: ExecutionContext) {
    if (context.getType() !== 'rpc') return undefined
    return context.switchToRpc().getData<{ token?: string }>().token
  }
}

const ticks = new Subject<number>()
const handled: string[] = []

@Controller()
class OrdersController {
  @MessagePattern('who')
  @RequireScopes(['orders/read'])
  who(@CurrentPrincipal() caller: Principal, @Payload() { greeting }: { greeting: string }) {
    return `${greeting} ${caller.subject}`
  }

  @MessagePattern('erase')
  @MaxRevocationLag('0s')
  erase(@CurrentPrincipal() caller: Principal) {
    return caller.evidence.source
  }

  @MessagePattern('ping')
  @Public()
  ping() {
    return 'pong'
  }

  @MessagePattern('ticks')
  @MaxRevocationLag('0s')
  ticks() {
    return new Observable<number>((subscriber) => ticks.subscribe(subscriber))
  }

  @EventPattern('noted')
  noted(@CurrentPrincipal() caller: Principal) {
    handled.push(caller.subject)
  }
}

type Options = TokenwardModuleOptions & TokenwardModuleExtras

/** Sends messages over TCP. */
function clientOf(port: number, until: (close: () => Promise<void>) => void = onTestFinished) {
  const client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host: '127.0.0.1', port } })
  until(async () => void client.close())
  return {
    client,
    /** The answer, or the error. */
    ask: (pattern: string, data: object) =>
      firstValueFrom(client.send<unknown>(pattern, data)).catch((error: unknown) => ({ error })),
  }
}

async function start(until: ReturnType<typeof untilEndOfFile>) {
  const { pool, options, ...rest } = await poolAndOptions(until)
  return { pool, ...rest, ...(await listenOverTcp({ ...options, guard: MessageGuard }, OrdersController, until)) }
}

async function listenOverTcp(
  options: Options,
  controller: Type,
  until: (close: () => Promise<void>) => void = onTestFinished,
) {
  const port = await freePort()
  const module = await Test.createTestingModule({
    imports: [TokenwardModule.forRoot(options)],
    controllers: [controller],
  }).compile()
  const app = module.createNestMicroservice({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
    logger: false,
  })
  until(() => app.close())
  await app.listen()
  return { app, ...clientOf(port, until) }
}

describe('a microservice over TCP', () => {
  const until = untilEndOfFile()
  let running: Awaited<ReturnType<typeof start>>
  beforeAll(async () => {
    running = await start(until)
  })

  it('is called with a token where the guard was told to look, and knows its caller', async () => {
    const { pool, ask } = running
    expect(await ask('who', { greeting: 'hello', token: await pool.accessToken(reader) })).toBe('hello u1')
    expect(await ask('ping', {})).toBe('pong')
  })

  it('answers with an RpcException that says what HTTP would', async () => {
    const { pool, ask, reasons } = running
    expect(await ask('who', {})).toStrictEqual({
      error: {
        status: 'error',
        message: expect.any(String),
        statusCode: 401,
        error_description: expect.any(String),
        challenge: 'Bearer realm="orders"',
      },
    })
    expect(reasons().at(-1)).toBe('no-credentials')
    const writer = await pool.accessToken({ scopes: ['orders/write'] })
    expect(await ask('who', { token: writer })).toMatchObject({
      error: {
        statusCode: 403,
        error: 'insufficient_scope',
        challenge: expect.stringContaining('scope="orders/read"'),
      },
    })
    expect(await ask('who', { token: await pool.forged.wrongKey(reader) })).toMatchObject({
      error: { statusCode: 401, error: 'invalid_token' },
    })
  })

  it('says that it cannot tell while keys cannot be fetched', async () => {
    const { pool, ask } = running
    await pool.rotateKeys()
    pool.jwks.fail()
    const token = await pool.accessToken(reader)
    expect(await ask('who', { token })).toMatchObject({ error: { statusCode: 503, retryAfter: 1 } })
    pool.jwks.recover()
    pool.clock.advance('2s')
    expect(await ask('who', { greeting: 'again', token })).toBe('again u1')
  })

  it('asks the authorization server for each message where the lag is 0s', async () => {
    const { pool, ask } = running
    const token = await pool.accessToken(reader)
    const { hits } = pool.getUser
    for (const more of [1, 2]) {
      expect(await ask('erase', { token })).toBe('live-call')
      expect(pool.getUser.hits).toBe(hits + more)
    }
    pool.clock.advance('1m')
    await pool.revoke(token)
    expect(await ask('erase', { token })).toMatchObject({ error: { error: 'invalid_token' } })
  })

  /** Listens to the ticks. */
  function listen(token: string) {
    const received: unknown[] = []
    const ended = new Promise((resolve) => {
      running.client.send<unknown>('ticks', { token }).subscribe({
        next: (item) => void received.push(item),
        error: resolve,
        complete: () => resolve('complete'),
      })
    })
    return { received, ended }
  }

  it('ends a stream as soon as its login is revoked', async () => {
    const { pool, app, revocationList } = running
    const token = await pool.accessToken(reader)
    const { received, ended } = listen(token)
    await expect.poll(() => ticks.observed).toBe(true)
    ticks.next(1)
    await expect.poll(() => received).toStrictEqual([1])
    const principal: Principal = await app.get(RESOURCE_SERVER).verify(token)
    await revocationList.add(revocationEntryFor(principal, 'login'))
    expect(await ended).toMatchObject({ statusCode: 401, error: 'invalid_token' })
    expect(ticks.observed).toBe(false)
  })

  it('ends a stream when its token expires, be it silent', async () => {
    const { pool } = running
    const { received, ended } = listen(await pool.accessToken({ ...reader, expiresIn: '3s' }))
    await expect.poll(() => ticks.observed).toBe(true)
    ticks.next(1)
    expect(await ended).toMatchObject({ statusCode: 401, error_description: 'The access token expired' })
    expect(received).toStrictEqual([1])
    expect(ticks.observed).toBe(false)
  })

  it('asks before each item that follows the first where the lag is 0s, and sends none that it should not', async () => {
    const { pool } = running
    const token = await pool.accessToken(reader)
    const { hits } = pool.getUser
    const { received, ended } = listen(token)
    await expect.poll(() => ticks.observed).toBe(true)
    for (const tick of [1, 2, 3]) ticks.next(tick)
    await expect.poll(() => received).toStrictEqual([1, 2, 3])
    expect(pool.getUser.hits).toBe(hits + 3)
    pool.clock.advance('1m')
    await pool.revoke(token)
    ticks.next(4)
    expect(await ended).toMatchObject({ statusCode: 401, error: 'invalid_token' })
    expect(received).toStrictEqual([1, 2, 3])
  })

  it('does not handle an event that it would not let in', async () => {
    const { pool, client } = running
    await firstValueFrom(client.emit('noted', { token: await pool.forged.expired(reader) }), { defaultValue: 0 })
    await firstValueFrom(client.emit('noted', { token: await pool.accessToken({ sub: 'u2' }) }), { defaultValue: 0 })
    await expect.poll(() => handled).toStrictEqual(['u2'])
  })

  it('lets each handler name its issuers: two pools in one service', async () => {
    const [staff, customers] = [await poolAndOptions(), await poolAndOptions()]
    @Controller()
    class TwoPoolsController {
      @MessagePattern('staff')
      @Policy({ issuers: [staff.pool.issuer] })
      ofStaff(@CurrentPrincipal() caller: Principal) {
        return caller.issuer
      }

      @MessagePattern('customers')
      @Policy({ issuers: [customers.pool.issuer] })
      ofCustomers(@CurrentPrincipal() caller: Principal) {
        return caller.issuer
      }
    }
    const { ask } = await listenOverTcp(
      {
        ...staff.options,
        issuers: [...staff.options.issuers, ...customers.options.issuers],
        fetch: (address, init) =>
          (String(address).includes(staff.pool.userPoolId) ? staff.pool : customers.pool).fetch(address, init),
        guard: MessageGuard,
      },
      TwoPoolsController,
    )
    const token = await staff.pool.accessToken()
    expect(await ask('staff', { token })).toBe(staff.pool.issuer)
    expect(await ask('customers', { token })).toMatchObject({ error: { statusCode: 403 } })
  })

  it('does not start where nobody said where the token of a message is', async () => {
    const { options } = await poolAndOptions()
    const module = await Test.createTestingModule({
      imports: [TokenwardModule.forRoot(options)],
      controllers: [OrdersController],
    }).compile()
    const app = module.createNestMicroservice({
      transport: Transport.TCP,
      options: { port: await freePort() },
      logger: false,
    })
    onTestFinished(() => app.close())
    await expect(app.listen()).rejects.toThrow(
      'OrdersController.who is called by messages, which have no header: override extractToken() in a subclass of TokenwardGuard',
    )
  })
})

describe('a microservice within an HTTP application', () => {
  const startHybrid = async (options: Options, controller: typeof OrdersController, inheritAppConfig: boolean) => {
    const port = await freePort()
    const { app } = await startApp({
      options,
      controllers: [controller],
      async prepare(application) {
        application.connectMicroservice(
          { transport: Transport.TCP, options: { host: '127.0.0.1', port } },
          { inheritAppConfig },
        )
        await application.startAllMicroservices()
      },
    })
    return { app, ...clientOf(port) }
  }

  it('does not start with handlers that only the global guard would guard', async () => {
    const { options } = await poolAndOptions()
    const starting = startHybrid({ ...options, guard: MessageGuard }, OrdersController, false)
    await expect(starting).rejects.toThrow(
      'OrdersController.who demands scopes, groups or a caller, but no guard enforces',
    )
  })

  it.each([false, true])('is guarded by a guard of its own, be the configuration inherited (%s)', async (inherits) => {
    @Controller()
    @UseGuards(MessageGuard)
    class GuardedController extends OrdersController {}
    const { pool, options, events } = await poolAndOptions()
    const { ask } = await startHybrid({ ...options, guard: MessageGuard }, GuardedController, inherits)
    expect(await ask('who', { greeting: 'hello', token: await pool.accessToken(reader) })).toBe('hello u1')
    // The second guard, where there is one, finds what the first has decided.
    expect(events.filter(({ type }) => type === 'request-granted')).toHaveLength(1)
    expect(await ask('who', {})).toMatchObject({ error: { statusCode: 401 } })
  })
})
