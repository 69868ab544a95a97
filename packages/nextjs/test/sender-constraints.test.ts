import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { certificateAuthority, dpopKey, fakeCognito } from '@tokenward/testkit'
import { apiResolver } from 'next/dist/server/api-utils/node/api-resolver.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  certificateBound,
  cognitoUserPool,
  createNextAuth,
  createResourceServer,
  dpop,
  metadataHandler,
  namedCookie,
} from '../src/index.js'
import { routeContext, routeRequest } from '../src/testing.js'

const PUBLIC_URL = 'https://api.example'

async function bound() {
  const pool = await fakeCognito({ clients: ['web'] })
  const api = createResourceServer({
    issuers: [cognitoUserPool({ userPoolId: pool.userPoolId, clientId: 'web' })],
    senderConstraints: [dpop({ publicUrl: PUBLIC_URL, nonce: { secret: 'thirty-two characters, or a few more' } })],
    resource: `${PUBLIC_URL}/shop`,
    fetch: pool.fetch,
    clock: pool.clock,
  })
  onTestFinished(() => api.close())
  const key = await dpopKey({ clock: pool.clock })
  const token = await pool.accessToken({ sub: 'u1', claims: { cnf: key.cnf } })
  /** A request with a proof that holds the nonce. */
  const request = async (nonce: string | null) => {
    const target = { method: 'GET', url: `${PUBLIC_URL}/orders`, accessToken: token }
    const proof = await key.proof({ ...target, ...(nonce !== null && { nonce }) })
    return routeRequest('/orders', { headers: { authorization: `DPoP ${token}`, dpop: proof } })
  }
  return { pool, api, auth: createNextAuth(api), request }
}

describe('withAuth', () => {
  it.each([
    ['an answer of its own', () => new Response('mine'), 200],
    ['a redirect, whose headers nobody can change', () => Response.redirect('https://shop.example/'), 302],
  ])('tells a renewed nonce with %s', async (_, answer, status) => {
    const { auth, pool, request } = await bound()
    const GET = auth.withAuth({ senderConstrained: 'required' }, answer)
    const refused = await GET(await request(null), routeContext())
    const nonce = refused.headers.get('dpop-nonce')
    expect(refused.status).toBe(401)
    expect((await GET(await request(nonce), routeContext())).headers.get('dpop-nonce')).toBeNull()
    pool.clock.advance('5m')
    const granted = await GET(await request(nonce), routeContext())
    expect([granted.status, granted.headers.get('dpop-nonce')]).toStrictEqual([status, expect.any(String)])
    expect(granted.headers.get('dpop-nonce')).not.toBe(nonce)
    expect(granted.headers.get('cache-control')).toBe('no-store')
  })
})

describe('withAuthApi behind TLS', () => {
  it('takes a token that is bound to a certificate with it alone, from the header or a cookie', async () => {
    const [pool, authority] = await Promise.all([fakeCognito({ clients: ['web'] }), certificateAuthority()])
    const api = createResourceServer({
      issuers: [cognitoUserPool({ userPoolId: pool.userPoolId, clientId: 'web' })],
      senderConstraints: [certificateBound()],
      fetch: pool.fetch,
      clock: pool.clock,
    })
    onTestFinished(() => api.close())
    const auth = createNextAuth(api, { tokenCookie: namedCookie('at') })
    const handler = auth.withAuthApi(
      { senderConstrained: 'required' },
      (_request, response) => response.status(204).end(),
      { acceptCookie: true },
    )
    const { certificate: cert, privateKey: key } = await authority.serverCertificate()
    const asked = { requestCert: true, rejectUnauthorized: false, ca: authority.certificate }
    const context = { previewModeId: 'id', previewModeEncryptionKey: 'key', previewModeSigningKey: 'key' }
    const server = https.createServer({ cert, key, ...asked }, (request, response) => {
      void apiResolver(request, response, {}, handler, context as never, false, false, 'api')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close().closeAllConnections())
    const { port } = server.address() as AddressInfo
    const [own, other] = [await authority.clientCertificate(), await authority.clientCertificate()]
    const token = await pool.accessToken({ claims: { cnf: own.cnf } })
    const statusFor = (headers: Record<string, string>, client?: typeof own) =>
      new Promise<number | undefined>((resolve, reject) => {
        const shown = client === undefined ? {} : { cert: client.chain, key: client.privateKey }
        const options = { ca: authority.certificate, ...shown, headers, agent: false as const }
        https
          .get(`https://localhost:${port}/api/orders`, options, (response) => resolve(response.resume().statusCode))
          .on('error', reject)
      })
    for (const headers of [{ authorization: `Bearer ${token}` }, { cookie: `at=${token}` }] as const) {
      expect(await statusFor(headers, own)).toBe(204)
      expect(await statusFor(headers, other)).toBe(401)
      expect(await statusFor(headers)).toBe(401)
    }
  })
})

describe('metadataHandler', () => {
  it('serves what core says, also of a server that is made with the first request', async () => {
    const { api } = await bound()
    for (const source of [api, async () => api]) {
      const response = await metadataHandler(source)()
      expect(response.headers.get('content-type')).toBe('application/json')
      expect(await response.json()).toMatchObject({
        resource: `${PUBLIC_URL}/shop`,
        dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']),
      })
    }
  })

  it('needs a server, and one that has a resource', async () => {
    expect(() => metadataHandler(7 as never)).toThrow('metadataHandler needs what createResourceServer() returns')
    const issuer = cognitoUserPool({ userPoolId: 'eu-west-1_AbCdEf123', clientId: 'web' })
    const api = createResourceServer({ issuers: [issuer] })
    onTestFinished(() => api.close())
    await expect(metadataHandler(api)()).rejects.toThrow('metadata needs the option resource')
  })
})
