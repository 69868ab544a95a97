import https from 'node:https'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { expect, it, onTestFinished } from 'vitest'
import { fakeCognito } from '../../src/index.js'

async function listeningPool() {
  const pool = await fakeCognito()
  await pool.listen()
  onTestFinished(() => pool.close())
  return pool
}

const jwksOf = (issuer: string) => `${issuer}/.well-known/jwks.json`

it('answers the global fetch on the addresses of AWS', async () => {
  const pool = await listeningPool()
  const response = await fetch(jwksOf(pool.issuer))
  expect(await response.json()).toStrictEqual(pool.publicKeys())
})

it('answers node:https, and a verifier that uses it', async () => {
  const pool = await listeningPool()
  const status = await new Promise((resolve, reject) => {
    https.get(jwksOf(pool.issuer), (response) => resolve(response.resume().statusCode)).on('error', reject)
  })
  expect(status).toBe(200)
  const keys = createRemoteJWKSet(new URL(jwksOf(pool.issuer)))
  await expect(jwtVerify(await pool.accessToken(), keys)).resolves.toBeDefined()
})

it('keeps two pools apart in one process', async () => {
  const [a, b] = [await listeningPool(), await listeningPool()]
  for (const pool of [a, b]) expect(await (await fetch(jwksOf(pool.issuer))).json()).toStrictEqual(pool.publicKeys())
  a.jwks.fail()
  expect([(await fetch(jwksOf(a.issuer))).status, (await fetch(jwksOf(b.issuer))).status]).toStrictEqual([503, 200])
  await a.close()
  expect((await fetch(jwksOf(b.issuer))).status).toBe(200)
})

it('answers 404 where the pool has nothing, rather than asking the internet', async () => {
  const pool = await listeningPool()
  expect((await fetch(`${pool.issuer}/elsewhere`)).status).toBe(404)
})

it('lets other requests through', async () => {
  const pool = await listeningPool()
  const { url } = await pool.serve()
  expect((await fetch(`${url}/${pool.userPoolId}/.well-known/jwks.json`)).status).toBe(200)
})

it('can be called once until it is closed', async () => {
  const pool = await fakeCognito()
  onTestFinished(() => pool.close())
  const door = await pool.listen()
  await expect(pool.listen()).rejects.toThrow('listen() was called before; one call is enough until close()')
  await door.close()
  await (await pool.listen()).close()
})
