import { applyDecorators, Controller, Delete, Get, Injectable, Scope, type Type, UseGuards } from '@nestjs/common'
import { describe, expect, it } from 'vitest'
import { CurrentPrincipal, type Principal, Public, RequireGroups, RequireScopes, TokenwardGuard } from '../src/index.js'
import { optionsFor, ordersPool, startApp } from './support/orders-app.js'

/** Starts an application with one controller; `call` sends a token with the given scopes and groups, or none. */
async function start(controller: Type, { globalGuard = true, providers = [] as Type[] } = {}) {
  const pool = await ordersPool()
  const app = await startApp({ options: { ...optionsFor(pool), globalGuard }, controllers: [controller], providers })
  return async (method: string, path: string, scopes?: ('orders/read' | 'orders/write')[], groups: string[] = []) => {
    const token = scopes === undefined ? undefined : await pool.accessToken({ scopes, groups })
    return (await app.send(path, { method, ...(token === undefined ? {} : { token }) })).status
  }
}

/** Replaces the function of a method, as decorators for logging or transactions do. */
const Wrapped = (): MethodDecorator => (_target, _property, descriptor) => {
  const inner = descriptor.value as unknown as (...args: unknown[]) => unknown
  descriptor.value = function wrapped(this: unknown, ...args: unknown[]) {
    return inner.apply(this, args)
  } as never
}

describe('@Public', () => {
  it('on a controller does not open a method that demands something', async () => {
    @Controller('c')
    @Public()
    class MixedController {
      @Get()
      open() {
        return 'open'
      }

      @Delete()
      @RequireScopes(['orders/write'])
      remove() {
        return 'removed'
      }

      @Get('me')
      me(@CurrentPrincipal() caller: Principal) {
        return caller.subject
      }
    }
    const call = await start(MixedController)
    expect(await call('GET', '/c')).toBe(200)
    expect(await call('DELETE', '/c')).toBe(401)
    expect(await call('DELETE', '/c', ['orders/read'])).toBe(403)
    expect(await call('GET', '/c/me')).toBe(401)
    expect(await call('GET', '/c/me', ['orders/read'])).toBe(200)
  })

  it('on a method opens it, whatever its class demands', async () => {
    @Controller('c')
    @RequireScopes(['orders/read'])
    @RequireGroups(['staff'])
    class HealthController {
      @Get()
      list() {
        return 'list'
      }

      @Get('health')
      @Public()
      health() {
        return 'well'
      }
    }
    const call = await start(HealthController)
    expect(await call('GET', '/c')).toBe(401)
    expect(await call('GET', '/c/health')).toBe(200)
  })

  it('on a method needs no guard, with or without the global one', async () => {
    @Controller('c')
    @RequireScopes(['orders/read'])
    class OpenController {
      @Get()
      @Public()
      list() {
        return 'list'
      }
    }
    const call = await start(OpenController, { globalGuard: false })
    expect(await call('GET', '/c')).toBe(200)
  })

  it('contradicts a demand at the same place, and stops the boot', async () => {
    @Controller('c')
    class MethodController {
      @Get()
      @Public()
      @RequireScopes(['orders/read'])
      list() {
        return 'list'
      }
    }
    @Controller('c')
    @Public()
    @RequireGroups(['staff'])
    class ClassController {
      @Get()
      list() {
        return 'list'
      }
    }
    @Controller('c')
    class CallerController {
      @Get()
      @Public()
      me(@CurrentPrincipal() caller: Principal) {
        return caller
      }
    }
    @RequireGroups(['staff'])
    class StaffController {}
    @Controller('c')
    @Public()
    class SubclassController extends StaffController {
      @Get()
      list() {
        return 'list'
      }
    }
    for (const controller of [MethodController, ClassController, CallerController, SubclassController]) {
      await expect(start(controller)).rejects.toThrow(
        'is @Public() and demands scopes, groups or a caller at the same place; decide for one',
      )
    }
  })

  it('is not inherited by a subclass or by an override', async () => {
    @Public()
    class Base {
      @Get('inherited')
      inherited() {
        return 'inherited'
      }

      @Get('overridden')
      @Public()
      overridden() {
        return 'base'
      }

      @Get('marked')
      @Public()
      marked() {
        return 'marked'
      }
    }
    @Controller('c')
    class SubController extends Base {
      @Get('overridden')
      override overridden() {
        return 'sub'
      }
    }
    const call = await start(SubController)
    expect(await call('GET', '/c/inherited')).toBe(401)
    expect(await call('GET', '/c/overridden')).toBe(401)
    expect(await call('GET', '/c/marked')).toBe(200)
  })
})

