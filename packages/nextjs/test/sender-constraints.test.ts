import { dpopKey, fakeCognito } from '@tokenward/testkit'
import { NextRequest } from 'next/server.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  cognitoUserPool,
  combinePolicies,
  createNextAuth,
  createResourceServer,
  definePolicy,
  dpop,
  metadataHandler,
  namedCookie,
} from '../src/index.js'
import { inRequest, routeContext, routeRequest } from '../src/testing.js'

const PUBLIC_URL = 'https://api.example'

async function bound(basePath = '') {
  const pool = await fakeCognito({ clients: ['web'] })
  const api = createResourceServer({
    issuers: [cognitoUserPool({ userPoolId: pool.userPoolId, clientId: 'web' })],
    senderConstraints: [
      dpop({ publicUrl: `${PUBLIC_URL}${basePath}`, nonce: { secret: 'thirty-two characters, or a few more' } }),
    ],
    resource: `${PUBLIC_URL}/shop`,
    fetch: pool.fetch,
    clock: pool.clock,
  })
  onTestFinished(() => api.close())
  const key = await dpopKey({ clock: pool.clock })
  const token = await pool.accessToken({ sub: 'u1', claims: { cnf: key.cnf } })
  /** A request with a proof that holds the nonce. */
  const request = async (nonce: string | null) => {
    const target = { method: 'GET', url: `${PUBLIC_URL}${basePath}/orders`, accessToken: token }
    const proof = await key.proof({ ...target, ...(nonce !== null && { nonce }) })
    return routeRequest('/orders', { headers: { authorization: `DPoP ${token}`, dpop: proof } })
  }
  return { pool, api, auth: createNextAuth(api, { tokenCookie: namedCookie('at') }), token, request }
}

describe('withAuth', () => {
  it.each([
    ['an answer of its own', () => new Response('mine'), 200],
    ['a redirect, whose headers nobody can change', () => Response.redirect('https://shop.example/'), 302],
  ])('tells a renewed nonce with %s', async (_, answer, status) => {
    const { auth, pool, request } = await bound()
    const GET = auth.withAuth({ senderConstrained: 'required' }, answer)
    const refused = await GET(await request(null), routeContext())
    const nonce = refused.headers.get('dpop-nonce')
    expect(refused.status).toBe(401)
    expect((await GET(await request(nonce), routeContext())).headers.get('dpop-nonce')).toBeNull()
    pool.clock.advance('5m')
    const granted = await GET(await request(nonce), routeContext())
    expect([granted.status, granted.headers.get('dpop-nonce')]).toStrictEqual([status, expect.any(String)])
    expect(granted.headers.get('dpop-nonce')).not.toBe(nonce)
    expect(granted.headers.get('cache-control')).toBe('no-store')
  })
})

describe('a bound token', () => {
  it('is nothing without its proof: in a cookie, in the header, and in server code even with it', async () => {
    const { auth, token, request } = await bound()
    const cookie = { cookies: { at: token } }
    const GET = auth.withAuth({}, () => new Response('in'), { acceptCookie: true })
    expect((await GET(routeRequest('/orders', cookie), routeContext())).status).toBe(401)
    expect((await GET(routeRequest('/orders', { token }), routeContext())).status).toBe(401)
    const first = await GET(await request(null), routeContext())
    const proven = await request(first.headers.get('dpop-nonce'))
    expect((await GET(proven, routeContext())).status).toBe(200)
    const again = await request(first.headers.get('dpop-nonce'))
    for (const each of [routeRequest('/orders', cookie), routeRequest('/orders', { token }), again]) {
      await expect(inRequest(each, () => auth.requireAuth())).rejects.toMatchObject({ status: 401 })
      expect(await inRequest(each, () => auth.currentPrincipal())).toBeUndefined()
    }
  })

  it('passes the proxy, which leaves its proof to the handler', async () => {
    const { auth, request } = await bound()
    const proxy = auth.createProxy({ rules: [{ path: '/orders', policy: { senderConstrained: 'required' } }] })
    const GET = auth.withAuth({ senderConstrained: 'required' }, () => new Response('in'))
    const nonce = (await GET(await request(null), routeContext())).headers.get('dpop-nonce')
    const proven = await request(nonce)
    expect((await proxy(proven)).headers.get('x-middleware-next')).toBe('1')
    expect((await GET(proven, routeContext())).status).toBe(200)
    expect((await GET(proven, routeContext())).status).toBe(401)
  })

  it('passes the proxy below a basePath, of which handlers are not told', async () => {
    const { auth, request } = await bound('/shop')
    const proxy = auth.createProxy({ rules: [{ path: '/orders' }] })
    const GET = auth.withAuth({}, () => new Response('in'))
    const nonce = (await GET(await request(null), routeContext())).headers.get('dpop-nonce')
    const { headers } = await request(nonce)
    const ask = (path: string) =>
      proxy(new NextRequest(`http://localhost:3000${path}`, { headers, nextConfig: { basePath: '/shop' } }))
    expect((await ask('/shop/orders')).headers.get('x-middleware-next')).toBe('1')
    expect((await ask('/shop/orders/7')).status).toBe(401)
    expect((await GET(new NextRequest('http://localhost:3000/orders', { headers }), routeContext())).status).toBe(200)
  })

  it('cannot be demanded in server code, in no form of a policy', async () => {
    const { api, auth } = await bound()
    const required = definePolicy({ senderConstrained: 'required' })
    const policies = [{ senderConstrained: 'required' } as const, required, api.policy(required)]
    for (const policy of [...policies, combinePolicies(definePolicy({}), required)]) {
      await expect(inRequest(routeRequest('/'), () => auth.requireAuth(policy))).rejects.toThrow(
        "policy.senderConstrained cannot be 'required' in server code",
      )
    }
  })
})

describe('metadataHandler', () => {
  it('serves what core says, also of a server that is made with the first request', async () => {
    const { api } = await bound()
    for (const source of [api, async () => api]) {
      const response = await metadataHandler(source)()
      expect(response.headers.get('content-type')).toBe('application/json')
      expect(await response.json()).toMatchObject({
        resource: `${PUBLIC_URL}/shop`,
        dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']),
      })
    }
  })

  it('needs a server, and one that has a resource', async () => {
    expect(() => metadataHandler(7 as never)).toThrow('metadataHandler needs what createResourceServer() returns')
    const issuer = cognitoUserPool({ userPoolId: 'eu-west-1_AbCdEf123', clientId: 'web' })
    const api = createResourceServer({ issuers: [issuer] })
    onTestFinished(() => api.close())
    await expect(metadataHandler(api)()).rejects.toThrow('metadata needs the option resource')
  })
})
