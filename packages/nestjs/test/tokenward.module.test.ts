import { Controller, Get, Inject, Injectable, Module, type ModuleMetadata, Scope } from '@nestjs/common'
import { APP_GUARD } from '@nestjs/core'
import { Test } from '@nestjs/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  ConfigurationError,
  createResourceServer,
  RequireGroups,
  RequireScopes,
  RESOURCE_SERVER,
  type ResourceServer,
  type ResourceServerOptions,
  TokenwardGuard,
  TokenwardModule,
  type TokenwardModuleAsyncOptions,
  type TokenwardModuleOptions,
} from '../src/index.js'
import {
  GuardedController,
  listening,
  OpenController,
  optionsFor,
  OrdersController,
  ordersPool,
  startApp,
} from './support/orders-app.js'

describe('forRoot', () => {
  it('makes the resource server injectable everywhere', async () => {
    const pool = await ordersPool()
    const { app } = await startApp({ options: optionsFor(pool) })
    const api = app.get<ResourceServer>(RESOURCE_SERVER)
    expect(await api.verify(await pool.accessToken({ sub: 'u1' }))).toMatchObject({ subject: 'u1' })
  })

  it('takes a server that exists, and leaves it open when the application ends', async () => {
    const pool = await ordersPool()
    const resourceServer = createResourceServer(optionsFor(pool) as ResourceServerOptions)
    onTestFinished(() => resourceServer.close())
    const { app, send } = await startApp({ options: { resourceServer } })
    expect((await send('/orders', { token: await pool.accessToken({ scopes: ['orders/read'] }) })).status).toBe(200)
    await app.close()
    await expect(resourceServer.verify(await pool.accessToken())).resolves.toBeDefined()
  })

  it('closes its own server when the application ends', async () => {
    const pool = await ordersPool()
    const { app } = await startApp({ options: optionsFor(pool) })
    const api = app.get<ResourceServer>(RESOURCE_SERVER)
    await app.close()
    await expect(api.verify(await pool.accessToken())).rejects.toMatchObject({ code: 'resource-server-closed' })
  })

  it.each<[string, unknown, string]>([
    ['no issuers', {}, 'createResourceServer.issuers must be a list'],
    [
      'an option beside a server',
      { resourceServer: { authorize() {} }, realm: 'x' },
      'TokenwardModule.realm cannot stand beside resourceServer',
    ],
    [
      'a server that is none',
      { resourceServer: {} },
      'TokenwardModule.resourceServer must be made by createResourceServer()',
    ],
    ['a misspelt option', { issuer: [] }, 'createResourceServer.issuer is not an option'],
    [
      'a misspelt option of the module',
      { issuers: [], globalGaurd: false },
      'TokenwardModule itself takes resourceServer, globalGuard, isGlobal',
    ],
  ])('refuses %s at boot', async (_, options, message) => {
    await expect(startApp({ options: options as TokenwardModuleOptions })).rejects.toThrow(message)
  })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'TokenwardModule.forRoot takes an object of options'],
    ['a guard that is no boolean', { globalGuard: 'false' }, 'TokenwardModule.forRoot.globalGuard must be true or'],
    ['a scope that is no boolean', { isGlobal: 0 }, 'TokenwardModule.forRoot.isGlobal must be true or false'],
  ])('refuses %s at once', (_, options, message) => {
    expect(() => TokenwardModule.forRoot(options as TokenwardModuleOptions)).toThrow(ConfigurationError)
    expect(() => TokenwardModule.forRoot(options as TokenwardModuleOptions)).toThrow(message)
  })

  it('stops the boot when two modules guard everything, since nobody would pass both', async () => {
    const [a, b] = [await ordersPool(), await ordersPool()]
    const imports = [TokenwardModule.forRoot(optionsFor(a)), TokenwardModule.forRoot(optionsFor(b))]
    const module = await Test.createTestingModule({ imports, controllers: [OrdersController] }).compile()
    onTestFinished(() => module.close())
    await expect(module.init()).rejects.toThrow('TokenwardModule guards the whole application more than once')
  })

  it('keeps its providers to the module that imports it, where isGlobal is false', async () => {
    @Injectable()
    class Queue {
      readonly api: ResourceServer
      constructor(@Inject(RESOURCE_SERVER) api: ResourceServer) {
        this.api = api
      }
    }
    @Module({ providers: [Queue] })
    class QueueModule {}
    const options = { ...optionsFor(await ordersPool()), isGlobal: false }
    const compile = (imports: NonNullable<ModuleMetadata['imports']>) => Test.createTestingModule({ imports }).compile()
    await expect(compile([TokenwardModule.forRoot(options), QueueModule])).rejects.toThrow('QueueModule')

    const imported = TokenwardModule.forRoot(options)
    @Module({ imports: [imported], providers: [Queue] })
    class ImportingModule {}
    const module = await compile([imported, ImportingModule])
    onTestFinished(() => module.close())
    expect(module.get(Queue, { strict: false }).api).toBe(module.get(RESOURCE_SERVER))

    @Module({ imports: [TokenwardModule], providers: [Queue] })
    class BareModule {}
    await expect(compile([imported, BareModule])).rejects.toThrow('TokenwardModule is imported without options')
  })
})

