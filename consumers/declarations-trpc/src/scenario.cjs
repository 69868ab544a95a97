// Calls a small API over loopback and without HTTP. Shared by both module formats; the packages are handed in, since how
// they are loaded is what differs.
const assert = require('node:assert/strict')

module.exports = async function scenario({ trpc, client, testing, trpcClient, trpcServer, createHTTPServer }) {
  testing.enableTestPrincipals()
  const issuer = trpc.authorizationServer({ issuer: 'https://auth.example', audience: 'https://api.example' })
  const api = trpc.createResourceServer({ issuers: [issuer] })
  const auth = trpc.createAuthPlugin(api)
  const createContext = (opts) => auth.context(opts)
  const t = trpcServer.initTRPC.create({ errorFormatter: trpc.authErrorFormatter })
  const reader = t.procedure.concat(auth.policy({ scopes: ['orders/read'] }))
  const router = t.router({
    list: reader.concat(auth.authenticated).query(({ ctx }) => ctx.principal.subject),
    count: reader.query(async function* () {
      yield 1
      yield 2
    }),
  })

  const reading = testing.createCallerFactory(router)(testing.asPrincipal({ sub: 'u1', scopes: ['orders/read'] }))
  assert.equal(await reading.list(), 'u1')
  const items = []
  for await (const item of await reading.count()) items.push(item)
  assert.deepEqual(items, [1, 2])

  const server = createHTTPServer({ router, createContext, responseMeta: trpc.authResponseMeta })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const url = `http://127.0.0.1:${server.address().port}`
    const anonymous = await fetch(`${url}/list`)
    assert.equal(anonymous.status, 401)
    assert.equal(anonymous.headers.get('www-authenticate'), 'Bearer realm="api"')

    let refreshes = 0
    const links = [
      client.authLink({ refresh: () => (refreshes += 1) }),
      trpcClient.httpBatchLink({ url, headers: { authorization: 'Bearer a.b.c' } }),
    ]
    const calling = trpcClient.createTRPCClient({ links }).list.query()
    const told = await calling.catch((error) => error.data)
    assert.equal(told.auth.error, 'invalid_token')
    assert.equal('stack' in told, false)
    assert.equal(refreshes, 1)
  } finally {
    server.close()
    server.closeAllConnections()
    await api.close()
  }
}
