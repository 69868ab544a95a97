import 'reflect-metadata'
import type { AddressInfo } from 'node:net'
import { Controller, Delete, Get, Post, UseGuards, type INestApplication, type Type } from '@nestjs/common'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { Test, type TestingModuleBuilder } from '@nestjs/testing'
import { fakeCognito } from '@tokenward/testkit'
import { onTestFinished } from 'vitest'
import {
  cognitoUserPool,
  CurrentPrincipal,
  type Principal,
  Public,
  RequireGroups,
  RequireScopes,
  TokenwardGuard,
  TokenwardModule,
  type TokenwardModuleExtras,
  type TokenwardModuleOptions,
} from '../../src/index.js'

export const platforms = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
] as const

const orders = { clients: ['web'], resourceServers: { orders: ['read', 'write'] } } as const
export type Pool = Awaited<ReturnType<typeof ordersPool>>
export const ordersPool = () => fakeCognito(orders)

export function optionsFor(pool: Pool): TokenwardModuleOptions {
  const issuer = cognitoUserPool({ userPoolId: pool.userPoolId, clientId: pool.clientId })
  return { issuers: [issuer], fetch: pool.fetch, clock: pool.clock, realm: 'orders' }
}

@Controller('orders')
export class OrdersController {
  @Get()
  @RequireScopes(['orders/read'])
  list(@CurrentPrincipal() caller: Principal) {
    return { caller: caller.subject, scopes: caller.scopes }
  }

  @Delete()
  @RequireScopes(['orders/write'])
  remove() {
    return 'removed'
  }

  @Post()
  create() {
    return 'created'
  }

  @Get('report')
  @RequireGroups(['managers', 'auditors'])
  report() {
    return 'report'
  }

  @Get('public')
  @Public()
  open() {
    return 'open'
  }
}

@Controller('admin')
@RequireScopes(['orders/read'])
@RequireGroups(['staff'])
class AdminController {
  @Get()
  both() {
    return 'both'
  }

  @Get('write')
  @RequireScopes(['orders/write'])
  @RequireGroups(['managers'])
  more() {
    return 'more'
  }
}

@Controller('open')
@Public()
export class OpenController {
  @Get()
  open() {
    return 'open'
  }
}

@Controller('guarded')
@UseGuards(TokenwardGuard)
export class GuardedController {
  @Get()
  @RequireScopes(['orders/read'])
  list() {
    return 'guarded'
  }
}

export interface RunningApp {
  readonly app: INestApplication
  readonly url: string
  /** Sends a request over a real socket. */
  send(path: string, init?: { method?: string; token?: string; headers?: Record<string, string> }): Promise<Response>
}

export async function startApp({
  options,
  controllers = [OrdersController, AdminController, OpenController],
  adapter = () => new ExpressAdapter(),
  configure = (builder) => builder,
  providers = [],
  prepare,
}: {
  readonly options: TokenwardModuleOptions & TokenwardModuleExtras
  readonly controllers?: readonly Type[]
  readonly adapter?: () => ExpressAdapter | FastifyAdapter
  readonly configure?: (builder: TestingModuleBuilder) => TestingModuleBuilder
  readonly providers?: readonly Type[]
  readonly prepare?: (app: INestApplication) => void
}): Promise<RunningApp> {
  const builder = Test.createTestingModule({
    imports: [TokenwardModule.forRoot(options)],
    controllers: [...controllers],
    providers: [...providers],
  })
  const module = await configure(builder).compile()
  const app = module.createNestApplication(adapter(), { logger: false })
  prepare?.(app)
  return listening(app)
}

export async function listening(app: INestApplication): Promise<RunningApp> {
  onTestFinished(() => app.close())
  await app.listen(0, '127.0.0.1')
  const url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`
  return {
    app,
    url,
    send: (path, { method = 'GET', token, headers = {} } = {}) =>
      fetch(`${url}${path}`, {
        method,
        headers: token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` },
      }),
  }
}
