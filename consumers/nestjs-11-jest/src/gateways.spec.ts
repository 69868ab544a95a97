import type { AddressInfo } from 'node:net'
import { type INestApplication, type Type, UseGuards } from '@nestjs/common'
import { WsAdapter } from '@nestjs/platform-ws'
import { Test } from '@nestjs/testing'
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import {
  cognitoUserPool,
  connectionOf,
  CurrentPrincipal,
  MaxRevocationLag,
  type Principal,
  RequireScopes,
  TokenwardGuard,
  TokenwardModule,
} from '@tokenward/nestjs'
import { fakeCognito } from '@tokenward/testkit'
import { Observable } from 'rxjs'
import { WebSocket } from 'ws'

@WebSocketGateway({ path: '/cats' })
class PlainGateway {
  @SubscribeMessage('who')
  who(@CurrentPrincipal() caller: Principal) {
    return { event: 'who', data: caller.subject }
  }
}

@WebSocketGateway({ path: '/cats' })
@UseGuards(TokenwardGuard)
class CatsGateway extends PlainGateway {
  readonly opened: (string | undefined)[] = []

  handleConnection(client: object) {
    this.opened.push(connectionOf(client)?.principal.subject)
  }

  @SubscribeMessage('write')
  @RequireScopes(['cats/write'])
  write() {
    return { event: 'written', data: true }
  }

  @SubscribeMessage('watch')
  @MaxRevocationLag('0s')
  watch() {
    return new Observable((subscriber) => {
      const timer = setInterval(() => subscriber.next({ event: 'tick', data: true }), 20)
      return () => clearInterval(timer)
    })
  }
}

const makePool = () => fakeCognito({ clients: ['web'], resourceServers: { cats: ['read', 'write'] } })

/** Sends a message, and resolves to the next one. */
function ask(socket: WebSocket, event: string): Promise<unknown> {
  socket.send(JSON.stringify({ event }))
  return new Promise((resolve) => socket.once('message', (text) => resolve(JSON.parse(String(text)))))
}

describe('a gateway of NestJS 11, which calls no global guard for messages', () => {
  let pool: Awaited<ReturnType<typeof makePool>>
  let app: INestApplication
  let url: string

  const start = async (gateway: Type) => {
    const { userPoolId, fetch, clock } = pool
    const issuers = [cognitoUserPool({ userPoolId, clientId: 'web' })] as const
    const module = await Test.createTestingModule({
      imports: [TokenwardModule.forRoot({ issuers: [...issuers], fetch, clock })],
      providers: [gateway],
    }).compile()
    app = module.createNestApplication({ logger: false })
    app.useWebSocketAdapter(new WsAdapter(app))
    await app.listen(0, '127.0.0.1')
    url = `ws://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}/cats`
  }
  /** Connects, or gives the status that refused it. */
  const connect = (token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const socket = new WebSocket(url, { headers })
    return new Promise<WebSocket | number | undefined>((resolve) => {
      socket.once('open', () => resolve(socket))
      socket.once('unexpected-response', (_, response) => resolve(response.statusCode))
    })
  }
  beforeEach(async () => {
    pool = await makePool()
  })
  afterEach(async () => {
    await app?.close()
    await pool.close()
  })

  it('does not start without a guard of its own', async () => {
    await expect(start(PlainGateway)).rejects.toThrow(
      'PlainGateway.who demands scopes, groups or a caller, but no guard enforces them: add @UseGuards(TokenwardGuard)',
    )
  })

  it('does not start open by accident, either', async () => {
    @WebSocketGateway({ path: '/cats' })
    class OpenGateway {
      @SubscribeMessage('hello')
      hello() {
        return { event: 'hello' }
      }
    }
    await expect(start(OpenGateway)).rejects.toThrow(
      'OpenGateway.hello would be open: global guards are not called for gateways in NestJS 11; add @UseGuards(TokenwardGuard) to its class, or @Public()',
    )
  })

  it('lets connections and messages in with a token', async () => {
    await start(CatsGateway)
    expect(await connect()).toBe(401)
    const socket = (await connect(await pool.accessToken({ sub: 'u1', scopes: ['cats/read'] }))) as WebSocket
    expect(app.get(CatsGateway).opened).toEqual(['u1'])
    expect(await ask(socket, 'who')).toEqual({ event: 'who', data: 'u1' })
    expect(await ask(socket, 'write')).toMatchObject({ event: 'exception', data: { error: 'insufficient_scope' } })
  })

  it('closes the connection when the token was revoked', async () => {
    await start(CatsGateway)
    const token = await pool.accessToken({ sub: 'u1' })
    const socket = (await connect(token)) as WebSocket
    const closed = new Promise((resolve) => socket.once('close', (code, reason) => resolve([code, String(reason)])))
    expect(await ask(socket, 'watch')).toEqual({ event: 'tick', data: true })
    pool.clock.advance('1m')
    await pool.revoke(token)
    expect(await closed).toEqual([3000, 'invalid_token: The access token is invalid'])
  })
})
