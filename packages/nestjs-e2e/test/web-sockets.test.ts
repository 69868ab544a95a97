import { type OnGatewayConnection, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import {
  connectionOf,
  CurrentPrincipal,
  MaxRevocationLag,
  type Principal,
  Public,
  RequireScopes,
  revocationEntryFor,
} from '@tokenward/nestjs'
import { Observable, Subject } from 'rxjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { startApp } from './support/app.js'
import { poolAndOptions } from './support/pool.js'
import { connect, socketIo, type SocketLibrary, ws } from './support/socket-clients.js'
import { untilEndOfFile } from './support/until-end-of-file.js'

const readers = { sub: 'u1', scopes: ['orders/read', 'aws.cognito.signin.user.admin'] } as const

/** The ticks of a stream that one test at a time drives. */
const ticks = new Subject<number>()

/** `ws` tells gateways apart by path, socket.io by namespace. */
const at = (name: string) => ({ ws: { path: name }, 'socket.io': { namespace: name } })

function gatewaysFor(library: 'ws' | 'socket.io') {
  @WebSocketGateway(at('/orders')[library])
  @RequireScopes(['orders/read'])
  class OrdersGateway {
    @SubscribeMessage('who')
    who(@CurrentPrincipal() caller: Principal) {
      return { event: 'who', data: caller.subject }
    }

    @SubscribeMessage('write')
    @RequireScopes(['orders/write'])
    write() {
      return { event: 'written', data: true }
    }

    @SubscribeMessage('erase')
    @MaxRevocationLag('0s')
    erase(@CurrentPrincipal() caller: Principal) {
      return { event: 'erased', data: caller.evidence.source }
    }

    @SubscribeMessage('watch')
    @MaxRevocationLag('0s')
    watch() {
      return new Observable((subscriber) => ticks.subscribe((tick) => subscriber.next({ event: 'tick', data: tick })))
    }
  }

  @WebSocketGateway(at('/feed')[library])
  class FeedGateway implements OnGatewayConnection {
    readonly clients = new Set<object>()

    handleConnection(client: object) {
      this.clients.add(client)
    }
  }

  @WebSocketGateway(at('/lobby')[library])
  @Public()
  class LobbyGateway {
    @SubscribeMessage('hello')
    hello() {
      return { event: 'hello', data: 'anybody' }
    }

    @SubscribeMessage('enter')
    @RequireScopes(['orders/read'])
    enter(@CurrentPrincipal() caller: Principal) {
      return { event: 'entered', data: caller.subject }
    }
  }

  return { OrdersGateway, FeedGateway, LobbyGateway }
}

/** One application for all tests of a library: they tell their tokens apart, and move its clock only forward. */
async function start(
  library: SocketLibrary,
  gateways: ReturnType<typeof gatewaysFor>,
  until: ReturnType<typeof untilEndOfFile>,
) {
  const { options, ...rest } = await poolAndOptions(until)
  const app = await startApp({
    options,
    providers: Object.values(gateways),
    prepare: (application) => application.useWebSocketAdapter(library.adapter(application)),
    until,
  })
  return { ...rest, ...app, open: (place: string, token?: string) => connect(library, app.url, place, token) }
}

type Running = Awaited<ReturnType<typeof start>>

describe.each([ws, socketIo])('a gateway on $name', (library) => {
  const gateways = gatewaysFor(library.name as 'ws' | 'socket.io')
  const until = untilEndOfFile()
  let running: Running
  beforeAll(async () => {
    running = await start(library, gateways, until)
  })

  it('refuses a connection without a token before it is one, with the challenge', async () => {
    const { url, reasons } = running
    const opened = await library.open(url, '/orders', {})
    expect(opened).toMatchObject({
      refused: { statusCode: 401, challenge: 'Bearer realm="orders"', error_description: expect.any(String) },
    })
    expect(reasons().at(-1)).toBe('no-credentials')
  })

  it('refuses what is wrong with the status and the error HTTP would have', async () => {
    const { url, pool } = running
    const open = async (token: string) => library.open(url, '/orders', { authorization: `Bearer ${token}` })
    const forged = await open(await pool.forged.wrongKey(readers))
    expect(forged).toMatchObject({ refused: { statusCode: 401, error: 'invalid_token' } })
    const writer = await open(await pool.accessToken({ scopes: ['orders/write'] }))
    expect(writer).toMatchObject({
      refused: {
        statusCode: 403,
        error: 'insufficient_scope',
        challenge: expect.stringContaining('scope="orders/read"'),
      },
    })
    for (const told of [forged, writer]) expect(JSON.stringify(told)).not.toMatch(/signature-invalid|scope-missing/)
  })

  it('says that it cannot tell while keys cannot be fetched, and when to try again', async () => {
    const { url, pool } = running
    await pool.rotateKeys()
    pool.jwks.fail()
    const opened = await library.open(url, '/orders', { authorization: `Bearer ${await pool.accessToken(readers)}` })
    expect(opened).toMatchObject({ refused: { statusCode: 503, retryAfter: 1 } })
    pool.jwks.recover()
    pool.clock.advance('2s')
  })

  it('knows its caller in every message', async () => {
    const { pool, open } = running
    const [one, two] = [
      await open('/orders', await pool.accessToken(readers)),
      await open('/orders', await pool.accessToken({ ...readers, sub: 'u2' })),
    ]
    expect(await one.ask('who')).toStrictEqual({ event: 'who', data: 'u1' })
    expect(await two.ask('who')).toStrictEqual({ event: 'who', data: 'u2' })
  })

  it('answers a message that demands more with an exception, and goes on', async () => {
    const { pool, events, open } = running
    const client = await open('/orders', await pool.accessToken(readers))
    expect(await client.ask('write')).toStrictEqual({
      event: 'exception',
      data: {
        status: 'error',
        message: 'The access token lacks a required scope',
        statusCode: 403,
        error: 'insufficient_scope',
        error_description: 'The access token lacks a required scope',
        challenge: expect.stringContaining('scope="orders/read orders/write"'),
      },
    })
    expect(events.at(-1)).toMatchObject({ route: 'OrdersGateway.write', reason: 'scope-missing' })
    expect(await client.ask('who')).toMatchObject({ data: 'u1' })
  })

  it('asks the authorization server for each message where the lag is 0s', async () => {
    const { pool, open } = running
    const client = await open('/orders', await pool.accessToken(readers))
    const { hits } = pool.getUser
    for (const more of [1, 2, 3]) {
      expect(await client.ask('erase')).toStrictEqual({ event: 'erased', data: 'live-call' })
      expect(pool.getUser.hits).toBe(hits + more)
    }
  })

  it('closes the connection when its token expires, with the reason', async () => {
    const { pool, app, open } = running
    const client = await open('/feed', await pool.accessToken({ ...readers, expiresIn: '3s' }))
    expect(app.get(gateways.FeedGateway).clients.size).toBeGreaterThan(0)
    await expectClosed(client, 'The access token expired')
  })

  it('closes the connection at once when the login is revoked, be it idle', async () => {
    const { pool, revocationList, app, open } = running
    const client = await open('/feed', await pool.accessToken(readers))
    const socket = [...app.get(gateways.FeedGateway).clients].at(-1)
    const { principal } = connectionOf(socket as object) ?? {}
    await revocationList.add(revocationEntryFor(principal as Principal, 'login'))
    await expectClosed(client, 'The access token is invalid')
    expect(connectionOf(socket as object)?.ended).toMatchObject({ reason: 'token-revoked' })
  })

  it('closes it, too, when a message finds the token revoked', async () => {
    const { pool, open } = running
    const token = await pool.accessToken(readers)
    const client = await open('/orders', token)
    pool.clock.advance('1m')
    await pool.revoke(token)
    expect(await client.ask('who')).toMatchObject({ data: 'u1' })
    expect(await client.ask('erase')).toMatchObject({ event: 'exception', data: { error: 'invalid_token' } })
    await expectClosed(client, 'The access token is invalid')
  })

  it('holds each item of a stream to what was granted for the message', async () => {
    const { pool, open } = running
    const token = await pool.accessToken(readers)
    const client = await open('/orders', token)
    client.send({ event: 'watch' })
    const { hits } = pool.getUser
    await expect.poll(() => ticks.observed).toBe(true)
    for (const tick of [1, 2]) {
      ticks.next(tick)
      expect(await client.next()).toStrictEqual({ event: 'tick', data: tick })
    }
    // The first item is the answer to the message, for which it was asked already.
    expect(pool.getUser.hits).toBe(hits + 2)
    pool.clock.advance('1m')
    await pool.revoke(token)
    ticks.next(3)
    expect(await client.next()).toMatchObject({ event: 'exception', data: { error: 'invalid_token' } })
    expect(ticks.observed).toBe(false)
    await expectClosed(client, 'The access token is invalid')
  })

  it('lets anybody connect where it is public, and still holds each message to its demands', async () => {
    const { pool, open } = running
    const nobody = await open('/lobby')
    expect(await nobody.ask('hello')).toMatchObject({ data: 'anybody' })
    expect(await nobody.ask('enter')).toMatchObject({ event: 'exception', data: { statusCode: 401 } })
    const somebody = await open('/lobby', await pool.accessToken(readers))
    expect(await somebody.ask('enter')).toMatchObject({ event: 'entered', data: 'u1' })
  })

  /** `ws` tells in the reason; socket.io has none that a server could set, and tells in the event before. */
  async function expectClosed(client: Awaited<ReturnType<typeof connect>>, description: string) {
    const expected = { error: 'invalid_token', error_description: description }
    if (library === socketIo) expect(await client.next()).toMatchObject({ event: 'exception', data: expected })
    expect(await client.closed).toStrictEqual(
      library === ws ? { code: 3000, reason: `invalid_token: ${description}` } : { reason: 'io server disconnect' },
    )
  }
})
