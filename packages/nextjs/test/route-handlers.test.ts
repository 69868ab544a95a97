import { describe, expect, it } from 'vitest'
import { NextResponse } from 'next/server.js'
import { z } from 'zod'
import { createNextAuth, definePolicy, namedCookie, type Principal } from '../src/index.js'
import { asPrincipal, routeContext, routeRequest, type RouteRequestOptions } from '../src/testing.js'
import { CROSS_SITE, orders, SAME_ORIGIN } from './support/orders.js'

const subject = (_request: unknown, { principal }: { readonly principal: Principal<unknown> | undefined }) =>
  new Response(principal?.subject ?? 'nobody')

describe('withAuth', () => {
  it('tells the handler who calls, and hands it the request and the context', async () => {
    const { pool, auth } = await orders()
    const GET = auth.withAuth(
      { scopes: ['orders/read'] },
      async (request, { principal }, { params }: { params: Promise<{ id: string }> }) =>
        Response.json({ path: request.nextUrl.pathname, subject: principal.subject, ...(await params) }),
    )
    const token = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] })
    const response = await GET(routeRequest('/orders/7', { token }), routeContext({ id: '7' }))
    expect(await response.json()).toStrictEqual({ path: '/orders/7', subject: 'u1', id: '7' })
  })

  it('answers with the challenge and the body of core, which no cache may keep', async () => {
    const { pool, auth } = await orders()
    const GET = auth.withAuth({ scopes: ['orders/write'] }, subject)
    const token = await pool.accessToken({ scopes: ['orders/read'] })
    const response = await GET(routeRequest('/orders', { token }), routeContext())
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toContain('error="insufficient_scope"')
    expect(response.headers.get('www-authenticate')).toContain('scope="orders/write"')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toMatchObject({ error: 'insufficient_scope' })
  })

  it('is 503 with Retry-After while the token cannot be checked', async () => {
    const { pool, auth } = await orders()
    pool.jwks.fail({ status: 503 })
    const GET = auth.withAuth({}, subject)
    const response = await GET(routeRequest('/orders', { token: await pool.accessToken() }), routeContext())
    expect([response.status, response.headers.get('retry-after')]).toStrictEqual([503, '1'])
  })

  it('types and hands over the claims that a schema has read', async () => {
    const { pool, auth } = await orders()
    const ofTenant = definePolicy({ claims: z.object({ 'custom:tenant': z.string() }) })
    const GET = auth.withAuth(ofTenant, (_request, { principal }) => new Response(principal.claims['custom:tenant']))
    const request = routeRequest('/', { token: await pool.accessToken({ claims: { 'custom:tenant': 'acme' } }) })
    expect(await (await GET(request, routeContext())).text()).toBe('acme')
  })

  it('hands what was taken from the path to the functions of a policy', async () => {
    const asked: unknown[] = []
    const api = asPrincipal(
      { sub: 'u1' },
      {
        decisionPoint: {
          decide: ({ resource }) => {
            asked.push(resource)
            return { decision: 'permit' }
          },
        },
      },
    )
    const GET = createNextAuth(api).withAuth(
      { action: 'read', resource: ({ request }) => ({ type: 'Order', id: String(request?.params?.['id']) }) },
      subject,
    )
    expect((await GET(routeRequest('/orders/7'), routeContext({ id: '7' }))).status).toBe(200)
    expect(asked).toMatchObject([{ type: 'Order', id: '7' }])
  })

  it('checks the policy when the route is defined, against the issuers as well', async () => {
    const { auth } = await orders()
    expect(() => auth.withAuth({ scopes: [] }, subject)).toThrow('policy.scopes')
    expect(() => auth.withAuth({ issuers: ['https://other.example'] }, subject)).toThrow('policy.issuers names')
    expect(() => auth.withAuth({ scope: ['orders/read'] } as never, subject)).toThrow('policy.scope is not an option')
    expect(() => auth.withAuth(undefined as never, subject)).toThrow('policy is undefined')
  })

  it('checks that there is a handler, too, and not when the first user is let in', async () => {
    const { auth } = await orders()
    for (const name of ['withAuth', 'withOptionalAuth', 'withAuthApi'] as const) {
      const protect = auth[name] as (...given: readonly unknown[]) => unknown
      for (const given of [[{}], [subject], [subject, {}], [{}, { GET: subject }]]) {
        expect(() => protect(...given)).toThrow(`${name} takes a policy and then a handler, which is a function`)
      }
    }
  })

  it('hands over a grant that can be watched', async () => {
    const { pool, api, auth } = await orders()
    const GET = auth.withAuth({}, async (_request, granted) => {
      const watch = api.watch(granted)
      const ended = await watch.beforeMessage()
      watch.stop()
      return new Response(ended === undefined ? 'watched' : 'ended')
    })
    const response = await GET(routeRequest('/', { token: await pool.accessToken() }), routeContext())
    expect(await response.text()).toBe('watched')
  })

  it('leaves errors of the handler alone', async () => {
    const { pool, auth } = await orders()
    const GET = auth.withAuth({}, () => {
      throw new Error('of the handler')
    })
    const request = routeRequest('/', { token: await pool.accessToken() })
    await expect(GET(request, routeContext())).rejects.toThrow('of the handler')
  })
})

