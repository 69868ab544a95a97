import { describe, expect, it } from 'vitest'
import { certificateBound, type CertificateBoundOptions, connectionCertificate } from '../../src/index.js'
import { authority, partner, stranger } from '../support/client-certificates.js'
import { serverFor, testIssuer, type TestIssuer, withToken } from '../support/test-issuer.js'

const HOUR = 3_600_000

/** A request over a connection on which the client has shown that certificate. */
function over(client: { readonly certificate: string } | undefined, token: string, verified = true) {
  const clientCertificate = client && { pem: client.certificate, verified }
  return { ...withToken(token), clientCertificate }
}

async function certificateApi(options?: CertificateBoundOptions, given?: TestIssuer) {
  const issuer = given ?? (await testIssuer())
  const { api, events } = serverFor(issuer, {}, { senderConstraints: [certificateBound(options)] })
  return { issuer, api, events }
}

const inHours = (issuer: TestIssuer, hours: number) => Math.floor((issuer.clock.now() + hours * HOUR) / 1_000)

describe('a token that is bound to a certificate (RFC 8705 §3)', () => {
  it('is accepted over a connection with that certificate, and over no other', async () => {
    const { api, issuer } = await certificateApi()
    const token = issuer.token({ cnf: partner.cnf })
    for (const senderConstrained of ['if-bound', 'required'] as const) {
      expect(await api.authorize(over(partner, token), { senderConstrained })).toMatchObject({ outcome: 'granted' })
    }
    expect(await api.authorize(over(stranger, token))).toMatchObject({
      status: 401,
      reason: 'certificate-mismatch',
      body: { error: 'invalid_token' },
      headers: { 'WWW-Authenticate': expect.stringMatching(/^Bearer .*error="invalid_token"/) },
    })
    expect(await api.authorize(over(undefined, token))).toMatchObject({ status: 401, reason: 'certificate-missing' })
    await expect(api.verify(token)).rejects.toMatchObject({ code: 'certificate-missing' })
  })

  it('is not accepted over a certificate that nobody has verified, unless that is written out', async () => {
    const strict = await certificateApi()
    const token = strict.issuer.token({ cnf: partner.cnf })
    expect(await strict.api.authorize(over(partner, token, false))).toMatchObject({
      status: 401,
      reason: 'certificate-not-verified',
    })
    const loose = await certificateApi({ certificate: connectionCertificate({ acceptUnverified: true }) })
    const ofLoose = loose.issuer.token({ cnf: partner.cnf })
    expect(await loose.api.authorize(over(partner, ofLoose, false))).toMatchObject({ outcome: 'granted' })
    expect(await loose.api.authorize(over(stranger, ofLoose, false))).toMatchObject({ reason: 'certificate-mismatch' })
  })

  it('is accepted within the time of the certificate, though the connection lasts longer', async () => {
    const { api, issuer } = await certificateApi()
    const token = () => issuer.token({ cnf: partner.cnf, exp: inHours(issuer, 1) })
    issuer.clock.advance(0.9 * HOUR)
    expect(await api.authorize(over(partner, token()))).toMatchObject({ outcome: 'granted' })
    issuer.clock.advance(0.2 * HOUR)
    expect(await api.authorize(over(partner, token()))).toMatchObject({ status: 401, reason: 'certificate-expired' })
    const early = await authority.forged.notYetValid()
    const begun = await certificateApi()
    const ofEarly = begun.issuer.token({ cnf: early.cnf })
    expect(await begun.api.authorize(over(early, ofEarly))).toMatchObject({ reason: 'certificate-expired' })
  })

  it('is refused over what is no certificate', async () => {
    const { api, issuer } = await certificateApi()
    const token = issuer.token({ cnf: partner.cnf })
    const wrong = { certificate: partner.certificate.slice(40) }
    expect(await api.authorize(over(wrong, token))).toMatchObject({ status: 401, reason: 'certificate-malformed' })
  })

  it('needs its certificate again with every policy, which is read once', async () => {
    let reads = 0
    const { api, issuer } = await certificateApi()
    const clientCertificate = {
      verified: true,
      get pem() {
        reads += 1
        return partner.certificate
      },
    }
    const request = { ...withToken(issuer.token({ cnf: partner.cnf })), clientCertificate }
    const presented = await api.present(request)
    expect(reads).toBe(0)
    expect(await presented.authorize()).toMatchObject({ outcome: 'granted' })
    expect(await presented.authorize({ senderConstrained: 'required' })).toMatchObject({ outcome: 'granted' })
    expect(reads).toBe(1)
    const unbound = { ...withToken(issuer.token()), clientCertificate }
    expect(await api.authorize(unbound)).toMatchObject({ outcome: 'granted' })
    expect(reads).toBe(1)
  })
})

describe('a token that is bound to nothing', () => {
  it('is accepted over any connection, unless the route requires it bound', async () => {
    const { api, issuer } = await certificateApi()
    for (const client of [partner, undefined]) {
      expect(await api.authorize(over(client, issuer.token()))).toMatchObject({ outcome: 'granted' })
      expect(await api.authorize(over(client, issuer.token()), { senderConstrained: 'required' })).toMatchObject({
        reason: 'sender-constraint-missing',
      })
    }
  })
})

