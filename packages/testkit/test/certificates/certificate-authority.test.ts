import { createHash, X509Certificate } from 'node:crypto'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { certificateAuthority, type CertificateAuthority, type IssuedCertificate } from '../../src/index.js'

/** What a server that asks for certificates says of a client: its thumbprint, or why it is not trusted. */
async function judge(authority: CertificateAuthority, client: Partial<IssuedCertificate> = {}): Promise<string> {
  const { certificate: cert, privateKey: key } = await authority.serverCertificate()
  const options = { cert, key, ca: authority.certificate, requestCert: true, rejectUnauthorized: false }
  const server = https.createServer(options, (request, response) => {
    const socket = request.socket as TLSSocket
    const { raw } = socket.getPeerCertificate()
    const thumbprint = () => createHash('sha256').update(raw).digest('base64url')
    response.end(socket.authorized ? thumbprint() : String(socket.authorizationError))
  })
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    const trust = { ca: authority.certificate, cert: client.certificate, key: client.privateKey, agent: false as const }
    https
      .get(`https://localhost:${port}`, trust, async (response) => {
        let text = ''
        for await (const chunk of response) text += chunk
        resolve(text)
      })
      .on('error', reject)
  })
}

describe('a certificate authority', () => {
  it('issues certificates that a server knows a client by', async () => {
    const authority = await certificateAuthority()
    const [first, second] = [await authority.clientCertificate(), await authority.clientCertificate()]
    expect(await judge(authority, first)).toBe(first.thumbprint)
    expect(first.cnf).toStrictEqual({ 'x5t#S256': first.thumbprint })
    expect(second.thumbprint).not.toBe(first.thumbprint)
  })

  it('is trusted by nobody who was not told', async () => {
    const authority = await certificateAuthority()
    const stranger = await (await certificateAuthority()).clientCertificate()
    expect(await judge(authority, stranger)).toMatch(/UNABLE_TO_VERIFY|SELF_SIGNED|CERT/)
    expect(await judge(authority)).toMatch(/REQUIRED|UNABLE/)
  })

  it('issues certificates that are over, or for another use', async () => {
    const authority = await certificateAuthority()
    expect(await judge(authority, await authority.clientCertificate({ expiresIn: '-5m' }))).toBe('CERT_HAS_EXPIRED')
    expect(await judge(authority, await authority.serverCertificate())).toBe('INVALID_PURPOSE')
  })

  it('names whom it was told to', async () => {
    const { certificate } = await (await certificateAuthority()).clientCertificate({ commonName: 'partner a.example' })
    expect(new X509Certificate(certificate).subject).toBe('CN=partner a.example')
  })

  it('refuses what it does not know', async () => {
    const authority = await certificateAuthority()
    await expect(authority.clientCertificate({ cn: 'x' } as never)).rejects.toThrow('clientCertificate knows no cn')
    await expect(authority.serverCertificate({ commonName: 'a, CN=b' })).rejects.toThrow('commonName must be letters')
    await expect(authority.clientCertificate({ expiresIn: 'soon' as never })).rejects.toThrow('expiresIn must be')
  })
})
