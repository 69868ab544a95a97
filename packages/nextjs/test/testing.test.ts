import { describe, expect, it } from 'vitest'
import { createNextAuth, namedCookie } from '../src/index.js'
import {
  asPrincipal,
  assertMatcherCovers,
  inRequest,
  type MatcherConfig,
  routeContext,
  routeRequest,
} from '../src/testing.js'

const api = () => asPrincipal({ sub: 'u1', scopes: ['orders/read'] })
const proxyFor = (...paths: readonly string[]) =>
  createNextAuth(api()).createProxy({ rules: paths.map((path) => ({ path })) })

describe('assertMatcherCovers', () => {
  it.each<[paths: readonly string[], matcher: MatcherConfig['matcher']]>([
    [['/'], undefined],
    [['/'], '/:path*'],
    [['/'], ['/', '/(.*)']],
    [['/admin'], '/admin/:path*'],
    [['/admin'], ['/admin', '/admin/:path*']],
    [
      ['/admin', '/api/orders'],
      ['/admin/:path*', '/api/:path*'],
    ],
    [['/admin'], '/:path*'],
    [['/admin'], '/((?!api|_next/static|favicon.ico).*)'],
    [['/admin'], [{ source: '/admin/:path*', has: [] }, '/admin/:path*']],
  ])('says nothing where rules for %j have the matcher %j', async (paths, matcher) => {
    await assertMatcherCovers(proxyFor(...paths), matcher === undefined ? {} : { matcher })
  })

  it.each<[paths: readonly string[], matcher: NonNullable<MatcherConfig['matcher']>, leftOut: string]>([
    [['/admin'], '/admin', '/admin/a'],
    [['/admin'], '/admin/:id', '/admin,'],
    [['/admin', '/account'], ['/admin/:path*'], '/account'],
    [['/admin'], '/administrators/:path*', '/admin'],
    [['/'], '/((?!api|_next/static).*)', '/api'],
    [['/api'], '/((?!api|_next/static).*)', '/api'],
    [['/admin'], String.raw`/((?!.*\.png$).*)`, '.png'],
    [['/admin'], '/((?!.*[.]csv).*)', 'csv'],
    [['/admin'], '/((?!admin/public).*)', '/admin/public'],
    [['/admin'], '/admin/:a?/:b?/:c?', '/admin/a/b/c/d'],
    [['/admin'], ['/admin', '/admin/(.{0,40})'], 'aaa'],
    [['/admin'], ['/admin', String.raw`/admin/([\w./]*)`], '2026-01-31'],
    [['/admin'], ['/admin', String.raw`/admin/([\w./~-]*)`], 'a@b'],
    [['/admin'], ['/admin', String.raw`/admin/((?!\d{3}).*)`], '/admin/123'],
    [['/admin'], ['/admin', String.raw`/admin/((?!\d{4}-).*)`], '/admin/2026-01-31'],
    [['/admin'], ['/admin', '/admin/((?!.*%).*)'], '%C3%A4'],
    [['/admin'], [{ source: '/admin/:path*', missing: [{ type: 'header', key: 'next-router-prefetch' }] }], '/admin'],
    [['/admin'], [{ source: '/admin/:path*', has: [{ type: 'header', key: 'x-a' }] }], '/admin'],
  ])('names what is left out of rules for %j by the matcher %j', async (paths, matcher, leftOut) => {
    await expect(assertMatcherCovers(proxyFor(...paths), { matcher })).rejects.toThrow(leftOut)
  })

  it('knows basePath and locales', async () => {
    const i18n = { locales: ['en', 'de'], defaultLocale: 'en' }
    await assertMatcherCovers(proxyFor('/admin'), { matcher: '/admin/:path*' }, { i18n, basePath: '/shop' })
    await expect(
      assertMatcherCovers(proxyFor('/admin'), { matcher: [{ source: '/en/admin/:path*', locale: false }] }, { i18n }),
    ).rejects.toThrow('/de/admin')
  })

  it('takes what createProxy returned', async () => {
    await expect(assertMatcherCovers(async () => new Response(), { matcher: '/' })).rejects.toThrow(TypeError)
  })
})

describe('asPrincipal', () => {
  it('lets handlers, server code and the proxy be tested without a token', async () => {
    const auth = createNextAuth(api(), { tokenCookie: namedCookie('at') })
    const GET = auth.withAuth({ scopes: ['orders/read'] }, (_request, { principal }) => new Response(principal.subject))
    expect(await (await GET(routeRequest('/orders'), routeContext())).text()).toBe('u1')
    expect((await inRequest(routeRequest('/'), () => auth.requireAuth({ scopes: ['orders/read'] }))).subject).toBe('u1')
    const DELETE = auth.withAuth({ scopes: ['orders/write'] }, () => new Response())
    expect((await DELETE(routeRequest('/orders', { method: 'DELETE' }), routeContext())).status).toBe(403)
    expect((await auth.createProxy({ rules: [{ path: '/' }] })(routeRequest('/'))).status).toBe(200)
  })
})

describe('routeRequest', () => {
  it('builds what a route handler gets', async () => {
    const request = routeRequest('https://orders.example/orders?page=2', {
      method: 'POST',
      token: 'token',
      cookies: { 'a b': 'ü' },
      headers: { 'x-a': '1' },
      body: { id: 7 },
    })
    expect([request.method, request.nextUrl.searchParams.get('page')]).toStrictEqual(['POST', '2'])
    expect(request.headers.get('authorization')).toBe('Bearer token')
    expect(request.headers.get('host')).toBe('orders.example')
    expect(request.headers.get('cookie')).toBe('a%20b=%C3%BC')
    expect(await request.json()).toStrictEqual({ id: 7 })
    expect(await routeRequest('/', { method: 'POST', body: 'text' }).text()).toBe('text')
  })
})