it('TokenwardModule without options stops the boot, and says what to import', async () => {
  const error = await Test.createTestingModule({ imports: [TokenwardModule], controllers: [OrdersController] })
    .compile()
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ConfigurationError)
  expect(error).toMatchObject({
    option: 'TokenwardModule',
    problem: expect.stringContaining('TokenwardModule.forRoot('),
  })
})

describe('forRootAsync', () => {
  @Injectable()
  class Settings {
    readonly pool = ordersPool()
  }

  @Module({ providers: [Settings], exports: [Settings] })
  class SettingsModule {}

  it('takes a factory with injected providers', async () => {
    const module = await Test.createTestingModule({
      imports: [
        TokenwardModule.forRootAsync({
          imports: [SettingsModule],
          inject: [Settings],
          useFactory: async ({ pool }: Settings) => optionsFor(await pool),
        }),
      ],
      controllers: [OrdersController],
    }).compile()
    const { app, send } = await listening(module.createNestApplication({ logger: false }))
    const pool = await app.get(Settings, { strict: false }).pool
    expect((await send('/orders')).status).toBe(401)
    expect((await send('/orders', { token: await pool.accessToken({ scopes: ['orders/read'] }) })).status).toBe(200)
  })

  it('takes a class that makes the options', async () => {
    const pool = await ordersPool()
    class OptionsFactory {
      createOptions() {
        return optionsFor(pool)
      }
    }
    const module = await Test.createTestingModule({
      imports: [TokenwardModule.forRootAsync({ useClass: OptionsFactory, globalGuard: false })],
      controllers: [GuardedController, OpenController],
    }).compile()
    const { send } = await listening(module.createNestApplication({ logger: false }))
    expect((await send('/guarded')).status).toBe(401)
  })
})

describe('forRootAsync, given wrong options,', () => {
  const useFactory = () => ({ issuers: [] as never })
  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'TokenwardModule.forRootAsync takes an object of options'],
    ['no factory', {}, 'TokenwardModule.forRootAsync takes one of useFactory, useClass, useExisting'],
    [
      'two factories',
      { useFactory, useClass: class {} },
      'TokenwardModule.forRootAsync takes one of useFactory, useClass, useExisting',
    ],
    [
      'an option of the server',
      { useFactory, issuers: [] },
      'TokenwardModule.forRootAsync.issuers is not an option; known options are useFactory,',
    ],
    ['a guard that is no boolean', { useFactory, globalGuard: 1 }, 'TokenwardModule.forRootAsync.globalGuard must be'],
  ])('refuses %s at once', (_, options, message) => {
    expect(() => TokenwardModule.forRootAsync(options as TokenwardModuleAsyncOptions)).toThrow(message)
  })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'TokenwardModule needs an object of options from the factory of forRootAsync'],
    [
      'a guard that came too late',
      { issuers: [], globalGuard: false },
      'TokenwardModule.globalGuard belongs beside the factory of forRootAsync',
    ],
  ])('refuses %s from the factory at boot', async (_, made, message) => {
    const module = TokenwardModule.forRootAsync({ useFactory: () => made as TokenwardModuleOptions })
    await expect(Test.createTestingModule({ imports: [module] }).compile()).rejects.toThrow(message)
  })
})

