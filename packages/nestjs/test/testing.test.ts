import { describe, expect, it } from 'vitest'
import { RESOURCE_SERVER } from '../src/index.js'
import { asPrincipal, overridePrincipal, type TestPrincipal } from '../src/testing.js'
import { optionsFor, ordersPool, platforms, startApp } from './support/orders-app.js'

describe.each(platforms)('on %s, a resource server as a principal', (_, adapter) => {
  const startAs = async (principal: TestPrincipal) =>
    startApp({
      options: optionsFor(await ordersPool()),
      adapter,
      configure: (builder) => builder.overrideProvider(RESOURCE_SERVER).useValue(asPrincipal(principal)),
    })

  it('takes the place of tokens, and leaves the policies of the routes', async () => {
    const { send } = await startAs({ sub: 'u1', scopes: ['orders/read'] })
    const listed = await send('/orders')
    expect([listed.status, await listed.json()]).toStrictEqual([200, { caller: 'u1', scopes: ['orders/read'] }])
    const refused = await send('/orders', { method: 'DELETE' })
    expect(refused.status).toBe(403)
    expect(refused.headers.get('www-authenticate')).toContain('scope="orders/write"')
    expect((await send('/orders/report')).status).toBe(403)
    expect((await send('/open')).status).toBe(200)
  })

  it('lets a group in', async () => {
    const { send } = await startAs({ sub: 'u1', groups: ['managers'] })
    expect((await send('/orders/report')).status).toBe(200)
  })
})

describe.each(platforms)('on %s, a principal that is overridden', (_, adapter) => {
  it('takes the place of tokens', async () => {
    const { send } = await startApp({
      options: optionsFor(await ordersPool()),
      adapter,
      configure: (builder) => overridePrincipal(builder, { sub: 'u1', scopes: ['orders/read'] }),
    })
    expect(await (await send('/orders')).json()).toMatchObject({ caller: 'u1' })
    expect((await send('/orders', { method: 'DELETE' })).status).toBe(403)
  })

  it('can change between requests', async () => {
    let who: TestPrincipal = { sub: 'reader', scopes: ['orders/read'] }
    const { send } = await startApp({
      options: optionsFor(await ordersPool()),
      adapter,
      configure: (builder) => overridePrincipal(builder, () => who),
    })
    expect((await send('/orders', { method: 'DELETE' })).status).toBe(403)
    who = { sub: 'writer', scopes: ['orders/read', 'orders/write'] }
    expect((await send('/orders', { method: 'DELETE' })).status).toBe(200)
    expect(await (await send('/orders')).json()).toMatchObject({ caller: 'writer' })
  })
})