describe('a pinned client', () => {
  const pinnedClients = [
    { clientId: 'machine', certificates: [{ thumbprint: partner.thumbprint }] },
    { clientId: 'named', certificates: [{ uri: 'spiffe://partner.example/orders' }] },
  ]
  const tokenOf = (issuer: TestIssuer, client_id: string, cnf?: object) => issuer.token({ client_id, cnf })

  it('gets in over its certificate alone, on every route, as Cognito binds no tokens', async () => {
    const { api, issuer } = await certificateApi({ pinnedClients })
    for (const client of ['machine', 'named']) {
      const token = tokenOf(issuer, client)
      for (const senderConstrained of ['if-bound', 'required'] as const) {
        expect(await api.authorize(over(partner, token), { senderConstrained })).toMatchObject({ outcome: 'granted' })
      }
      expect(await api.authorize(over(stranger, token))).toMatchObject({
        status: 401,
        reason: 'certificate-not-pinned',
      })
      expect(await api.authorize(over(undefined, token))).toMatchObject({ reason: 'certificate-missing' })
      await expect(api.verify(token)).rejects.toMatchObject({ code: 'certificate-missing' })
    }
  })

  it('holds nobody else to a certificate', async () => {
    const { api, issuer } = await certificateApi({ pinnedClients })
    const token = tokenOf(issuer, 'web')
    expect(await api.authorize(over(undefined, token))).toMatchObject({ outcome: 'granted' })
    expect(await api.authorize(over(partner, token), { senderConstrained: 'required' })).toMatchObject({
      reason: 'sender-constraint-missing',
    })
  })

  it('gets in with no token that names no client', async () => {
    const { api, issuer } = await certificateApi({ pinnedClients })
    const token = issuer.token({ client_id: undefined })
    expect(await api.authorize(over(partner, token))).toMatchObject({ status: 401, reason: 'certificate-not-pinned' })
    expect(await api.authorize(over(undefined, token))).toMatchObject({ reason: 'certificate-missing' })
    const { api: open } = await certificateApi({}, issuer)
    expect(await open.authorize(over(undefined, token))).toMatchObject({ outcome: 'granted' })
  })

  it('may change from one certificate to the next while both are pinned', async () => {
    const certificates = [{ thumbprint: partner.thumbprint }, { thumbprint: stranger.thumbprint }]
    const { api, issuer } = await certificateApi({ pinnedClients: [{ clientId: 'machine', certificates }] })
    for (const client of [partner, stranger]) {
      expect(await api.authorize(over(client, tokenOf(issuer, 'machine')))).toMatchObject({ outcome: 'granted' })
    }
    const third = await authority.clientCertificate()
    expect(await api.authorize(over(third, tokenOf(issuer, 'machine')))).toMatchObject({
      reason: 'certificate-not-pinned',
    })
  })

  it('is known by no name in a certificate that nobody has verified', async () => {
    const impostor = await authority.forged.selfSigned({ uri: ['spiffe://partner.example/orders'] })
    const certificate = connectionCertificate({ acceptUnverified: true })
    const { api, issuer } = await certificateApi({ pinnedClients, certificate })
    expect(await api.authorize(over(impostor, tokenOf(issuer, 'named'), false))).toMatchObject({
      reason: 'certificate-not-pinned',
    })
    expect(await api.authorize(over(partner, tokenOf(issuer, 'machine'), false))).toMatchObject({ outcome: 'granted' })
    expect(await api.authorize(over(partner, tokenOf(issuer, 'named'), true))).toMatchObject({ outcome: 'granted' })
  })

  it('has to show what its token is bound to as well', async () => {
    const { api, issuer } = await certificateApi({ pinnedClients })
    const token = tokenOf(issuer, 'machine', stranger.cnf)
    expect(await api.authorize(over(partner, token))).toMatchObject({ reason: 'certificate-mismatch' })
    expect(await api.authorize(over(stranger, token))).toMatchObject({ reason: 'certificate-not-pinned' })
  })

  it('must be a client of one of the configured issuers', async () => {
    const issuer = await testIssuer()
    const constraint = certificateBound({
      pinnedClients: [{ ...pinnedClients[0], issuer: 'https://a.example' } as never],
    })
    expect(() => serverFor(issuer, {}, { senderConstraints: [constraint] })).toThrow(
      'certificateBound.pinnedClients[0].issuer must be one of the configured issuers',
    )
  })
})

describe('the end of a certificate', () => {
  it('is reported while its client still gets in', async () => {
    const { api, issuer, events } = await certificateApi()
    const token = () => issuer.token({ cnf: partner.cnf })
    await api.authorize(over(partner, token()))
    issuer.clock.advance(0.5 * HOUR)
    await api.authorize(over(stranger, token()))
    await api.precheck(over(partner, token()))
    await api.authorize(over(partner, token()), { scopes: ['a'] })
    const expiring = () => events.filter(({ type }) => type === 'client-certificate-expiring')
    expect(expiring()).toHaveLength(0)
    await api.authorize(over(partner, token()))
    await api.authorize(over(partner, token()))
    expect(expiring()).toMatchObject([{ issuer: issuer.options.issuer, clientId: 'client' }])
  })
})

describe('certificateBound', () => {
  it('is told in the metadata (RFC 9728 §2)', async () => {
    const { api } = serverFor(
      await testIssuer(),
      {},
      {
        senderConstraints: [certificateBound()],
        resource: 'https://api.example',
      },
    )
    expect(api.metadata().document).toMatchObject({ tls_client_certificate_bound_access_tokens: true })
    expect(JSON.parse(api.metadata().body)).not.toHaveProperty('dpop_signing_alg_values_supported')
  })

  it.each([
    [{ certificate: 'connection' }, 'certificateBound.certificate must be made by connectionCertificate()'],
    [{ expiryWarning: '2y' }, 'certificateBound.expiryWarning must be a duration'],
    [{ expiryWarning: '366d' }, 'certificateBound.expiryWarning must be a duration'],
    [{ pinned: [] }, 'certificateBound.pinned is not an option'],
    [null, 'certificateBound takes a plain object'],
  ])('refuses %j', (options, message) => {
    expect(() => certificateBound(options as never)).toThrow(message)
  })
})
