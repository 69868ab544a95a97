import { NextRequest } from 'next/server.js'
import { describe, expect, it } from 'vitest'
import { createNextAuth, definePolicy, namedCookie, type ProxyRule } from '../src/index.js'
import { createProxy } from '../src/proxy.js'
import { routeRequest, type RouteRequestOptions } from '../src/testing.js'
import { CROSS_SITE, orders, SAME_ORIGIN } from './support/orders.js'

const tokenCookie = namedCookie('__Host-at')

async function fence(rules: readonly ProxyRule[], options: object = {}) {
  const app = await orders({ tokenCookie })
  const proxy = app.auth.createProxy({ rules, ...options })
  return {
    ...app,
    proxy,
    send: (path: string, request: RouteRequestOptions = {}) => proxy(routeRequest(path, request)),
  }
}

const isPassed = (response: Response) => response.headers.get('x-middleware-next') === '1'

/** Headers as the handler would see them; Next.js is told in this form. */
function headersBehind(response: Response): readonly string[] {
  return (response.headers.get('x-middleware-override-headers') ?? '').split(',').filter((name) => name !== '')
}

describe('a rule for an API', () => {
  it('answers with the challenge, and lets pass what may enter', async () => {
    const { pool, send } = await fence([{ path: '/api', policy: { scopes: ['orders/read'] } }])
    const nobody = await send('/api/orders')
    expect(nobody.status).toBe(401)
    expect(nobody.headers.get('www-authenticate')).toBe('Bearer realm="orders"')
    expect(nobody.headers.get('cache-control')).toBe('no-store')
    const other = await send('/api/orders', { token: await pool.accessToken({ scopes: ['orders/write'] }) })
    expect([other.status, other.headers.get('www-authenticate')]).toStrictEqual([
      403,
      expect.stringContaining('scope="orders/read"'),
    ])
    expect(isPassed(await send('/api/orders', { token: await pool.accessToken({ scopes: ['orders/read'] }) }))).toBe(
      true,
    )
    expect(isPassed(await send('/elsewhere'))).toBe(true)
  })

  it('takes no cookie, unless it says so', async () => {
    const { pool, send } = await fence([{ path: '/api' }, { path: '/own', acceptCookie: true }])
    const cookies = { '__Host-at': await pool.accessToken() }
    expect((await send('/api', { cookies, headers: SAME_ORIGIN })).status).toBe(401)
    expect(isPassed(await send('/own', { cookies, method: 'POST', headers: SAME_ORIGIN }))).toBe(true)
    expect((await send('/own', { cookies, method: 'POST', headers: CROSS_SITE })).status).toBe(401)
  })

  it("asks nobody about the token: that is the handler's part", async () => {
    const { pool, send } = await fence([{ path: '/admin', policy: { maxRevocationLag: '0s' } }])
    const token = await pool.accessToken({ scopes: ['aws.cognito.signin.user.admin'] })
    await pool.revoke(token)
    expect(isPassed(await send('/admin', { token }))).toBe(true)
    expect(pool.getUser.hits).toBe(0)
  })

  it('is 503 while keys are missing, on pages too', async () => {
    const { pool, send } = await fence([{ path: '/api' }, { path: '/page', onRefused: '/sign-in' }])
    pool.jwks.fail({ status: 503 })
    const token = await pool.accessToken()
    expect((await send('/api', { token })).status).toBe(503)
    expect((await send('/page', { token })).status).toBe(503)
  })
})

