import {
  Controller,
  type ExecutionContext,
  Get,
  HttpException,
  Inject,
  Injectable,
  Module,
  Scope,
  UseGuards,
} from '@nestjs/common'
import { Test } from '@nestjs/testing'
import { describe, expect, it } from 'vitest'
import {
  type CompiledPolicy,
  CurrentPrincipal,
  type Denied,
  type Granted,
  type Principal,
  RequireScopes,
  type TokenwardEvent,
  TokenwardGuard,
  TokenwardModule,
  type TokenwardModuleExtras,
} from '../src/index.js'
import { listening, optionsFor, ordersPool, platforms, startApp } from './support/orders-app.js'

@Controller('c')
class OrdersController {
  @Get()
  @RequireScopes(['orders/read'])
  list(@CurrentPrincipal() caller: Principal) {
    return caller.subject
  }
}

describe.each(platforms)('on %s, a subclass of the guard', (_, adapter) => {
  async function start(guard: NonNullable<TokenwardModuleExtras['guard']>) {
    const pool = await ordersPool()
    const app = await startApp({ options: { ...optionsFor(pool), guard }, controllers: [OrdersController], adapter })
    return { pool, ...app }
  }
  const reader = { sub: 'u1', scopes: ['orders/read'] } as const

  it('says where the token is; then nothing else is looked at', async () => {
    @Injectable()
    class CookieGuard extends TokenwardGuard {
      protected override async extractToken(context: ExecutionContext) {
        const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>()
        return headers['cookie']?.replace('session=', '')
      }
    }
    const { pool, send } = await start(CookieGuard)
    const cookie = `session=${await pool.accessToken(reader)}`
    expect(await (await send('/c', { headers: { cookie } })).text()).toBe('u1')
    expect((await send('/c?access_token=x', { headers: { cookie, authorization: 'Basic eDp5' } })).status).toBe(200)
    const token = await pool.accessToken(reader)
    expect((await send('/c', { headers: { cookie: 'session=forged' }, token })).status).toBe(401)
    expect((await send('/c', { token })).status).toBe(200)
    expect((await send('/c', { headers: { cookie: 'session=' } })).status).toBe(400)
  })

  it('hears of what is denied, and may answer in its own way', async () => {
    const heard: Denied[] = []
    @Injectable()
    class OwnAnswerGuard extends TokenwardGuard {
      protected override onDenied(denied: Denied) {
        heard.push(denied)
        return denied.status === 403 ? new HttpException({ title: 'Not yours' }, 404) : undefined
      }
    }
    const { pool, send } = await start(OwnAnswerGuard)
    const hidden = await send('/c', { token: await pool.accessToken({ scopes: ['orders/write'] }) })
    expect([hidden.status, await hidden.json()]).toStrictEqual([404, { title: 'Not yours' }])
    const anonymous = await send('/c')
    expect([anonymous.status, anonymous.headers.get('www-authenticate')]).toStrictEqual([401, 'Bearer realm="orders"'])
    expect(heard.map(({ reason }) => reason)).toStrictEqual(['scope-missing', 'no-credentials'])
  })

  it('hears of what is granted, before the handler runs, and can still stop it', async () => {
    @Injectable()
    class SuspendingGuard extends TokenwardGuard {
      protected override async onGranted({ principal }: Granted<unknown>) {
        if (principal.subject === 'suspended') throw new HttpException('Suspended', 403)
      }
    }
    const { pool, send } = await start(SuspendingGuard)
    expect((await send('/c', { token: await pool.accessToken(reader) })).status).toBe(200)
    const token = await pool.accessToken({ ...reader, sub: 'suspended' })
    expect((await send('/c', { token })).status).toBe(403)
  })

  it('can change any step: the policy, the request, the decision and the exception', async () => {
    const steps: string[] = []
    @Injectable()
    class TalkativeGuard extends TokenwardGuard {
      protected override policyOf(context: ExecutionContext) {
        steps.push('policy')
        return super.policyOf(context)
      }

      protected override requestOf(context: ExecutionContext) {
        steps.push('request')
        return super.requestOf(context)
      }

      protected override decide(context: ExecutionContext, policy: CompiledPolicy<unknown>) {
        steps.push('decision')
        return super.decide(context, policy)
      }

      protected override exceptionFor(denied: Denied, context: ExecutionContext) {
        steps.push('exception')
        return super.exceptionFor(denied, context)
      }
    }
    const { send } = await start(TalkativeGuard)
    expect((await send('/c')).status).toBe(401)
    expect(steps).toStrictEqual(['policy', 'decision', 'request', 'exception'])
  })

  it('is refused when it fails, and nobody is let in', async () => {
    @Injectable()
    class FailingGuard extends TokenwardGuard {
      protected override extractToken(): never {
        throw new Error('no cookie jar')
      }
    }
    const { pool, send } = await start(FailingGuard)
    expect((await send('/c', { token: await pool.accessToken(reader) })).status).toBe(500)
  })
})

