import { Controller, Delete, Get, type INestApplication, Module, type Type } from '@nestjs/common'
import { ApiOperation, ApiResponse, ApiSecurity, DocumentBuilder, type OpenAPIObject } from '@nestjs/swagger'
import { Test } from '@nestjs/testing'
import { describe, expect, it } from 'vitest'
import {
  certificateBound,
  MaxRevocationLag,
  Public,
  RequireAnyScope,
  RequireGroups,
  RequireScopes,
  SenderConstrained,
  StepUp,
  type TokenwardModuleExtras,
} from '../src/index.js'
import { createProtectedDocument } from '../src/swagger.js'
import { optionsFor, ordersPool, startApp } from './support/orders-app.js'

@Controller('orders')
@RequireScopes(['orders/read'])
class OrdersController {
  @Get()
  list() {
    return 'list'
  }

  @Delete(':id')
  @RequireScopes(['orders/write'])
  @RequireGroups(['staff'])
  @MaxRevocationLag('0s')
  @StepUp({ acrValues: ['mfa'], maxAge: '5m' })
  remove() {
    return 'removed'
  }

  @Get('health')
  @Public()
  health() {
    return 'well'
  }
}

const oauth2 = {
  type: 'oauth2' as const,
  flows: { authorizationCode: { authorizationUrl: 'https://a.example', tokenUrl: 'https://t.example', scopes: {} } },
}
const config = () => new DocumentBuilder().addOAuth2(oauth2, 'cognito').addBearerAuth().build()

async function start(controllers: readonly Type[], extras: TokenwardModuleExtras = {}) {
  return startApp({ options: { ...optionsFor(await ordersPool()), ...extras }, controllers: [...controllers] })
}

function operation(document: OpenAPIObject, method: 'get' | 'delete', path: string) {
  const found = document.paths[path]?.[method]
  if (found === undefined) throw new Error(`no ${method} ${path}`)
  return found as typeof found & { security?: unknown; operationId?: string }
}

