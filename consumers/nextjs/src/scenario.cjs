const assert = require('node:assert/strict')

/** What an application without a bundler does with the package, as its tests do, in one module format. */
exports.scenario = async function scenario({ nextjs, proxyEntry, testing }) {
  testing.enableTestPrincipals()
  const api = testing.asPrincipal({ sub: 'ann', scopes: ['orders/read'] })
  const auth = nextjs.createNextAuth(api)

  const GET = auth.withAuth({ scopes: ['orders/read'] }, (_request, { principal }) => new Response(principal.subject))
  const granted = await GET(testing.routeRequest('/orders'), testing.routeContext())
  assert.equal(await granted.text(), 'ann')
  const DELETE = auth.withAuth({ scopes: ['orders/write'] }, () => new Response())
  const refused = await DELETE(testing.routeRequest('/orders', { method: 'DELETE' }), testing.routeContext())
  assert.equal(refused.status, 403)
  assert.match(refused.headers.get('www-authenticate'), /scope="orders\/write"/)

  const principal = await testing.inRequest(testing.routeRequest('/'), () =>
    auth.requireAuth({ scopes: ['orders/read'] }),
  )
  assert.equal(principal.subject, 'ann')
  await assert.rejects(
    testing.inRequest(testing.routeRequest('/'), () => auth.requireAuth({ groups: ['staff'] })),
    nextjs.TokenRefusedError,
  )
  const lost = testing.inRequest(testing.routeRequest('/'), () =>
    auth.requireAuth({ groups: ['staff'] }, { onRefused: () => '/sign-in' }),
  )
  await assert.rejects(lost, ({ digest }) => digest.startsWith('NEXT_REDIRECT;replace;/sign-in'))

  const proxy = proxyEntry.createProxy(api, { rules: [{ path: '/admin', policy: { groups: ['staff'] } }] })
  assert.equal((await proxy(testing.routeRequest('/admin'))).status, 403)
  assert.equal((await proxy(testing.routeRequest('/orders'))).headers.get('x-middleware-next'), '1')
  await testing.assertMatcherCovers(proxy, { matcher: '/admin/:path*' })
  await assert.rejects(testing.assertMatcherCovers(proxy, { matcher: '/admin' }), /leaves out/)
}
