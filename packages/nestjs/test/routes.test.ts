import { All, Controller, Get, type INestApplication, Options } from '@nestjs/common'
import { describe, expect, it } from 'vitest'
import { CurrentPrincipal, Policy, type Principal, Public } from '../src/index.js'
import { optionsFor, ordersPool, platforms, startApp } from './support/orders-app.js'

@Controller('c')
class MethodsController {
  @Get()
  list() {
    return 'list'
  }

  @Options('options')
  options() {
    return 'options'
  }

  @All('any')
  any() {
    return 'any'
  }

  @Get('open')
  @Public()
  open() {
    return 'open'
  }
}

describe.each(platforms)('on %s', (_, adapter) => {
  async function start(prepare?: (app: INestApplication) => void) {
    const pool = await ordersPool()
    const app = await startApp({
      options: optionsFor(pool),
      controllers: [MethodsController],
      adapter,
      ...(prepare && { prepare }),
    })
    return { pool, ...app }
  }

  it('a handler is closed for every method it takes', async () => {
    const { pool, send } = await start()
    const token = await pool.accessToken()
    for (const [method, path] of [
      ['HEAD', '/c'],
      ['OPTIONS', '/c/options'],
      ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'].map((one) => [one, '/c/any']),
    ] as const) {
      expect((await send(path as string, { method: method as string })).status, `${method} ${path}`).toBe(401)
      expect(
        (await send(path as string, { method: method as string, token })).status,
        `${method} ${path}`,
      ).toBeLessThan(300)
    }
    expect((await send('/c/open', { method: 'HEAD' })).status).toBe(200)
  })

  it('a preflight needs no token, and the answer to the request after it can be read', async () => {
    const origin = 'https://app.example'
    const { send } = await start((app) => app.enableCors({ origin, exposedHeaders: ['WWW-Authenticate'] }))
    const preflight = await send('/c', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
    })
    expect(preflight.status).toBe(204)
    const refused = await send('/c', { headers: { origin } })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('access-control-allow-origin')).toBe(origin)
    expect(refused.headers.get('access-control-expose-headers')).toBe('WWW-Authenticate')
  })

  it('a route that nobody made is a 404, with and without a token', async () => {
    const { pool, send } = await start()
    expect((await send('/nothing')).status).toBe(404)
    expect((await send('/nothing', { token: await pool.accessToken() })).status).toBe(404)
  })

  it('each route names its issuers: two pools in one application', async () => {
    const [staff, customers] = [await ordersPool(), await ordersPool()]
    @Controller('two')
    class TwoPoolsController {
      @Get('staff')
      @Policy({ issuers: [staff.issuer] })
      ofStaff(@CurrentPrincipal() caller: Principal) {
        return caller.issuer
      }

      @Get('customers')
      @Policy({ issuers: [customers.issuer] })
      ofCustomers(@CurrentPrincipal() caller: Principal) {
        return caller.issuer
      }

      @Get('anybody')
      ofAnybody(@CurrentPrincipal() caller: Principal) {
        return caller.issuer
      }
    }
    const issuersOf = (pool: typeof staff) => (optionsFor(pool) as { issuers: [never] }).issuers
    const { send } = await startApp({
      options: {
        ...optionsFor(staff),
        issuers: [...issuersOf(staff), ...issuersOf(customers)],
        fetch: (address, init) => (String(address).includes(staff.userPoolId) ? staff : customers).fetch(address, init),
      },
      controllers: [TwoPoolsController],
      adapter,
    })
    for (const [own, other, path] of [
      [staff, customers, '/two/staff'],
      [customers, staff, '/two/customers'],
    ] as const) {
      const [token, stranger] = [await own.accessToken(), await other.accessToken()]
      expect(await (await send(path, { token })).text()).toBe(own.issuer)
      expect((await send(path, { token: stranger })).status).toBe(403)
      expect(await (await send('/two/anybody', { token: stranger })).text()).toBe(other.issuer)
    }
  })
})
