import { connect } from 'node:net'
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

it('answers 404 to odd request targets', async () => {
  const pool = await fakeCognito()
  const { url, close } = await pool.serve()
  for (const path of ['//', '//evil.example/x', '/%', '/a b']) {
    const status = await new Promise((resolve, reject) => {
      const { hostname, port } = new URL(url)
      const socket = connect(Number(port), hostname, () =>
        socket.write(`GET ${path.replace(' ', '%20')} HTTP/1.1\r\nhost: x\r\n\r\n`),
      )
      socket.on('data', (data) => resolve(/^HTTP\/1\.1 (\d+)/.exec(data.toString())?.[1]))
      socket.on('error', reject)
    })
    expect(status).toBe('404')
  }
  await close()
})

it('ends with the pool', async () => {
  const pool = await fakeCognito()
  const [a, b] = [await pool.serve(), await pool.serve()]
  expect(a.url).not.toBe(b.url)
  await pool.close()
  await expect(fetch(a.url)).rejects.toThrow('fetch failed')
  await expect(fetch(b.url)).rejects.toThrow('fetch failed')
})

it('may be closed more than once, before or after its pool', async () => {
  const pool = await fakeCognito()
  const { close } = await pool.serve()
  await close()
  await pool.close()
  await expect(close()).resolves.toBeUndefined()
})
