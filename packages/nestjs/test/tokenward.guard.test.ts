import { type IncomingMessage, request as sendRaw } from 'node:http'
import { type ExceptionFilter, type ExecutionContext, type HttpException, Injectable } from '@nestjs/common'
import { describe, expect, it } from 'vitest'
import { TokenwardGuard, type TokenwardEvent } from '../src/index.js'
import { optionsFor, ordersPool, platforms, startApp } from './support/orders-app.js'

describe.each(platforms)('on %s', (_, adapter) => {
  async function start() {
    const pool = await ordersPool()
    return { pool, ...(await startApp({ options: optionsFor(pool), adapter })) }
  }

  it('lets a good token in and hands the caller to the handler', async () => {
    const { pool, send } = await start()
    const response = await send('/orders', { token: await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] }) })
    expect([response.status, await response.json()]).toStrictEqual([200, { caller: 'u1', scopes: ['orders/read'] }])
  })

  it('answers 401 with a challenge and no error code to a request without a token', async () => {
    const { send } = await start()
    const response = await send('/orders')
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="orders"')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toStrictEqual({ error_description: 'This request needs an access token' })
  })

  it('refuses every forged token with the complete challenge, and names no reason', async () => {
    const { pool, send } = await start()
    for (const [kind, forge] of Object.entries(pool.forged)) {
      const response = await send('/orders', { token: await forge({ scopes: ['orders/read'] }) })
      expect(response.status, kind).toBe(401)
      expect(response.headers.get('www-authenticate'), kind).toMatch(
        /^Bearer realm="orders", error="invalid_token", error_description="The access token (is invalid|expired)"$/,
      )
      expect(Object.keys((await response.json()) as object)).toStrictEqual(['error', 'error_description'])
    }
  })

  it('answers 403 with the missing scope', async () => {
    const { pool, send } = await start()
    const response = await send('/orders', {
      method: 'DELETE',
      token: await pool.accessToken({ scopes: ['orders/read'] }),
    })
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toContain('error="insufficient_scope"')
    expect(response.headers.get('www-authenticate')).toMatch(/scope="orders\/write"$/)
  })

  it('needs one of the groups', async () => {
    const { pool, send } = await start()
    const status = async (groups: string[]) =>
      (await send('/orders/report', { token: await pool.accessToken({ groups }) })).status
    expect([
      await status(['auditors']),
      await status(['managers', 'x']),
      await status(['x']),
      await status([]),
    ]).toStrictEqual([200, 200, 403, 403])
  })

  it('adds the scopes of controller and handler up, and needs the groups of both', async () => {
    const { pool, send } = await start()
    const get = async (path: string, scopes: ('orders/read' | 'orders/write')[], groups: string[]) =>
      send(path, { token: await pool.accessToken({ scopes, groups }) })
    expect((await get('/admin', ['orders/read'], ['staff'])).status).toBe(200)
    expect((await get('/admin', ['orders/read'], [])).status).toBe(403)
    expect((await get('/admin', ['orders/write'], ['staff'])).status).toBe(403)
    expect((await get('/admin/write', ['orders/read', 'orders/write'], ['staff', 'managers'])).status).toBe(200)
    expect((await get('/admin/write', ['orders/read', 'orders/write'], ['managers'])).status).toBe(403)
    expect((await get('/admin/write', ['orders/read', 'orders/write'], ['staff'])).status).toBe(403)
    const refused = await get('/admin/write', ['orders/write'], ['staff', 'managers'])
    expect(refused.headers.get('www-authenticate')).toContain('scope="orders/read orders/write"')
  })

  it('needs a valid token where a handler has no decorator', async () => {
    const { pool, send } = await start()
    expect((await send('/orders', { method: 'POST' })).status).toBe(401)
    expect((await send('/orders', { method: 'POST', token: await pool.forged.wrongKey() })).status).toBe(401)
    expect((await send('/orders', { method: 'POST', token: await pool.accessToken() })).status).toBe(201)
  })

  it('leaves public handlers and controllers alone, bad tokens included', async () => {
    const { pool, send } = await start()
    for (const path of ['/orders/public', '/open']) {
      expect((await send(path)).status).toBe(200)
      expect((await send(path, { token: await pool.forged.wrongKey() })).status).toBe(200)
    }
    expect(pool.jwks.hits).toBe(1) // at boot
  })

  it('tells filters and error trackers what the client is told, and no more', async () => {
    const caught: unknown[] = []
    const filter: ExceptionFilter<HttpException> = {
      catch(exception, host) {
        caught.push(exception.message)
        host.switchToHttp().getResponse<{ send(): void }>().send()
      },
    }
    const options = optionsFor(await ordersPool())
    const { send } = await startApp({ options, adapter, prepare: (app) => app.useGlobalFilters(filter) })
    await send('/orders', { token: 'none' })
    expect(caught).toStrictEqual(['The access token is invalid'])
  })

  it('guards HEAD like GET', async () => {
    const { pool, send } = await start()
    const token = await pool.accessToken({ scopes: ['orders/read'] })
    expect((await send('/orders', { method: 'HEAD' })).status).toBe(401)
    expect((await send('/orders', { method: 'HEAD', token })).status).toBe(200)
  })

  it('sees two Authorization headers as two', async () => {
    const { pool, url } = await start()
    const token = await pool.accessToken({ scopes: ['orders/read'] })
    const status = await new Promise((resolve, reject) => {
      const headers = ['host', 'localhost', 'authorization', `Bearer ${token}`, 'Authorization', 'Bearer x']
      sendRaw(`${url}/orders`, { headers }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end()
    })
    expect(status).toBe(400)
  })

  it('answers 400 to a token in the query beside the header, and 401 to one in the query alone', async () => {
    const { pool, send } = await start()
    const token = await pool.accessToken({ scopes: ['orders/read'] })
    const both = await send(`/orders?access_token=${token}`, { token })
    expect([both.status, both.headers.get('www-authenticate')]).toStrictEqual([
      400,
      expect.stringContaining('error="invalid_request"'),
    ])
    const alone = await send(`/orders?access_token=${token}`)
    expect([alone.status, alone.headers.get('www-authenticate')]).toStrictEqual([401, 'Bearer realm="orders"'])
  })

  it('boots while the keys cannot be fetched, answers 503 with Retry-After, and 401 to nobody', async () => {
    const pool = await ordersPool()
    pool.jwks.fail()
    const { send } = await startApp({ options: optionsFor(pool), adapter })
    const response = await send('/orders', { token: await pool.accessToken({ scopes: ['orders/read'] }) })
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(response.headers.get('www-authenticate')).toBeNull()
    expect(Object.keys((await response.json()) as object)).toStrictEqual(['error_description'])
  })

  it('keeps the callers of concurrent requests apart', async () => {
    const { pool, send } = await start()
    const names = Array.from({ length: 50 }, (__, index) => `u${index}`)
    const callers = await Promise.all(
      names.map(async (sub) => {
        const response = await send('/orders', { token: await pool.accessToken({ sub, scopes: ['orders/read'] }) })
        return ((await response.json()) as { caller: string }).caller
      }),
    )
    expect(callers).toStrictEqual(names)
    expect(pool.jwks.hits).toBe(1)
  })

  it('accepts a rotated key at once', async () => {
    const { pool, send } = await start()
    await send('/orders', { token: await pool.accessToken({ scopes: ['orders/read'] }) })
    await pool.rotateKeys()
    expect((await send('/orders', { token: await pool.accessToken({ scopes: ['orders/read'] }) })).status).toBe(200)
    expect(pool.jwks.hits).toBe(2)
  })

  it('reports each request once, whatever it has to meet', async () => {
    const pool = await ordersPool()
    const events: TokenwardEvent[] = []
    const { send } = await startApp({
      options: { ...optionsFor(pool), onEvent: (event) => events.push(event) },
      adapter,
    })
    await send('/admin/write', {
      token: await pool.accessToken({ scopes: ['orders/read', 'orders/write'], groups: ['staff'] }),
    })
    expect(events.filter(({ type }) => type.startsWith('request-'))).toMatchObject([
      { type: 'request-refused', route: 'AdminController.more', reason: 'group-missing', clientId: 'web' },
    ])
  })

  it('takes a token that middleware has put into the header', async () => {
    const pool = await ordersPool()
    const token = await pool.accessToken({ scopes: ['orders/read'] })
    const { send } = await startApp({
      options: optionsFor(pool),
      adapter,
      prepare(app) {
        app.use((request: IncomingMessage, _response: unknown, next: () => void) => {
          if (request.headers.cookie === 'session=1') request.headers.authorization = `Bearer ${token}`
          next()
        })
      },
    })
    expect((await send('/orders')).status).toBe(401)
    expect((await send('/orders', { headers: { cookie: 'session=1' } })).status).toBe(200)
  })

  it('can be left out of a test by overriding it as a provider; then there is no caller', async () => {
    const { send } = await startApp({
      options: optionsFor(await ordersPool()),
      adapter,
      configure: (builder) => builder.overrideProvider(TokenwardGuard).useValue({ canActivate: () => true }),
    })
    expect((await send('/orders', { method: 'DELETE' })).status).toBe(200)
    expect((await send('/orders')).status).toBe(500)
  })

  it('is not left out by overrideGuard', async () => {
    const { send } = await startApp({
      options: optionsFor(await ordersPool()),
      adapter,
      configure: (builder) => builder.overrideGuard(TokenwardGuard).useValue({ canActivate: () => true }),
    })
    expect((await send('/orders', { method: 'DELETE' })).status).toBe(401)
  })
})

describe('a handler that something unknown calls', () => {
  it('is refused with an error that says what to do', async () => {
    const pool = await ordersPool()
    const { app } = await startApp({ options: optionsFor(pool) })
    class Consumer {
      onJob() {
        return 'done'
      }
    }
    const context = { getType: () => 'jobs', getClass: () => Consumer, getHandler: () => Consumer.prototype.onJob }
    await expect(app.get(TokenwardGuard).canActivate(context as unknown as ExecutionContext)).rejects.toThrow(
      'TokenwardGuard guards handlers of HTTP, GraphQL, WebSockets and microservices; mark others (here "jobs") @Public()',
    )
  })
})

describe('a guard of the application that extends it', () => {
  it('counts as it', async () => {
    @Injectable()
    class AuditingGuard extends TokenwardGuard {}
    const { default: boot } = await import('./support/custom-guard-app.js')
    expect((await boot(AuditingGuard)).status).toBe(401)
  })
})
