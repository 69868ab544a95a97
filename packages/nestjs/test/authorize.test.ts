import { Controller, Delete, Get, Post, type Type } from '@nestjs/common'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  Authorize,
  CurrentPrincipal,
  type DecisionRequest,
  definePolicy,
  Policy,
  type PolicyDecisionPoint,
  type PrincipalOf,
  RequireScopes,
} from '../src/index.js'
import { overridePrincipal } from '../src/testing.js'
import { optionsFor, ordersPool, platforms, startApp } from './support/orders-app.js'

/** Permits what is done to things whose id starts with the name of the caller, and notes what it was asked. */
function decisionPoint() {
  const asked: Pick<DecisionRequest, 'action' | 'resource' | 'context'>[] = []
  const decide = ({ principal, action, resource, context }: DecisionRequest) => {
    asked.push({ action, resource, context })
    const isOwn = resource === undefined || resource.id.startsWith(principal.subject)
    return { decision: isOwn ? 'permit' : 'deny' } as const
  }
  return { asked, decisionPoint: { decide } satisfies PolicyDecisionPoint }
}

async function start(controller: Type, adapter: (typeof platforms)[number][1] = platforms[0][1]) {
  const pool = await ordersPool()
  const { asked, decisionPoint: point } = decisionPoint()
  const app = await startApp({
    options: { ...optionsFor(pool), decisionPoint: point },
    controllers: [controller],
    adapter,
  })
  return { pool, asked, ...app }
}

const order = ({ params }: { params: Readonly<Record<string, unknown>> }) => ({
  type: 'Order',
  id: String(params['id']),
})

@Controller('orders')
@Authorize({ action: 'orders:enter' })
class OrdersController {
  @Get()
  list() {
    return 'list'
  }

  @Post(':id/refund')
  @RequireScopes(['orders/write'])
  @Authorize({ action: 'orders:refund', resource: order, context: ({ params }) => ({ asked: params['id'] }) })
  refund() {
    return 'refunded'
  }
}

describe.each(platforms)('on %s, @Authorize', (_, adapter) => {
  it('asks the decision point about what the path names', async () => {
    const { pool, asked, send } = await start(OrdersController, adapter)
    const token = await pool.accessToken({ sub: 'u1', scopes: ['orders/write'] })
    expect((await send('/orders/u1-7/refund', { method: 'POST', token })).status).toBe(201)
    const refused = await send('/orders/u2-7/refund', { method: 'POST', token })
    expect(refused.status).toBe(403)
    expect(refused.headers.get('www-authenticate')).toContain('error="insufficient_scope"')
    expect(asked.map(({ action, resource, context }) => [action, resource?.id, context])).toStrictEqual([
      ['orders:enter', undefined, {}],
      ['orders:refund', 'u1-7', { asked: 'u1-7' }],
      ['orders:enter', undefined, {}],
      ['orders:refund', 'u2-7', { asked: 'u2-7' }],
    ])
  })

  it('is asked after everything else was met', async () => {
    const { pool, asked, send } = await start(OrdersController, adapter)
    const token = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] })
    expect((await send('/orders/u1-7/refund', { method: 'POST', token })).status).toBe(403)
    expect(asked).toStrictEqual([])
  })

  it('that cannot be answered is a 503', async () => {
    const pool = await ordersPool()
    const { send } = await startApp({
      options: { ...optionsFor(pool), decisionPoint: { decide: () => ({ decision: 'error', reason: 'unavailable' }) } },
      controllers: [OrdersController],
      adapter,
    })
    expect((await send('/orders', { token: await pool.accessToken() })).status).toBe(503)
  })
})

describe('@Authorize', () => {
  it('stops the boot where nobody can answer', async () => {
    const options = optionsFor(await ordersPool())
    await expect(startApp({ options, controllers: [OrdersController] })).rejects.toThrow(
      /^OrdersController\.list: policy\.action/,
    )
  })

  it.each<[string, object, string]>([
    ['without an action', { resource: order }, 'WrongController.list: policy.resource needs an action'],
    ['with an undefined action', { action: undefined }, 'WrongController.list: policy.action is undefined'],
  ])('%s stops the boot, naming the handler', async (_, question, problem) => {
    @Controller('c')
    class WrongController {
      @Get()
      @Authorize(question as { action: string })
      list() {
        return 'list'
      }
    }
    await expect(start(WrongController)).rejects.toThrow(problem)
  })

  it('adds up with the question of a policy that has a schema, whose functions see what that made of the claims', async () => {
    const tenant = definePolicy({
      claims: z.object({ 'custom:tenant': z.string() }).transform((claims) => ({ tenant: claims['custom:tenant'] })),
      action: 'tenant:enter',
      context: ({ principal }) => ({ tenant: principal.claims.tenant }),
    })
    @Controller('c')
    class TenantController {
      @Delete(':id')
      @Policy(tenant)
      @Authorize({ action: 'orders:remove', resource: order })
      remove(@CurrentPrincipal(tenant) caller: PrincipalOf<typeof tenant>) {
        return caller.claims.tenant
      }
    }
    const { pool, asked, send } = await start(TenantController)
    const token = await pool.accessToken({ sub: 'u1', claims: { 'custom:tenant': 'acme' } })
    expect(await (await send('/c/u1-7', { method: 'DELETE', token })).text()).toBe('acme')
    expect(asked.map(({ action, context }) => [action, context])).toStrictEqual([
      ['tenant:enter', { tenant: 'acme' }],
      ['orders:remove', {}],
    ])
    expect((await send('/c/u2-7', { method: 'DELETE', token })).status).toBe(403)
  })

  it('is answered by the decision point of the test where the principal is overridden', async () => {
    const { asked, decisionPoint: point } = decisionPoint()
    const { send } = await startApp({
      options: { ...optionsFor(await ordersPool()), decisionPoint: point },
      controllers: [OrdersController],
      configure: (builder) =>
        overridePrincipal(builder, { sub: 'u1', scopes: ['orders/write'] }, { decisionPoint: point }),
    })
    expect((await send('/orders/u1-7/refund', { method: 'POST' })).status).toBe(201)
    expect((await send('/orders/u2-7/refund', { method: 'POST' })).status).toBe(403)
    expect(asked).toHaveLength(4)
  })
})
