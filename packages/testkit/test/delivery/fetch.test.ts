import { expect, it } from 'vitest'
import { fakeCognito } from '../../src/index.js'

const jwksOf = (issuer: string) => `${issuer}/.well-known/jwks.json`

it('answers with the keys, and counts', async () => {
  const pool = await fakeCognito()
  const response = await pool.fetch(jwksOf(pool.issuer))
  expect([response.status, response.headers.get('content-type')]).toStrictEqual([200, 'application/json'])
  expect(await response.json()).toStrictEqual(await pool.publicKeys())
  expect(pool.jwks.hits).toBe(1)
})

it('answers with the discovery document', async () => {
  const pool = await fakeCognito()
  const response = await pool.fetch(`${pool.issuer}/.well-known/openid-configuration`)
  expect(await response.json()).toMatchObject({ issuer: pool.issuer, jwks_uri: jwksOf(pool.issuer) })
})

it('names no introspection endpoint, since Cognito has none', async () => {
  const pool = await fakeCognito()
  const document = await (await pool.fetch(`${pool.issuer}/.well-known/openid-configuration`)).json()
  expect(document).not.toHaveProperty('introspection_endpoint')
})

it('answers 403 on the UPDATED host until the pool has switched', async () => {
  const original = await fakeCognito()
  const updated = await fakeCognito({ issuerType: 'UPDATED' })
  const host = 'https://issuer-cognito-idp.xx-fake-1.amazonaws.com'
  expect((await original.fetch(jwksOf(`${host}/${original.userPoolId}`))).status).toBe(403)
  expect((await updated.fetch(jwksOf(`${host}/${updated.userPoolId}`))).status).toBe(200)
})

it('fails as told, as often as told', async () => {
  const pool = await fakeCognito()
  pool.jwks.fail({ status: 500, times: 2 })
  const statuses = []
  for (let i = 0; i < 3; i++) statuses.push((await pool.fetch(jwksOf(pool.issuer))).status)
  expect(statuses).toStrictEqual([500, 500, 200])
  expect(pool.jwks.hits).toBe(3)
  pool.jwks.fail()
  for (let i = 0; i < 5; i++) expect((await pool.fetch(jwksOf(pool.issuer))).status).toBe(503)
  pool.jwks.recover()
  expect((await pool.fetch(jwksOf(pool.issuer))).status).toBe(200)
})

it('says what it does not reach', async () => {
  const pool = await fakeCognito()
  await expect(pool.fetch('https://elsewhere.example/x')).rejects.toThrow(
    'fakeCognito: nothing answers GET https://elsewhere.example/x; this fetch reaches the fake pool only',
  )
  await expect(pool.fetch(jwksOf(pool.issuer), { method: 'POST' })).rejects.toThrow('nothing answers POST')
})
