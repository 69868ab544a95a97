import https from 'node:https'
import { connect } from 'node:net'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { fakeAuthorizationServer, fakeCognito } from '../../src/index.js'

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

it.each(['fakeCognito', 'fakeAuthorizationServer'] as const)('says where nothing is: %s', async (maker) => {
  await using fake = await (maker === 'fakeCognito' ? fakeCognito() : fakeAuthorizationServer())
  const noun = maker === 'fakeCognito' ? 'pool' : 'server'
  const { url } = await fake.serve()
  for (const [method, path] of [
    ['GET', '/elsewhere?a=1'],
    ['POST', new URL(fake.jwks.url).pathname],
  ] as const) {
    const response = await fetch(`${url}${path}`, { method })
    expect([response.status, response.headers.get('content-type'), await response.json()]).toStrictEqual([
      404,
      'application/json',
      {
        message: `${maker}: nothing answers ${method} ${url}${path}; the addresses of the fake ${noun} are ${noun}.jwks.url, ${noun}.metadata.url and those of its other endpoints, and at a port their paths`,
      },
    ])
  }
  expect(fake.jwks.hits).toBe(0)
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

/** The body of an answer over TLS, to a client that trusts the authority. */
function getTrusting(ca: string | undefined, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    https
      .get(url, { ...(ca !== undefined && { ca }), agent: false }, async (response) => {
        let text = ''
        for await (const chunk of response) text += chunk
        resolve(text)
      })
      .on('error', reject)
  })
}

describe('over TLS', () => {
  it('is trusted by whoever trusts its throw-away authority, and by nobody else', async () => {
    await using pool = await fakeCognito()
    const { url, certificateAuthority } = await pool.serve({ https: true })
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    const path = `/${pool.userPoolId}/.well-known/jwks.json`
    for (const origin of [url, url.replace('127.0.0.1', 'localhost')]) {
      expect(JSON.parse(await getTrusting(certificateAuthority, `${origin}${path}`))).toStrictEqual(
        await pool.publicKeys(),
      )
    }
    await expect(getTrusting(undefined, `${url}${path}`)).rejects.toThrow(/certificate/)
    const another = await pool.serve({ https: true })
    await expect(getTrusting(another.certificateAuthority, `${url}${path}`)).rejects.toThrow(/certificate/)
  })

  it('serves an authorization server under an issuer of its own', async () => {
    await using server = await fakeAuthorizationServer({ served: 'https' })
    const { url, certificateAuthority } = await server.serve()
    expect(url).toBe(server.issuer)
    const metadata = await getTrusting(certificateAuthority, `${url}/.well-known/oauth-authorization-server`)
    expect(JSON.parse(metadata)).toMatchObject({ issuer: url, introspection_endpoint: expect.stringContaining(url) })
    expect((await server.serve({ https: true })).url).toBe(url)
    await expect(server.serve({ https: false })).rejects.toThrow("say served: 'https'")
  })

  it('is asked for in one way', async () => {
    await using pool = await fakeCognito()
    expect((await pool.serve()).certificateAuthority).toBeUndefined()
    await expect(pool.serve({ tls: true } as never)).rejects.toThrow('serve knows no tls; it takes https')
    await expect(pool.serve({ https: 'yes' as never })).rejects.toThrow('serve takes https as true or false')
    await expect(fakeAuthorizationServer({ served: 'http' as never })).rejects.toThrow("true, false or 'https'")
  })
})

it('ends with the block that uses it', async () => {
  let url: string
  const pool = await fakeCognito()
  {
    await using served = await pool.serve()
    url = served.url
    expect((await fetch(url)).status).toBe(404)
  }
  await expect(fetch(url)).rejects.toThrow('fetch failed')
  {
    await using closing = pool
    expect(closing.accessToken).toBeDefined()
  }
  await expect(pool.accessToken()).rejects.toThrow('the pool was closed')
})
