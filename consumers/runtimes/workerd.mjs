// Bundles the Worker with the conditions of workerd, runs it there, and calls it.
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
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
const request = { sub: 'u1', scopes: ['orders/read'] }

/** A pool, and a Worker that takes its tokens. */
async function startWorker(settings) {
  const pool = await fakeCognito({ clients: ['web'], resourceServers: { orders: ['read'] } })
  const { url } = await pool.serve()
  const workerd = new Miniflare({
    modules: true,
    script: bundle.outputFiles[0].text,
    bindings: { userPoolId: pool.userPoolId, endpoint: url, ...settings },
    compatibilityDate: '2026-07-01',
    cf: false,
  })
  return {
    pool,
    async call(token) {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
      const response = await workerd.dispatchFetch('http://api.example/orders', { headers })
      const challenge = response.headers.get('www-authenticate')
      return { status: response.status, challenge, body: await response.text() }
    },
    async stop() {
      await workerd.dispose()
      await pool.close()
    },
  }
}

async function decides() {
  const { pool, call, stop } = await startWorker({})
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
  await stop()
}

/**
 * workerd stops what a request began once that request is answered: a refresh in the background never ends there, and
 * neither does a promise of it. Nobody may wait for it, and the next one must come through.
 */
async function outlivesStoppedRefreshes() {
  const { pool, call, stop } = await startWorker({ refreshAfter: '1s', timeout: '500ms' })
  const old = await pool.accessToken(request)
  assert.equal((await call(old)).status, 200)
  await pause(1_100)
  pool.jwks.slow('400ms')
  assert.equal((await call(old)).status, 200)
  assert.equal(pool.jwks.hits, 2)
  // A token of a new key would join the refresh that was stopped.
  await pool.rotateKeys({ keepOld: false })
  assert.equal((await call(await pool.accessToken(request))).status, 200)
  assert.match((await call(old)).body, /unknown-key/)

  // The same, with nobody who asks for a new key: the old one has to die all the same.
  const second = await pool.accessToken(request)
  await pause(1_100)
  assert.equal((await call(second)).status, 200)
  await pool.rotateKeys({ keepOld: false })
  await pause(1_000)
  await call(second)
  assert.equal((await call(second)).status, 401)
  await stop()
}

await decides()
await outlivesStoppedRefreshes()
