import { describe, expect, it, onTestFinished } from 'vitest'
import {
  authorizationServer,
  type AuthorizationServerOptions,
  clientSecretBasic,
  createResourceServer,
  type RoutePolicy,
  type TokenwardEvent,
} from '../../src/index.js'
import { fromNodeRequest } from '../../src/requests/node.js'
import { loopbackServer } from '../support/loopback-server.js'
import { API, type OidcProvider, oidcProvider } from '../support/oidc-provider.js'

/** An API on a port of its own, whose routes are policies, in front of a real authorization server. */
async function protectedApi(
  routes: Record<string, RoutePolicy>,
  changed: Partial<AuthorizationServerOptions> = {},
  provider?: OidcProvider,
) {
  const { issuer, ...rest } = provider ?? (await oidcProvider({ client_id: 'api', client_secret: 'secret' }))
  const events: TokenwardEvent[] = []
  const api = createResourceServer({
    issuers: [
      authorizationServer({
        issuer,
        audience: API,
        opaqueTokens: true,
        introspection: { clientAuthentication: clientSecretBasic('api', 'secret') },
        allowInsecureLoopback: true,
        // One machine, one clock.
        clockTolerance: '0s',
        ...changed,
      } as AuthorizationServerOptions),
    ],
    onEvent: (event) => events.push(event),
  })
  onTestFinished(() => api.close())
  const policies = new Map(
    Object.entries(routes).map(([path, policy]) => [path, api.policy({ name: path, ...policy })]),
  )
  const { url } = await loopbackServer(async (request, response) => {
    const policy = policies.get(request.url ?? '')
    if (policy === undefined) throw new Error('no such route')
    const outcome = await api.authorize(fromNodeRequest(request), policy)
    if (outcome.outcome === 'granted') {
      response.end(JSON.stringify(outcome.principal))
    } else {
      response.writeHead(outcome.status, { ...outcome.headers, 'content-type': 'application/json' })
      response.end(JSON.stringify(outcome.body))
    }
  })
  const get = (path: string, token: string) => fetch(url + path, { headers: { authorization: `Bearer ${token}` } })
  const statusOf = async (path: string, token: string) => (await get(path, token)).status
  return { provider: { issuer, ...rest }, events, get, statusOf }
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

describe('an opaque token of oidc-provider that is revoked', () => {
  it('is refused by the very next request to a route without lag', async () => {
    const { provider, get, statusOf } = await protectedApi({ '/admin': { maxRevocationLag: '0s' } })
    const token = await provider.clientToken('orders/write')
    expect(await (await get('/admin', token)).json()).toMatchObject({
      subject: 'web',
      scopes: ['orders/write'],
      evidence: { source: 'live-call', relaxed: false },
    })
    expect(await statusOf('/admin', token)).toBe(200)
    await provider.revoke(token)
    const refused = await get('/admin', token)
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"')
  })

  it('opens routes that are content with the lifetime of tokens until it expires, where no other has learned of it', async () => {
    const { provider, statusOf } = await protectedApi({ '/orders': {} })
    const token = await provider.clientToken('orders/read', 3)
    expect(await statusOf('/orders', token)).toBe(200)
    await provider.revoke(token)
    const revokedAt = performance.now()
    expect(await statusOf('/orders', token)).toBe(200)
    await sleep(1_000)
    expect(await statusOf('/orders', token)).toBe(200)
    await expect.poll(() => statusOf('/orders', token), { timeout: 5_000 }).toBe(401)
    expect(performance.now() - revokedAt).toBeLessThan(3_500)
  })

  it('is refused within the bound of a route that has one', async () => {
    const { provider, statusOf } = await protectedApi({ '/orders': { maxRevocationLag: '1s' } })
    const token = await provider.clientToken()
    expect(await statusOf('/orders', token)).toBe(200)
    await provider.revoke(token)
    const revokedAt = performance.now()
    for (;;) {
      const arrivedAt = performance.now()
      const status = await statusOf('/orders', token)
      if (status === 401) break
      expect([status, arrivedAt - revokedAt < 1_000]).toStrictEqual([200, true])
      await sleep(20)
    }
  })

  it('is refused by all routes once one of them has learned of it', async () => {
    const routes = { '/admin': { maxRevocationLag: '0s' }, '/orders': {}, '/list': { maxRevocationLag: '1h' } } as const
    const { provider, statusOf } = await protectedApi(routes)
    const token = await provider.clientToken()
    const statuses = () => Promise.all(['/orders', '/list'].map((path) => statusOf(path, token)))
    expect(await statuses()).toStrictEqual([200, 200])
    // Younger, a replica might not have known it yet.
    await sleep(2_100)
    await provider.revoke(token)
    expect(await statuses()).toStrictEqual([200, 200])
    expect(await statusOf('/admin', token)).toBe(401)
    await provider.close()
    expect(await statuses()).toStrictEqual([401, 401])
    expect(await statusOf('/admin', token)).toBe(401)
  })

  it('ends with the login it came from, as another token of the same user does not', async () => {
    const { provider, statusOf } = await protectedApi({ '/admin': { maxRevocationLag: '0s' } })
    const [first, second] = [await provider.userTokens('ada'), await provider.userTokens('ada')]
    await provider.revoke(first.refreshToken)
    expect(await statusOf('/admin', first.accessToken)).toBe(401)
    expect(await statusOf('/admin', second.accessToken)).toBe(200)
  })
})

describe('an outage of oidc-provider', () => {
  it('is a 503 with Retry-After wherever it would have been asked, and over within a second of its return', async () => {
    const { provider, get, statusOf, events } = await protectedApi({
      '/admin': { maxRevocationLag: '0s' },
      '/orders': {},
    })
    const token = await provider.clientToken()
    expect([await statusOf('/admin', token), await statusOf('/orders', token)]).toStrictEqual([200, 200])
    await provider.close()
    for (let i = 0; i < 40; i++) {
      const response = await get('/admin', token)
      expect([response.status, response.headers.get('retry-after')]).toStrictEqual([503, '1'])
      expect(response.headers.get('www-authenticate')).toBeNull()
      await sleep(25)
    }
    expect(await statusOf('/orders', token)).toBe(200)
    expect(events.find(({ type }) => type === 'live-check-failed')).toMatchObject({ reason: 'connection-failed' })
    await provider.reopen()
    const backAt = performance.now()
    await expect.poll(() => statusOf('/admin', token), { interval: 10, timeout: 5_000 }).toBe(200)
    expect(performance.now() - backAt).toBeLessThan(1_000)
  })

  it('relaxes a route that has a bound for it, which its evidence and its event say', async () => {
    const relaxing = { maxRevocationLag: '0s', maxRevocationLagDuringOutage: '2s' } as const
    const { provider, get, statusOf, events } = await protectedApi({ '/admin': relaxing })
    const token = await provider.clientToken()
    const never = await provider.clientToken()
    expect(await statusOf('/admin', token)).toBe(200)
    await provider.close()
    const outageAt = performance.now()
    expect(await (await get('/admin', token)).json()).toMatchObject({
      evidence: { source: 'cached-answer', relaxed: true },
    })
    expect(events.at(-1)).toMatchObject({ type: 'request-granted', route: '/admin', evidence: { relaxed: true } })
    // Of this one nothing is known that could be relaxed.
    expect(await statusOf('/admin', never)).toBe(503)
    await expect.poll(() => statusOf('/admin', token), { timeout: 5_000 }).toBe(503)
    expect(performance.now() - outageAt).toBeLessThan(3_000)
    await provider.reopen()
    await expect.poll(() => statusOf('/admin', token)).toBe(200)
  })
})