describe('a guard of the application', () => {
  @Injectable()
  class Suspended {
    readonly subjects = new Set(['suspended'])
  }
  @Module({ providers: [Suspended], exports: [Suspended] })
  class SuspendedModule {}
  @Injectable()
  class SuspendingGuard extends TokenwardGuard {
    readonly #suspended: Suspended
    constructor(@Inject(Suspended) suspended: Suspended) {
      super()
      this.#suspended = suspended
    }

    protected override onGranted({ principal }: Granted<unknown>) {
      if (this.#suspended.subjects.has(principal.subject)) throw new HttpException('Suspended', 403)
    }
  }
  const suspended = { sub: 'suspended', scopes: ['orders/read'] } as const

  it('injects what the imports of the module bring', async () => {
    const pool = await ordersPool()
    const module = await Test.createTestingModule({
      imports: [
        TokenwardModule.forRootAsync({
          imports: [SuspendedModule],
          useFactory: () => optionsFor(pool),
          guard: SuspendingGuard,
        }),
      ],
      controllers: [OrdersController],
    }).compile()
    const { send } = await listening(module.createNestApplication({ logger: false }))
    expect((await send('/c', { token: await pool.accessToken(suspended) })).status).toBe(403)
    expect((await send('/c', { token: await pool.accessToken({ scopes: ['orders/read'] }) })).status).toBe(200)
  })

  it('stands before single controllers, too', async () => {
    @Controller('c')
    @UseGuards(SuspendingGuard)
    class GuardedController extends OrdersController {}
    const pool = await ordersPool()
    const { send } = await startApp({
      options: { ...optionsFor(pool), globalGuard: false },
      controllers: [GuardedController],
      configure: (builder) => builder,
      providers: [Suspended],
    })
    expect((await send('/c', { token: await pool.accessToken(suspended) })).status).toBe(403)
    expect((await send('/c')).status).toBe(401)
  })

  it.each([{}, class Stranger {}])('that is none stops the application where it is declared', (guard) => {
    const options = { resourceServer: {}, guard }
    expect(() => TokenwardModule.forRoot(options as never)).toThrow(
      'TokenwardModule.forRoot.guard must be a class that extends TokenwardGuard',
    )
  })

  it('that is made for each request stops the boot, since nothing would be checked there', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class RequestGuard extends TokenwardGuard {}
    // With the global guard NestJS 12 says so itself.
    const options = { ...optionsFor(await ordersPool()), guard: RequestGuard, globalGuard: false }
    await expect(startApp({ options, controllers: [OrdersController] })).rejects.toThrow(
      'TokenwardModule.guard must not be made for each request',
    )
  })

  it('that stands twice before a handler asks once', async () => {
    @Controller('c')
    @UseGuards(TokenwardGuard)
    class GuardedController extends OrdersController {}
    const events: TokenwardEvent[] = []
    const pool = await ordersPool()
    const { send } = await startApp({
      options: { ...optionsFor(pool), onEvent: (event) => events.push(event) },
      controllers: [GuardedController],
    })
    expect((await send('/c', { token: await pool.accessToken({ scopes: ['orders/read'] }) })).status).toBe(200)
    expect(events.filter(({ type }) => type === 'request-granted')).toHaveLength(1)
  })
})
