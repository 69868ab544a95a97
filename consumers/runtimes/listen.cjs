// Listens through msw 3, which needs Node 22: under Node 20 that is said, and the other doors are open.
const assert = require('node:assert/strict')

/** The release of msw that runs there, and the doors that need none. */
const told = (error) => ['msw 2 from 2.12 on', 'serve()', 'fetch'].every((text) => error.message.includes(text))

module.exports = async function listen({ fakeCognito }, { mswHandlers }) {
  const isOld = Number(process.versions.node.split('.')[0]) < 22
  const pool = await fakeCognito()
  if (isOld) {
    await assert.rejects(pool.listen(), told)
    await assert.rejects(pool.listen(), told)
    assert.throws(() => mswHandlers(pool), told)
  } else {
    await pool.listen()
    assert.equal((await fetch(pool.jwks.url)).status, 200)
    assert.equal(mswHandlers(pool).length, 1)
  }
  const { url } = await pool.serve()
  assert.equal((await fetch(url + new URL(pool.jwks.url).pathname)).status, 200)
  assert.equal((await pool.fetch(pool.jwks.url)).status, 200)
  assert.equal(pool.jwks.hits, isOld ? 2 : 3)
  await pool.close()
}