describe('without the global guard', () => {
  it('a handler with our decorators and no guard stops the boot, by name', async () => {
    const pool = await ordersPool()
    const options = { ...optionsFor(pool), globalGuard: false }
    await expect(startApp({ options, controllers: [OrdersController] })).rejects.toThrow(ConfigurationError)
    await expect(startApp({ options, controllers: [OrdersController] })).rejects.toThrow(
      'OrdersController.list demands scopes, groups or a caller, but no guard enforces them: add @UseGuards(TokenwardGuard)',
    )
  })

  it('a controller whose class alone demands something is no exception', async () => {
    @Controller('groups')
    @RequireGroups(['staff'])
    class GroupsController {
      @Get()
      list() {
        return 'list'
      }
    }
    const options = { ...optionsFor(await ordersPool()), globalGuard: false }
    await expect(startApp({ options, controllers: [GroupsController] })).rejects.toThrow(
      'GroupsController.list demands',
    )
  })

  it('@UseGuards enforces them', async () => {
    const pool = await ordersPool()
    const { send } = await startApp({
      options: { ...optionsFor(pool), globalGuard: false },
      controllers: [GuardedController],
    })
    expect((await send('/guarded')).status).toBe(401)
    expect((await send('/guarded', { token: await pool.accessToken({ scopes: ['orders/read'] }) })).status).toBe(200)
  })

  it('a guard that the application registers for all handlers enforces them', async () => {
    const pool = await ordersPool()
    const module = await Test.createTestingModule({
      imports: [TokenwardModule.forRoot({ ...optionsFor(pool), globalGuard: false })],
      controllers: [OrdersController],
    }).compile()
    const app = module.createNestApplication({ logger: false })
    app.useGlobalGuards(app.get(TokenwardGuard))
    const { send } = await listening(app)
    expect((await send('/orders')).status).toBe(401)
  })

  it('a guard of its own that the application provides, made for each request, enforces them', async () => {
    const pool = await ordersPool()
    @Injectable({ scope: Scope.REQUEST })
    class OwnGuard extends TokenwardGuard {}
    const module = await Test.createTestingModule({
      imports: [TokenwardModule.forRoot({ ...optionsFor(pool), globalGuard: false })],
      controllers: [OrdersController],
      providers: [{ provide: APP_GUARD, useClass: OwnGuard, scope: Scope.REQUEST }],
    }).compile()
    const { send } = await listening(module.createNestApplication({ logger: false }))
    expect((await send('/orders')).status).toBe(401)
    expect((await send('/orders', { token: await pool.accessToken({ scopes: ['orders/read'] }) })).status).toBe(200)
  })

  it('handlers that demand nothing boot, and are open', async () => {
    @Controller('plain')
    class PlainController {
      @Get()
      list() {
        return 'plain'
      }
    }
    const options = { ...optionsFor(await ordersPool()), globalGuard: false }
    const { send } = await startApp({ options, controllers: [PlainController] })
    expect((await send('/plain')).status).toBe(200)
  })
})

describe('a wrong policy', () => {
  it.each<[string, readonly unknown[], string]>([
    ['an empty list of scopes', [], 'WrongController.list: policy.scopes must be a list of one or more scope tokens'],
    ['a scope with a space', ['a b'], 'WrongController.list: policy.scopes must be a list'],
    ['a scope that is undefined', [undefined], 'WrongController.list: policy.scopes must be a list'],
  ])('stops the boot, naming the handler: %s', async (_, scopes, message) => {
    @Controller('wrong')
    class WrongController {
      @Get()
      @RequireScopes(scopes as string[])
      list() {
        return 'wrong'
      }
    }
    const options = optionsFor(await ordersPool())
    await expect(startApp({ options, controllers: [WrongController] })).rejects.toThrow(message)
  })

  it('does so for groups, too', async () => {
    @Controller('wrong')
    class WrongController {
      @Get()
      @RequireGroups([])
      list() {
        return 'wrong'
      }
    }
    const options = optionsFor(await ordersPool())
    await expect(startApp({ options, controllers: [WrongController] })).rejects.toThrow(
      'WrongController.list: policy.groups must be',
    )
  })
})

describe('a provider of another module', () => {
  it('can use the server without importing the module', async () => {
    @Injectable()
    class Queue {
      readonly api: ResourceServer
      constructor(@Inject(RESOURCE_SERVER) api: ResourceServer) {
        this.api = api
      }
    }
    @Module({ providers: [Queue], exports: [Queue] })
    class QueueModule {}
    const pool = await ordersPool()
    const module = await Test.createTestingModule({
      imports: [TokenwardModule.forRoot(optionsFor(pool)), QueueModule],
    }).compile()
    onTestFinished(() => module.close())
    expect(await module.get(Queue, { strict: false }).api.verify(await pool.accessToken())).toMatchObject({
      issuer: pool.issuer,
    })
  })
})
