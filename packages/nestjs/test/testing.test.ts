import { describe, expect, it } from 'vitest'
import { RESOURCE_SERVER } from '../src/index.js'
import { asPrincipal, type TestPrincipal } from '../src/testing.js'
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
