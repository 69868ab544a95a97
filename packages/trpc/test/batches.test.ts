import { httpBatchLink } from '@trpc/client'
import { describe, expect, it } from 'vitest'
import type { ResourceServer } from '../src/index.js'
import { batchLinks, bearer, clientOf, failureOf, type TokenHolder } from './support/clients.js'
import { createAuthPlugin } from '../src/index.js'
import { ordersRouter, ordersServer } from './support/orders-app.js'
import { httpTransports, overStandalone } from './support/transports.js'

describe.each(httpTransports)('over %s', (_, start) => {
  describe.each(batchLinks)('a batch by %s', (linkName, batchLink) => {
    async function setUp(token: (server: Awaited<ReturnType<typeof ordersServer>>['server']) => Promise<string>) {
      const orders = await ordersServer()
      const holder: TokenHolder = { token: await token(orders.server) }
      const responses: Response[] = []
      const link = batchLink({
        url: await start(orders),
        headers: () => bearer(holder),
        async fetch(url, init) {
          const response = await fetch(url, init)
          responses.push(response)
          return response
        },
      })
      return { orders, client: clientOf(link), responses }
    }

    it("of twenty procedures on '0s' makes one upstream call", async () => {
      const { orders, client, responses } = await setUp((server) => server.accessToken({ scopes: ['orders/read'] }))
      const calls = Array.from({ length: 10 }, () => [client.orders.close.query(), client.orders.closeToo.query()])
      const answers = await Promise.all(calls.flat())
      expect(answers).toStrictEqual(Array.from({ length: 10 }, () => ['live-call', 'closed']).flat())
      expect(responses).toHaveLength(1)
      expect(orders.server.introspection.hits).toBe(1)
    })

    it('of twenty procedures with an opaque token makes one upstream call', async () => {
      const { orders, client, responses } = await setUp((server) => server.opaqueToken({ scopes: ['orders/read'] }))
      const answers = await Promise.all(Array.from({ length: 20 }, (___, id) => client.orders.one.query(id % 2)))
      expect(new Set(answers).size).toBe(2)
      expect(responses).toHaveLength(1)
      expect(orders.server.introspection.hits).toBe(1)
    })

    it('tells each call of its own refusal', async () => {
      const { client, responses } = await setUp((server) => server.accessToken({ scopes: ['orders/read'] }))
      const [listed, report, failed] = await Promise.all([
        client.orders.list.query(),
        failureOf(client.orders.report.query()),
        failureOf(client.orders.fail.query()),
      ])
      expect(listed).toHaveLength(2)
      expect(report.data).toMatchObject({ code: 'FORBIDDEN', auth: { error: 'insufficient_scope' } })
      expect(failed.data?.code).toBe('INTERNAL_SERVER_ERROR')
      expect(failed.data?.auth).toBeUndefined()
      expect(responses.map(({ status }) => status)).toStrictEqual([linkName === 'httpBatchLink' ? 207 : 200])
    })
  })
})

it('a request is verified once, however many procedures its batch holds, and not at all where none asks', async () => {
  const orders = await ordersServer()
  let presentations = 0
  const counting: ResourceServer = {
    ...orders.api,
    present(...request) {
      presentations += 1
      return orders.api.present(...request)
    },
  }
  const url = await overStandalone(ordersRouter(createAuthPlugin(counting)))
  const token = await orders.server.accessToken({ scopes: ['orders/read'] })
  const client = clientOf(httpBatchLink({ url, headers: bearer({ token }) }))
  await Promise.all([client.health.query(), client.health.query()])
  expect(presentations).toBe(0)
  await Promise.all([
    client.orders.list.query(),
    client.me.query(),
    client.hello.query(),
    client.orders.ofTenant.query().catch(() => {}),
  ])
  expect(presentations).toBe(1)
})
