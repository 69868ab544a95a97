import 'reflect-metadata'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { Controller, type ExecutionContext, Get, Injectable, type NestApplicationOptions } from '@nestjs/common'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { Test } from '@nestjs/testing'
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import {
  certificateBound,
  CurrentPrincipal,
  dpop,
  type Principal,
  SenderConstrained,
  TokenwardGuard,
  TokenwardModule,
} from '@tokenward/nestjs'
import { certificateAuthority, dpopKey } from '@tokenward/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { poolAndOptions } from './support/pool.js'
import { openSocketIo, socketIo, type SocketLibrary, ws } from './support/socket-clients.js'

const PUBLIC_URL = 'https://api.example'
const authority = await certificateAuthority()
const [own, other] = [await authority.clientCertificate(), await authority.clientCertificate()]
const shown = ({ certificate: cert, privateKey: key }: typeof own) => ({ ca: authority.certificate, cert, key })

@Controller('orders')
@SenderConstrained()
class OrdersController {
  @Get()
  list(@CurrentPrincipal() caller: Principal) {
    return caller.subject
  }
}

@Injectable()
class CookieGuard extends TokenwardGuard {
  protected override extractToken(context: ExecutionContext): string | undefined {
    const { headers } = context.switchToHttp().getRequest<{ headers: { cookie?: string } }>()
    return headers.cookie?.replace('token=', '')
  }
}

/** `ws` tells gateways apart by path, socket.io by namespace. */
function gatewayFor(library: SocketLibrary) {
  @WebSocketGateway(library === ws ? { path: '/bound' } : { namespace: '/bound' })
  @SenderConstrained()
  class BoundGateway {
    @SubscribeMessage('who')
    who(@CurrentPrincipal() caller: Principal) {
      return { event: 'who', data: caller.subject }
    }
  }
  return BoundGateway
}

/** An application that asks its clients for a certificate, itself. */
async function start({
  adapter = 'Express',
  guard,
  library,
}: {
  readonly adapter?: 'Express' | 'Fastify'
  readonly guard?: typeof CookieGuard
  readonly library?: SocketLibrary
} = {}) {
  const { pool, options } = await poolAndOptions()
  const { certificate: cert, privateKey: key } = await authority.serverCertificate()
  const httpsOptions = { cert, key, ca: authority.certificate, requestCert: true, rejectUnauthorized: false }
  const senderConstraints = [
    certificateBound(),
    dpop({ publicUrl: PUBLIC_URL, nonce: { secret: 'a secret of at least thirty-two characters' } }),
  ]
  const module = await Test.createTestingModule({
    imports: [TokenwardModule.forRoot({ ...options, senderConstraints, ...(guard !== undefined && { guard }) })],
    controllers: [OrdersController],
    providers: library === undefined ? [] : [gatewayFor(library)],
  }).compile()
  const settings: NestApplicationOptions = { logger: false, forceCloseConnections: true, httpsOptions }
  const app =
    adapter === 'Express'
      ? module.createNestApplication(new ExpressAdapter(), settings)
      : module.createNestApplication(new FastifyAdapter({ https: httpsOptions } as object), settings)
  if (library !== undefined) app.useWebSocketAdapter(library.adapter(app))
  onTestFinished(() => app.close())
  await app.listen(0, '127.0.0.1')
  const { port } = app.getHttpServer().address() as AddressInfo
  const token = await pool.accessToken({ sub: 'u1', claims: { cnf: own.cnf } })
  return { pool, token, url: `https://localhost:${port}` }
}

/** The answer to a GET over a connection of its own. */
function get(url: string, headers: Record<string, string>, client?: typeof own) {
  const tls = client === undefined ? { ca: authority.certificate } : shown(client)
  return new Promise<{ readonly status: number; readonly nonce: unknown }>((resolve, reject) => {
    https
      .get(`${url}/orders`, { ...tls, headers, agent: false }, (response) => {
        response.resume()
        resolve({ status: response.statusCode ?? 0, nonce: response.headers['dpop-nonce'] })
      })
      .on('error', reject)
  })
}

const statusOf = async (...request: Parameters<typeof get>) => (await get(...request)).status

describe.each(['Express', 'Fastify'] as const)('a route on %s that ends TLS', (adapter) => {
  it('takes a token that is bound to a certificate with it alone', async () => {
    const { url, token, pool } = await start({ adapter })
    const bound = { authorization: `Bearer ${token}` }
    expect(await statusOf(url, bound, own)).toBe(200)
    expect(await statusOf(url, bound, other)).toBe(401)
    expect(await statusOf(url, bound)).toBe(401)
    const plain = { authorization: `Bearer ${await pool.accessToken()}` }
    expect(await statusOf(url, plain, own)).toBe(401)
  })

  it('takes it from where the guard says it is, too', async () => {
    const { url, token } = await start({ adapter, guard: CookieGuard })
    const cookie = { cookie: `token=${token}` }
    expect(await statusOf(url, cookie, own)).toBe(200)
    expect(await statusOf(url, cookie, other)).toBe(401)
    expect(await statusOf(url, cookie)).toBe(401)
  })
})

describe.each([ws, socketIo])('a gateway of $name behind TLS', (library) => {
  it('is opened by a token that is bound to a certificate, with it alone', async () => {
    const { url, token } = await start({ library })
    const headers = { authorization: `Bearer ${token}` }
    const client = await library.open(url, '/bound', headers, shown(own))
    if ('refused' in client) throw new Error(JSON.stringify(client.refused))
    expect(await client.ask('who')).toMatchObject({ data: 'u1' })
    for (const tls of [shown(other), { ca: authority.certificate }]) {
      expect(await library.open(url, '/bound', headers, tls)).toMatchObject({
        refused: { statusCode: 401, error: 'invalid_token' },
      })
    }
  })

  it('is opened with a proof that holds the nonce a refusal has told', async () => {
    const { url, pool } = await start({ library })
    const key = await dpopKey({ clock: pool.clock })
    const token = await pool.accessToken({ sub: 'u1', claims: { cnf: key.cnf } })
    // socket.io opens its transport at a path of its own.
    const target = library === ws ? '/bound' : '/socket.io/'
    const open = async (nonce?: string) => {
      const proven = { method: 'GET', url: `${PUBLIC_URL}${target}`, accessToken: token }
      const proof = await key.proof({ ...proven, ...(nonce !== undefined && { nonce }) })
      return library.open(url, '/bound', { authorization: `DPoP ${token}`, dpop: proof }, { ca: authority.certificate })
    }
    const refused = await open()
    if (!('refused' in refused)) throw new Error('opened without a nonce')
    expect(refused.refused).toMatchObject({ statusCode: 401, error: 'use_dpop_nonce' })
    const client = await open(refused.refused.dpop_nonce)
    if ('refused' in client) throw new Error(JSON.stringify(client.refused))
    expect(await client.ask('who')).toMatchObject({ data: 'u1' })
  })
})

it('a client of socket.io that puts its token beside its headers is held to its certificate', async () => {
  const { url, token } = await start({ library: socketIo })
  const auth = { token }
  expect(await openSocketIo(url, '/bound', { auth, ...shown(own) })).not.toHaveProperty('refused')
  expect(await openSocketIo(url, '/bound', { auth, ...shown(other) })).toMatchObject({ refused: { statusCode: 401 } })
})