describe('withOptionalAuth', () => {
  it('lets a request without credentials in, and no other that does not meet the policy', async () => {
    const { pool, auth } = await orders()
    const GET = auth.withOptionalAuth({ scopes: ['orders/read'] }, subject)
    const status = async (token?: string) =>
      (await GET(routeRequest('/', token === undefined ? {} : { token }), routeContext())).status
    expect(await (await GET(routeRequest('/'), routeContext())).text()).toBe('nobody')
    expect(await status(await pool.accessToken({ scopes: ['orders/read'] }))).toBe(200)
    expect(await status(await pool.accessToken({ scopes: ['orders/write'] }))).toBe(403)
    expect(await status(await pool.forged.wrongKey({ scopes: ['orders/read'] }))).toBe(401)
  })
})

describe('a cookie', () => {
  const tokenCookie = namedCookie('__Host-at')

  it('is no credentials where nobody has asked for it', async () => {
    const { pool, auth } = await orders({ tokenCookie })
    const request = routeRequest('/', { cookies: { '__Host-at': await pool.accessToken() }, headers: SAME_ORIGIN })
    const response = await auth.withAuth({}, subject)(request, routeContext())
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="orders"')
  })

  it('is taken with safe methods from anywhere, and with others from this host alone', async () => {
    const { pool, auth } = await orders({ tokenCookie })
    const handler = auth.withAuth({}, subject, { acceptCookie: true })
    const cookies = { '__Host-at': await pool.accessToken() }
    const status = async (method: string, headers: Record<string, string> = {}) =>
      (await handler(routeRequest('/', { method, cookies, headers }), routeContext())).status
    for (const method of ['GET', 'HEAD', 'OPTIONS']) expect(await status(method, CROSS_SITE), method).toBe(200)
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
      expect(await status(method, SAME_ORIGIN), method).toBe(200)
      expect(await status(method, CROSS_SITE), method).toBe(401)
      expect(await status(method), method).toBe(401)
    }
    expect(await status('POST', { ...CROSS_SITE, 'x-http-method-override': 'GET' })).toBe(401)
  })

  it('that is empty, as some leave behind who delete one, is none', async () => {
    const { auth } = await orders({ tokenCookie })
    const request = () => routeRequest('/', { cookies: { '__Host-at': '' } })
    const response = await auth.withAuth({}, subject, { acceptCookie: true })(request(), routeContext())
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="orders"')
    const optional = auth.withOptionalAuth({}, subject, { acceptCookie: true })
    expect(await (await optional(request(), routeContext())).text()).toBe('nobody')
  })

  it('lets somebody see what no cache keeps for others, unless the handler says otherwise', async () => {
    const { pool, auth } = await orders({ tokenCookie })
    const token = await pool.accessToken({ sub: 'u1' })
    const cached = async (answer: () => Response | Promise<Response>, request: RouteRequestOptions) => {
      const handler = auth.withOptionalAuth({}, answer, { acceptCookie: true })
      const response = await handler(routeRequest('/', request), routeContext())
      return response.headers.get('cache-control')
    }
    const byCookie = { cookies: { '__Host-at': token } }
    expect(await cached(() => new Response('of u1'), byCookie)).toBe('no-store')
    expect(await cached(() => Response.redirect('https://orders.example/'), byCookie)).toBe('no-store')
    expect(await cached(() => fetch('data:text/plain,of%20u1'), byCookie)).toBe('no-store')
    const chosen = () => new Response('of u1', { headers: { 'cache-control': 'private, max-age=60' } })
    expect(await cached(chosen, byCookie)).toBe('private, max-age=60')
    expect(await cached(() => new Response('of u1'), { token })).toBeNull()
    expect(await cached(() => new Response('of anybody'), {})).toBeNull()
  })

  it('leaves the answer of the handler as it is', async () => {
    const { pool, auth } = await orders({ tokenCookie })
    const stream = new Blob(['first ', 'second']).stream()
    const answer = () => {
      const response = new NextResponse(stream, { status: 201, headers: { 'x-a': '1' } })
      response.cookies.set('a', '1')
      response.cookies.set('b', '2')
      return response
    }
    const handler = auth.withAuth({}, answer, { acceptCookie: true })
    const request = routeRequest('/', { cookies: { '__Host-at': await pool.accessToken() } })
    const response = await handler(request, routeContext())
    expect([response.status, response.headers.get('x-a')]).toStrictEqual([201, '1'])
    expect(response.headers.getSetCookie()).toStrictEqual(['a=1; Path=/', 'b=2; Path=/'])
    expect(await response.text()).toBe('first second')
  })

  it('is not looked at beside a bearer token, good or bad', async () => {
    const { pool, auth } = await orders({ tokenCookie })
    const handler = auth.withAuth({}, subject, { acceptCookie: true })
    const cookies = { '__Host-at': await pool.accessToken({ sub: 'of-the-cookie' }) }
    const call = async (token: string) => handler(routeRequest('/', { token, cookies }), routeContext())
    expect(await (await call(await pool.accessToken({ sub: 'of-the-header' }))).text()).toBe('of-the-header')
    expect((await call(await pool.forged.expired())).status).toBe(401)
    expect((await call('no token at all')).status).toBe(400)
  })

  it('is looked at beside another scheme, as a test system may ask for', async () => {
    const { pool, auth } = await orders({ tokenCookie })
    const cookies = { '__Host-at': await pool.accessToken({ sub: 'u1' }) }
    const request = routeRequest('/', { cookies, headers: { authorization: 'Basic dTpw' } })
    const response = await auth.withAuth({}, subject, { acceptCookie: true })(request, routeContext())
    expect(await response.text()).toBe('u1')
  })

  it('that comes twice with different values is no token', async () => {
    const { pool, auth } = await orders({ tokenCookie })
    const [mine, theirs] = [await pool.accessToken({ sub: 'mine' }), await pool.accessToken({ sub: 'theirs' })]
    const handler = auth.withAuth({}, subject, { acceptCookie: true })
    for (const [first, second, expected] of [
      [mine, theirs, 400],
      [theirs, mine, 400],
      [mine, mine, 200],
    ] as const) {
      const request = routeRequest('/', { headers: { cookie: `__Host-at=${first}; __Host-at=${second}` } })
      expect((await handler(request, routeContext())).status).toBe(expected)
    }
  })

  it('may come from a library that keeps sessions', async () => {
    const { pool, auth } = await orders({
      tokenCookie: async (cookies) => (cookies.get('session') === undefined ? null : token),
    })
    const token = await pool.accessToken({ sub: 'u1' })
    const handler = auth.withAuth({}, subject, { acceptCookie: true })
    const signedIn = await handler(routeRequest('/', { cookies: { session: 's1' } }), routeContext())
    expect(await signedIn.text()).toBe('u1')
    expect((await handler(routeRequest('/'), routeContext())).status).toBe(401)
  })

  it('that is not named is an error where it is asked for', async () => {
    const { auth } = await orders()
    expect(() => auth.withAuth({}, subject, { acceptCookie: true })).toThrow(
      'withAuth.acceptCookie is true, but no tokenCookie says which cookie holds the token',
    )
  })
})
