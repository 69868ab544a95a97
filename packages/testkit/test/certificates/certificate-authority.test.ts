import { createHash, X509Certificate } from 'node:crypto'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { certificateAuthority, type CertificateAuthority, type IssuedCertificate } from '../../src/index.js'

/** What a server that asks for certificates says of a client: its thumbprint, or why it is not trusted. */
async function judge(
  authority: CertificateAuthority,
  client: Partial<IssuedCertificate> = {},
  crl?: string,
): Promise<string> {
  const { certificate: cert, privateKey: key } = await authority.serverCertificate()
  const trusted = { ca: authority.certificate, ...(crl !== undefined && { crl }) }
  const options = { cert, key, ...trusted, requestCert: true, rejectUnauthorized: false }
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

  it('gives names of every kind', async () => {
    const { certificate } = await (
      await certificateAuthority()
    ).clientCertificate({
      organization: 'Partner',
      commonName: 'orders',
      dns: ['partner.example'],
      uri: ['spiffe://partner.example/orders'],
      email: ['ops@partner.example'],
      ip: ['10.0.0.1', '2001:db8::1'],
    })
    const { subject, subjectAltName } = new X509Certificate(certificate)
    expect(subject).toBe('O=Partner\nCN=orders')
    expect(subjectAltName).toBe(
      'DNS:partner.example, URI:spiffe://partner.example/orders, email:ops@partner.example, IP Address:10.0.0.1, IP Address:2001:DB8:0:0:0:0:0:1',
    )
  })

  it('has authorities below it, whose clients present a chain', async () => {
    const root = await certificateAuthority()
    const intermediate = await (await root.intermediate({ commonName: 'A' })).intermediate({ pathLength: 0 })
    const client = await intermediate.clientCertificate()
    expect(client.chain.match(/BEGIN CERTIFICATE/g)).toHaveLength(3)
    expect(await judge(root, { ...client, certificate: client.chain })).toBe(client.thumbprint)
    expect(await judge(root, client)).toMatch(/UNABLE_TO_VERIFY|UNABLE_TO_GET/)
    const tooDeep = await (await intermediate.intermediate()).clientCertificate()
    expect(await judge(root, { ...tooDeep, certificate: tooDeep.chain })).toBe('PATH_LENGTH_EXCEEDED')
  })

  it('makes certificates that a server refuses, each for its own reason', async () => {
    const root = await certificateAuthority()
    const { forged } = root
    const reasons = {
      expired: 'CERT_HAS_EXPIRED',
      notYetValid: 'CERT_NOT_YET_VALID',
      serverOnly: 'INVALID_PURPOSE',
      selfSigned: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      otherAuthority: 'CERT_SIGNATURE_FAILURE',
      // Node knows no name for it in every version.
      issuedByClient: expect.stringMatching(/^(?:INVALID_CA|UNSPECIFIED)$/),
    }
    expect(Object.keys(forged).toSorted()).toStrictEqual(Object.keys(reasons).toSorted())
    for (const [name, reason] of Object.entries(reasons)) {
      const client = await forged[name as keyof typeof reasons]({ commonName: 'partner' })
      expect(await judge(root, { ...client, certificate: client.chain }), name).toStrictEqual(reason)
      expect(new X509Certificate(client.certificate).subject, name).toBe('CN=partner')
    }
  })

  it('takes certificates back, by a list', async () => {
    const authority = await certificateAuthority()
    const [kept, revoked] = [await authority.clientCertificate(), await authority.clientCertificate()]
    const crl = await authority.revocationList([revoked])
    expect(await judge(authority, kept, crl)).toBe(kept.thumbprint)
    expect(await judge(authority, revoked, crl)).toBe('CERT_REVOKED')
    expect(await judge(authority, revoked, await authority.revocationList())).toBe(revoked.thumbprint)
    await expect(authority.revocationList([revoked.certificate] as never)).rejects.toThrow(
      'revocationList takes a list',
    )
  })

  it('refuses what it does not know', async () => {
    const authority = await certificateAuthority()
    await expect(authority.clientCertificate({ cn: 'x' } as never)).rejects.toThrow('clientCertificate knows no cn')
    await expect(authority.serverCertificate({ commonName: 'a, CN=b' })).rejects.toThrow('commonName must be letters')
    await expect(authority.clientCertificate({ expiresIn: 'soon' as never })).rejects.toThrow('expiresIn must be')
    await expect(authority.clientCertificate({ dns: 'a.example' as never })).rejects.toThrow('dns must be a list')
    await expect(authority.intermediate({ pathLength: -1 })).rejects.toThrow('pathLength must be')
    await expect(authority.intermediate({ cn: 'x' } as never)).rejects.toThrow('intermediate knows no cn')
    await expect(authority.forged.expired({ cn: 'x' } as never)).rejects.toThrow('forged.expired knows no cn')
  })
})