describe('the OpenAPI document', () => {
  it('names the scopes of each operation in every scheme that can bring a token', async () => {
    const { app } = await start([OrdersController])
    const document = createProtectedDocument(app, config())
    expect(operation(document, 'get', '/orders').security).toStrictEqual([{ cognito: ['orders/read'] }, { bearer: [] }])
    expect(operation(document, 'delete', '/orders/{id}').security).toStrictEqual([
      { cognito: ['orders/read', 'orders/write'] },
      { bearer: [] },
    ])
    expect(document.components?.securitySchemes?.['cognito']).toMatchObject({
      flows: { authorizationCode: { scopes: { 'orders/read': '', 'orders/write': '' } } },
    })
  })

  it('says of public operations that they need nothing', async () => {
    const { app } = await start([OrdersController])
    const { security, responses } = operation(createProtectedDocument(app, config()), 'get', '/orders/health')
    expect(security).toStrictEqual([])
    expect(Object.keys(responses)).toStrictEqual(['200'])
  })

  it('describes what is answered in place of the handler', async () => {
    const { app } = await start([OrdersController])
    const document = createProtectedDocument(app, config())
    expect(operation(document, 'delete', '/orders/{id}').responses).toMatchObject({
      401: {
        description: expect.stringMatching(/valid\. .* contexts: mfa\. .* older than 300 s\./),
        headers: { 'WWW-Authenticate': {} },
      },
      403: {
        description: expect.stringMatching(/orders\/read orders\/write; .* staff; its issuer has to answer for it/),
      },
      503: { headers: { 'Retry-After': { schema: { type: 'integer' } } } },
    })
  })

  it('says where a token has to be bound to its sender', async () => {
    @Controller('bound')
    class BoundController {
      @Get()
      @SenderConstrained()
      bound() {
        return 'bound'
      }
    }
    const options = { ...optionsFor(await ordersPool()), senderConstraints: [certificateBound()] }
    const { app } = await startApp({ options, controllers: [BoundController] })
    const { responses } = operation(createProtectedDocument(app, config()), 'get', '/bound')
    expect(responses).toMatchObject({
      401: { description: expect.stringMatching(/token is not bound to its sender\.$/) },
    })
  })

  it('has no 403 where any valid token will do', async () => {
    @Controller('plain')
    class PlainController {
      @Get()
      plain() {
        return 'plain'
      }
    }
    const { app } = await start([PlainController])
    const { responses } = operation(createProtectedDocument(app, config()), 'get', '/plain')
    expect(Object.keys(responses).toSorted()).toStrictEqual(['200', '401', '503'])
  })

  it('lists every combination where one of several scopes is enough', async () => {
    @Controller('any')
    @RequireAnyScope(['orders/read', 'orders/write'])
    class AnyController {
      @Get()
      @RequireScopes(['openid'])
      any() {
        return 'any'
      }
    }
    const { app } = await start([AnyController])
    const document = createProtectedDocument(app, config(), { schemes: ['cognito'] })
    expect(operation(document, 'get', '/any').security).toStrictEqual([
      { cognito: ['openid', 'orders/read'] },
      { cognito: ['openid', 'orders/write'] },
    ])
  })

  it('adds a scheme where there is none, and refuses one that is unknown', async () => {
    const { app } = await start([OrdersController])
    const document = createProtectedDocument(app, new DocumentBuilder().build())
    expect(document.components?.securitySchemes).toStrictEqual({ bearer: { type: 'http', scheme: 'bearer' } })
    expect(operation(document, 'get', '/orders').security).toStrictEqual([{ bearer: [] }])
    expect(() => createProtectedDocument(app, config(), { schemes: ['cogntio'] })).toThrow(
      'createProtectedDocument.schemes names cogntio, which the document does not have',
    )
  })

  it('tells controllers apart that share a method, whatever their operations are called', async () => {
    class Base {
      @Get()
      @ApiOperation({ operationId: 'list' })
      list() {
        return 'list'
      }
    }
    @Controller('readers')
    @RequireScopes(['orders/read'])
    class ReadersController extends Base {}
    @Controller('writers')
    @RequireScopes(['orders/write'])
    class WritersController extends Base {}
    @Controller('anybody')
    @Public()
    class AnybodyController extends Base {}
    const { app, send } = await start([ReadersController, WritersController, AnybodyController])
    const document = createProtectedDocument(app, config(), { schemes: ['cognito'] })
    for (const [path, security] of [
      ['/readers', [{ cognito: ['orders/read'] }]],
      ['/writers', [{ cognito: ['orders/write'] }]],
      ['/anybody', []],
    ] as const) {
      expect(operation(document, 'get', path)).toMatchObject({ operationId: 'list', security })
    }
    expect(await (await send('/anybody')).text()).toBe('list')
    expect(Object.hasOwn(ReadersController.prototype, 'list')).toBe(false)
    expect(JSON.stringify(document)).not.toContain('x-tokenward')
  })

  it('keeps what the application says itself', async () => {
    @Controller('own')
    class OwnController {
      @Get()
      @ApiSecurity('api-key')
      @ApiResponse({ status: 401, description: 'Log in first.' })
      own() {
        return 'own'
      }
    }
    const { app } = await start([OwnController])
    expect(operation(createProtectedDocument(app, config()), 'get', '/own')).toMatchObject({
      security: [{ 'api-key': [] }],
      responses: { 401: { description: 'Log in first.' } },
    })
  })

  it('can be made twice, from one configuration', async () => {
    const { app } = await start([OrdersController])
    const built = config()
    expect(createProtectedDocument(app, built)).toStrictEqual(createProtectedDocument(app, built))
    expect(built.components?.securitySchemes?.['cognito']).toStrictEqual(oauth2)
  })

  it('leaves handlers alone that no guard stands before', async () => {
    @Controller('open')
    class OpenController {
      @Get()
      open() {
        return 'open'
      }
    }
    const { app } = await start([OpenController], { globalGuard: false })
    expect(operation(createProtectedDocument(app, config()), 'get', '/open').security).toStrictEqual([])
  })

  it('needs the module', async () => {
    @Module({})
    class EmptyModule {}
    const module = await Test.createTestingModule({ imports: [EmptyModule] }).compile()
    const app: INestApplication = module.createNestApplication()
    expect(() => createProtectedDocument(app, config())).toThrow(
      'createProtectedDocument needs an application that imports TokenwardModule',
    )
  })
})