describe('a rule for pages', () => {
  it('sends whoever has to sign in there, and takes the cookie', async () => {
    const { pool, send } = await fence([
      { path: '/account', policy: { groups: ['staff'] }, onRefused: '/sign-in?from=account' },
    ])
    const nobody = await send('/account')
    expect([nobody.status, nobody.headers.get('location')]).toStrictEqual([
      307,
      'http://localhost:3000/sign-in?from=account',
    ])
    expect(nobody.headers.get('cache-control')).toBe('no-store')
    const page = async (groups: string[]) =>
      send('/account', { cookies: { '__Host-at': await pool.accessToken({ groups }) } })
    expect(isPassed(await page(['staff']))).toBe(true)
    expect((await page([])).status).toBe(403)
  })

  it('lets a function decide where, for any refusal', async () => {
    const onRefused: ProxyRule['onRefused'] = ({ status, body }, request) =>
      status === 401
        ? `/sign-in?from=${encodeURIComponent(request.nextUrl.pathname)}&${body.acr_values ?? ''}`
        : '/forbidden'
    const { pool, send } = await fence([{ path: '/account', policy: { groups: ['staff'] }, onRefused }])
    expect((await send('/account/a')).headers.get('location')).toContain('/sign-in?from=%2Faccount%2Fa&')
    const other = await send('/account', { token: await pool.accessToken() })
    expect(other.headers.get('location')).toBe('http://localhost:3000/forbidden')
  })

  it('sends nobody from the page to sign in on to itself', async () => {
    const { send } = await fence([{ path: '/', onRefused: '/sign-in' }])
    expect(isPassed(await send('/sign-in?error=1'))).toBe(true)
    expect((await send('/sign-in/more')).status).toBe(307)
  })

  it.each([
    [{ trailingSlash: true }, '/sign-in/'],
    [{ basePath: '/shop' }, '/shop/sign-in'],
    [{ basePath: '/shop', trailingSlash: true }, '/shop/sign-in/'],
    [{ i18n: { locales: ['en', 'de'], defaultLocale: 'en' } }, '/de/sign-in'],
  ])('nor where Next.js, configured with %j, has it at %s', async (nextConfig, path) => {
    const { proxy } = await fence([{ path: '/', onRefused: '/sign-in' }])
    const ask = (asked: string) => proxy(new NextRequest(`http://localhost:3000${asked}`, { nextConfig }))
    expect(isPassed(await ask(path))).toBe(true)
    const elsewhere = await ask(path.replace('sign-in', 'account'))
    expect(new URL(elsewhere.headers.get('location') ?? '').pathname).toBe(path)
  })

  it('sends a form to no page to sign in on, but its user', async () => {
    const { send } = await fence([{ path: '/account', onRefused: 'https://login.example/start' }])
    for (const method of ['POST', 'PUT', 'DELETE']) expect((await send('/account', { method })).status).toBe(303)
    for (const method of ['GET', 'HEAD']) expect((await send('/account', { method })).status).toBe(307)
  })

  it('takes a cookie that is empty for none', async () => {
    const { send } = await fence([{ path: '/account', onRefused: '/sign-in' }])
    expect((await send('/account', { cookies: { '__Host-at': '' } })).status).toBe(307)
  })

  it('may lead to another host, by its whole address', async () => {
    const { send } = await fence([{ path: '/account', onRefused: 'https://login.example/start' }])
    expect((await send('/account')).headers.get('location')).toBe('https://login.example/start')
  })
})

describe('of several rules', () => {
  it('all that cover a path must let a request pass', async () => {
    const { pool, send } = await fence([
      { path: '/', policy: { scopes: ['orders/read'] } },
      { path: '/admin', policy: { groups: ['admins'] } },
    ])
    const status = async (path: string, groups: string[]) =>
      (await send(path, { token: await pool.accessToken({ scopes: ['orders/read'], groups }) })).status
    expect(await status('/', [])).toBe(200)
    expect(await status('/admin', [])).toBe(403)
    expect(await status('/admin', ['admins'])).toBe(200)
    expect((await send('/admin', { token: await pool.accessToken({ groups: ['admins'] }) })).status).toBe(403)
  })
})

describe('a path', () => {
  it.each([
    '/admin',
    '/admin/',
    '/admin/users',
    '/Admin',
    '//admin',
    '/x/../admin',
    '/./admin',
    '/%61dmin',
    '/%2561dmin',
    '/%252561dmin',
    '/admin%2Fusers',
    '/x%2F..%2Fadmin',
    '/\\admin',
    '/admin.rsc',
    '/admin.segments/_tree.segment.rsc',
    '/admin.json',
    '/_next/data/build-1/admin.json',
    '/_next/data/build-1/admin/users.json',
  ])('that some part may read as /admin, such as %s, is covered by its rule', async (path) => {
    const { proxy } = await fence([{ path: '/admin' }])
    const request = routeRequest('/')
    // Addresses are tidied up by `URL`; the proxy is shown what arrived.
    const nextUrl = Object.assign(request.nextUrl.clone(), {})
    Object.defineProperty(nextUrl, 'pathname', { value: path })
    const arrived = Object.create(request, {
      nextUrl: { value: nextUrl },
      headers: { value: request.headers },
      method: { value: 'GET' },
      url: { value: request.url },
    }) as NextRequest
    expect((await proxy(arrived)).status).toBe(401)
  })

  it('that only begins alike is not', async () => {
    const { send } = await fence([{ path: '/admin' }])
    for (const path of ['/administrators', '/x/admin', '/', '/admin-tools']) {
      expect(isPassed(await send(path)), path).toBe(true)
    }
  })
})