describe('demands', () => {
  it('survive a decorator that wraps the function, wherever it stands', async () => {
    @Controller('c')
    class WrappedController {
      @Get('above')
      @Wrapped()
      @RequireScopes(['orders/write'])
      above() {
        return 'above'
      }

      @Get('below')
      @RequireScopes(['orders/write'])
      @Wrapped()
      below() {
        return 'below'
      }
    }
    const call = await start(WrappedController)
    for (const path of ['/c/above', '/c/below']) {
      expect(await call('GET', path, ['orders/read'])).toBe(403)
      expect(await call('GET', path, ['orders/write'])).toBe(200)
    }
  })

  it('survive an override that does not repeat them', async () => {
    @RequireGroups(['staff'])
    class Base {
      @Delete()
      @RequireScopes(['orders/write'])
      remove() {
        return 'base'
      }
    }
    @Controller('c')
    class SubController extends Base {
      @Delete()
      override remove() {
        return 'sub'
      }
    }
    const call = await start(SubController)
    expect(await call('DELETE', '/c', ['orders/read'], ['staff'])).toBe(403)
    expect(await call('DELETE', '/c', ['orders/write'])).toBe(403)
    expect(await call('DELETE', '/c', ['orders/write'], ['staff'])).toBe(200)
  })

  it('add up when decorators are stacked or composed', async () => {
    const Admin = () => applyDecorators(RequireScopes(['orders/write']), RequireGroups(['admins']))
    @Controller('c')
    class StackedController {
      @Get()
      @RequireScopes(['orders/read'])
      @RequireGroups(['staff'])
      @Admin()
      list() {
        return 'list'
      }
    }
    const call = await start(StackedController)
    expect(await call('GET', '/c', ['orders/read'], ['staff'])).toBe(403)
    expect(await call('GET', '/c', ['orders/read', 'orders/write'], ['staff'])).toBe(403)
    expect(await call('GET', '/c', ['orders/read', 'orders/write'], ['staff', 'admins'])).toBe(200)
  })

  it('of a controller that is made for each request are enforced', async () => {
    @Controller({ path: 'c', scope: Scope.REQUEST })
    class RequestController {
      @Get()
      @RequireScopes(['orders/write'])
      list() {
        return 'list'
      }
    }
    const call = await start(RequestController)
    expect(await call('GET', '/c', ['orders/read'])).toBe(403)
    expect(await call('GET', '/c', ['orders/write'])).toBe(200)
  })

  it('of a handler that is bound to its instance cannot be known, and stop the boot', async () => {
    @Controller('c')
    class BoundController {
      constructor() {
        this.list = this.list.bind(this)
      }

      @Get()
      @RequireScopes(['orders/write'])
      list() {
        return 'list'
      }
    }
    await expect(start(BoundController)).rejects.toThrow('BoundController has a handler that is none of its methods')
  })

  it('that are undefined stop the boot', async () => {
    @Controller('c')
    class UndefinedController {
      @Get()
      @RequireScopes(undefined as never)
      list() {
        return 'list'
      }
    }
    await expect(start(UndefinedController)).rejects.toThrow('UndefinedController.list: policy.scopes is undefined')
  })

  it('on a helper method or a provider stop the boot, for nothing would enforce them', async () => {
    @Controller('c')
    class HelperController {
      @RequireScopes(['orders/read'])
      helper() {
        return 'helper'
      }
    }
    @Injectable()
    class Worker {
      @RequireScopes(['orders/read'])
      work() {
        return 'work'
      }
    }
    @Injectable()
    @RequireGroups(['staff'])
    class Staff {}
    @Controller('c')
    class EmptyController {}
    const problem = 'demands scopes, groups or a caller, but is no handler that NestJS calls'
    await expect(start(HelperController)).rejects.toThrow(`HelperController.helper ${problem}`)
    await expect(start(EmptyController, { providers: [Worker] })).rejects.toThrow(`Worker.work ${problem}`)
    await expect(start(EmptyController, { providers: [Staff] })).rejects.toThrow(`Staff ${problem}`)
  })

  it('on a message handler in an HTTP application need a guard of its own, and so does one that demands nothing', async () => {
    const MessagePattern = (): MethodDecorator => (_target, _property, descriptor) =>
      Reflect.defineMetadata('microservices:pattern', ['sum'], descriptor.value as object)

    @Controller('c')
    class MessageController {
      @MessagePattern()
      @RequireScopes(['orders/read'])
      sum() {
        return 'sum'
      }
    }
    @Controller('c')
    class PlainController {
      @MessagePattern()
      sum() {
        return 'sum'
      }
    }
    await expect(start(MessageController)).rejects.toThrow(
      'MessageController.sum demands scopes, groups or a caller, but no guard enforces them: add @UseGuards(TokenwardGuard) to its class',
    )
    await expect(start(PlainController)).rejects.toThrow(
      'PlainController.sum would be open: global guards are not called for a microservice within an HTTP application',
    )
    Public()(PlainController)
    await start(PlainController)
  })

  it('of a caller need a guard, too', async () => {
    @Controller('c')
    class CallerController {
      @Get()
      me(@CurrentPrincipal() caller: Principal) {
        return caller.subject
      }
    }
    await expect(start(CallerController, { globalGuard: false })).rejects.toThrow('CallerController.me demands')
    UseGuards(TokenwardGuard)(CallerController)
    const call = await start(CallerController, { globalGuard: false })
    expect(await call('GET', '/c', ['orders/read'])).toBe(200)
  })
})
