// A NestJS application on Fastify with one guarded route. It says what CPU it has used so far.
import 'reflect-metadata'
import { type CanActivate, Controller, type ExecutionContext, Get, Module, UnauthorizedException } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { authorizationServer, createResourceServer } from '@tokenward/core'
import { RequireScopes, TokenwardModule } from '@tokenward/nestjs'
import type { MakeVerifier, Verify } from '../key-sets/verifier.ts'
import { AUDIENCE, ISSUER, SCOPE } from '../tokens.ts'
import type { ServerSetup } from './whole-request-rows.ts'

class OrdersController {
  list(): object {
    return { orders: [{ id: 'o1', total: 42 }] }
  }
}

const { auth, origin } = JSON.parse(process.argv[2] as string) as ServerSetup

async function startApplication(): Promise<NestFastifyApplication> {
  const descriptor = Object.getOwnPropertyDescriptor(OrdersController.prototype, 'list') as PropertyDescriptor
  Get()(OrdersController.prototype, 'list', descriptor)
  if (auth === 'tokenward') RequireScopes([SCOPE])(OrdersController.prototype, 'list', descriptor)
  Controller('orders')(OrdersController)
  class AppModule {}
  Module({ imports: auth === 'tokenward' ? [tokenward()] : [], controllers: [OrdersController] })(AppModule)
  const application = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), {
    logger: false,
  })
  if (auth !== 'tokenward' && auth !== 'none') application.useGlobalGuards(new PeerGuard(await verifierOf(auth)))
  return application
}

function tokenward() {
  const issuer = authorizationServer({
    issuer: ISSUER,
    audience: AUDIENCE,
    jwks: `${origin}/.well-known/jwks.json`,
    allowInsecureLoopback: true,
  })
  return TokenwardModule.forRoot({ resourceServer: createResourceServer({ issuers: [issuer] }) })
}

/** What people write for a library that brings no guard. */
class PeerGuard implements CanActivate {
  readonly #verify: Verify

  constructor(verify: Verify) {
    this.#verify = verify
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<{ headers: { authorization?: string }; user?: unknown }>()
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (token === undefined) throw new UnauthorizedException()
    try {
      request.user = await this.#verify(token)
    } catch {
      throw new UnauthorizedException()
    }
    return true
  }
}

async function verifierOf(name: string): Promise<Verify> {
  const { makeVerifier } = (await import(`../key-sets/verifiers/${name}.ts`)) as { readonly makeVerifier: MakeVerifier }
  const jwksUrl = `${origin}/.well-known/jwks.json`
  return makeVerifier({ jwksUrl, origin, refreshAfter: 600_000, maxAge: 21_600_000, timeout: 5_000 })
}

const app = await startApplication()
await app.listen(0, '127.0.0.1')
process.on('message', () => process.send?.({ answer: process.cpuUsage() }))
process.on('disconnect', () => process.exit())
process.send?.({ url: await app.getUrl() })