describe('identity', () => {
  const forged = {
    'x-user-id': 'root',
    'x-amzn-oidc-identity': 'root',
    'x-forwarded-user': 'root',
    'x-auth-request-email': 'root@example.com',
    'remote-user': 'root',
    'x-consumer-username': 'root',
    'x-pomerium-jwt-assertion': 'root',
    'x-tokenward-subject': 'root',
    'x-middleware-subrequest': 'proxy:proxy:proxy',
    'x-acme-role-admin': 'yes',
    'x-request-id': 'r1',
  }

  it('by header is dropped from every request that passes, and none is added', async () => {
    const { pool, send } = await fence([{ path: '/api' }], { dropHeaders: ['X-Acme-Role-*'] })
    for (const [path, token] of [
      ['/open', undefined],
      ['/api', await pool.accessToken({ sub: 'whoever-is-calling' })],
    ] as const) {
      const response = await send(path, { headers: forged, ...(token !== undefined && { token }) })
      expect(isPassed(response)).toBe(true)
      const expected = token === undefined ? ['host', 'x-request-id'] : ['authorization', 'host', 'x-request-id']
      expect(headersBehind(response).toSorted()).toStrictEqual(expected)
      expect(JSON.stringify([...response.headers])).not.toContain('whoever-is-calling')
    }
  })

  it('that something trusted in front has set is kept where that is said', async () => {
    const { send } = await fence([{ path: '/api' }], { keepHeaders: ['x-amzn-oidc-*'] })
    expect(headersBehind(await send('/open', { headers: forged }))).toContain('x-amzn-oidc-identity')
  })
})

describe('options', () => {
  it('are checked where the proxy is made', async () => {
    const { auth } = await orders()
    const fails = (options: object, message: string) =>
      expect(() => auth.createProxy(options as never), message).toThrow(message)
    fails({}, 'createProxy.rules must be a list of one or more rules')
    fails({ rules: [] }, 'createProxy.rules must be')
    fails({ rules: [{ path: '/a' }], matcher: ['/a'] }, 'createProxy.matcher is not an option')
    fails({ rules: [{ path: '/a', scopes: [] }] }, 'createProxy.rules[0].scopes is not an option')
    fails({ rules: [{ path: '/a', policy: undefined }] }, 'createProxy.rules[0].policy is undefined')
    fails({ rules: [{ path: '/a', policy: { scopes: [] } }] }, 'policy.scopes')
    fails({ rules: [{ path: '/a', onRefused: '//evil' }] }, 'createProxy.rules[0].onRefused')
    fails({ rules: [{ path: '/a', acceptCookie: true }] }, 'createProxy.rules[0].acceptCookie is true, but')
    for (const path of ['a', '/a/', '/a/:id', '/a/*', '/a b', '//a', '', undefined]) {
      fails({ rules: [{ path: '/ok' }, { path }] }, 'createProxy.rules[1].path')
    }
    fails({ rules: [{ path: '/a' }], dropHeaders: ['a b'] }, 'createProxy.dropHeaders')
    fails({ rules: [{ path: '/a' }], keepHeaders: 'x-a' }, 'createProxy.keepHeaders')
  })

  it('of the whole are checked, too', async () => {
    const { api } = await orders()
    expect(() => createNextAuth(api, { cookie: 'at' } as never)).toThrow('createNextAuth.cookie is not an option')
    expect(() => createNextAuth(api, { tokenCookie: 'at' } as never)).toThrow('createNextAuth.tokenCookie must be')
    expect(() => createNextAuth({} as never)).toThrow('createNextAuth needs what createResourceServer() returns')
    expect(() => createNextAuth(undefined as never)).toThrow('createNextAuth needs')
  })
})

describe('the proxy that stands alone', () => {
  it('does what the other does', async () => {
    const { pool, api } = await orders()
    const proxy = createProxy(api, { rules: [{ path: '/account', onRefused: '/sign-in' }], tokenCookie })
    expect((await proxy(routeRequest('/account'))).status).toBe(307)
    const cookies = { '__Host-at': await pool.accessToken() }
    expect(isPassed(await proxy(routeRequest('/account', { cookies })))).toBe(true)
    expect(() => createProxy(api, { rules: [{ path: '/a' }], cookie: 'at' } as never)).toThrow(
      'createProxy.cookie is not an option',
    )
  })
})

describe('a resource server that is made with the first request', () => {
  it('is made once; a maker that fails is asked again', async () => {
    const { pool, api } = await orders()
    let made = 0
    const auth = createNextAuth(async () => {
      made += 1
      if (made === 1) throw new Error('no settings yet')
      return api
    })
    const policy = definePolicy({ scopes: ['orders/read'] })
    const GET = auth.withAuth(policy, () => new Response('in'))
    expect(made).toBe(0)
    const call = async () =>
      GET(routeRequest('/', { token: await pool.accessToken({ scopes: ['orders/read'] }) }), {
        params: Promise.resolve({}),
      })
    await expect(call()).rejects.toThrow('no settings yet')
    expect((await call()).status).toBe(200)
    expect((await call()).status).toBe(200)
    expect(made).toBe(2)
    expect(() => auth.withAuth({ scopes: [] }, () => new Response())).toThrow('policy.scopes')
  })

  it('must be one', async () => {
    const GET = createNextAuth(() => ({}) as never).withAuth({}, () => new Response())
    await expect(GET(routeRequest('/'), { params: Promise.resolve({}) })).rejects.toThrow('createNextAuth needs')
  })
})
