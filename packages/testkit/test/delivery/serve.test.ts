import { createRemoteJWKSet, jwtVerify } from 'jose'
import { expect, it } from 'vitest'
import { fakeCognito } from '../../src/index.js'

it('answers on a loopback port', async () => {
  const pool = await fakeCognito()
  const { url, close } = await pool.serve()
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  const keys = createRemoteJWKSet(new URL(`${url}/${pool.userPoolId}/.well-known/jwks.json`))
  await expect(jwtVerify(await pool.accessToken(), keys, { issuer: pool.issuer })).resolves.toBeDefined()
  expect(pool.jwks.hits).toBe(1)
  expect((await fetch(`${url}/elsewhere`)).status).toBe(404)
  await close()
  await expect(fetch(url)).rejects.toThrow('fetch failed')
})

it('ends with the pool', async () => {
  const pool = await fakeCognito()
  const [a, b] = [await pool.serve(), await pool.serve()]
  expect(a.url).not.toBe(b.url)
  await pool.close()
  await expect(fetch(a.url)).rejects.toThrow('fetch failed')
  await expect(fetch(b.url)).rejects.toThrow('fetch failed')
})
