import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { certificateAuthority, fakeCognito } from '@tokenward/testkit'
import { apiResolver } from 'next/dist/server/api-utils/node/api-resolver.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { certificateBound, cognitoUserPool, createNextAuth, createResourceServer, namedCookie } from '../src/index.js'

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
