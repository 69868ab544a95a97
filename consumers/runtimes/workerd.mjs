// Bundles the Worker with the conditions of workerd, runs it there, and calls it.
import assert from 'node:assert/strict'
import { fakeCognito } from '@tokenward/testkit'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'

const bundle = await build({
  entryPoints: ['worker.mjs'],
  bundle: true,
  write: false,
  format: 'esm',
  conditions: ['workerd', 'import'],
})
const pool = await fakeCognito({ clients: ['web'], resourceServers: { orders: ['read'] } })
const { url } = await pool.serve()
const workerd = new Miniflare({
  modules: true,
  script: bundle.outputFiles[0].text,
  bindings: { userPoolId: pool.userPoolId, endpoint: url },
  compatibilityDate: '2026-07-01',
  cf: false,
})
const call = async (token) => {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const response = await workerd.dispatchFetch('http://api.example/orders', { headers })
  return { status: response.status, challenge: response.headers.get('www-authenticate'), body: await response.text() }
}

const request = { sub: 'u1', scopes: ['orders/read'] }
const granted = await Promise.all([1, 2, 3].map(async () => call(await pool.accessToken(request))))
for (const { status, body } of granted) assert.deepEqual({ status, body }, { status: 200, body: 'u1' })
const forged = await call(await pool.forged.wrongKey(request))
assert.equal(forged.status, 401)
assert.match(forged.challenge, /error="invalid_token"/)
assert.match(forged.body, /signature-invalid/)
assert.equal((await call()).challenge, 'Bearer realm="api"')
await pool.rotateKeys()
assert.equal((await call(await pool.accessToken(request))).status, 200)
assert.equal(pool.jwks.hits, 2)

await workerd.dispose()
await pool.close()
