import type { AddressInfo } from 'node:net'
import { inMemoryRevocationList, clientSecretBasic, type PinnedCertificate, type TokenwardEvent } from '@tokenward/core'
import {
  certificateAuthority,
  type CertificateAuthority,
  fakeAuthorizationServer,
  fakeCognito,
  type IssuedCertificate,
} from '@tokenward/testkit'
import { createPartnerApi } from '../api/partner-api.js'
import { createPartnersServer } from '../api/partners.js'
import { type Partner, partnerOf } from './partner.js'

/** Two partners, each with a client at both servers: one binds tokens to certificates, the other binds none. */
type PartnerName = 'aurora' | 'borealis'

/** The certificates that each partner's client of Cognito may come with. */
type Pins = Readonly<Record<PartnerName, readonly PinnedCertificate[]>>

export interface RunningDemo {
  readonly url: string
  readonly authority: CertificateAuthority
  /** First certificates: that of Aurora ends in ten minutes, that of Borealis in an hour. */
  readonly certificates: Readonly<Record<PartnerName, IssuedCertificate>>
  partner(identity?: IssuedCertificate): Partner
  /** A token of the server that binds: to the certificate, or to nothing. */
  boundToken(name: PartnerName, to?: IssuedCertificate): Promise<string>
  /** The same, which only the server can read. */
  boundOpaqueToken(name: PartnerName, to: IssuedCertificate): Promise<string>
  /** A token of Cognito, for a machine. */
  cognitoToken(name: PartnerName): Promise<string>
  /** Puts a server with other pins in the place of the one that runs, as a deployment does. */
  deploy(pins: Partial<Pins>): Promise<void>
  /** Takes back a partner's certificate, and all its tokens. */
  revoke(name: PartnerName): Promise<void>
  /** What the operator has seen since the last time. */
  takeOperatorView(): readonly string[]
  close(): Promise<void>
}

const SCOPES = ['orders/read'] as const

export async function startDemo(): Promise<RunningDemo> {
  const [authority, binding, pool] = await Promise.all([
    certificateAuthority(),
    fakeAuthorizationServer({ served: true, algorithm: 'ES256' }),
    fakeCognito({
      clients: [machine('aurora'), machine('borealis')],
      resourceServers: { orders: ['read'] },
    }),
  ])
  const cognito = await pool.serve()
  const certificates = {
    aurora: await authority.clientCertificate({ commonName: 'orders', organization: 'Aurora', expiresIn: '10m' }),
    borealis: await authority.clientCertificate({ commonName: 'orders', organization: 'Borealis' }),
  }
  let pins: Pins = {
    aurora: [{ thumbprint: certificates.aurora.thumbprint }],
    borealis: [{ thumbprint: certificates.borealis.thumbprint }],
  }
  const seen: string[] = []
  const revocationList = inMemoryRevocationList()
  const { certificate: cert, privateKey: key } = await authority.serverCertificate()
  const tls = { cert, key, ca: authority.certificate }
  const server = createPartnerApi({
    tls,
    resourceServer: () => resourceServer,
    onNoConnection: (reason) => void seen.push(reason),
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()))
  const url = `https://localhost:${(server.address() as AddressInfo).port}`

  const serverWith = (all: Pins) =>
    createPartnersServer({
      authorizationServer: {
        issuer: binding.issuer,
        audience: 'https://api.example',
        opaqueTokens: true,
        introspection: {
          clientAuthentication: clientSecretBasic(binding.client.clientId, binding.client.clientSecret),
        },
        allowInsecureLoopback: true,
      },
      userPool: {
        userPoolId: pool.userPoolId,
        clientId: ['aurora', 'borealis'],
        endpoint: cognito.url,
        allowInsecureLoopback: true,
      },
      pinnedClients: Object.entries(all).map(([clientId, list]) => ({
        clientId,
        issuer: pool.issuer,
        certificates: list,
      })),
      publicUrl: url,
      revocationList,
      onEvent: (event) => seen.push(...toldOf(event)),
    })
  let resourceServer = serverWith(pins)

  return {
    url,
    authority,
    certificates,
    partner: (identity) => partnerOf(url, authority.certificate, identity),
    boundToken: (clientId, to) => binding.accessToken({ clientId, scopes: SCOPES, ...(to && { cnf: to.cnf }) }),
    boundOpaqueToken: (clientId, { cnf }) => binding.opaqueToken({ clientId, scopes: SCOPES, cnf }),
    cognitoToken: (clientId) => pool.m2mToken({ clientId, scopes: SCOPES }),
    async deploy(changed) {
      pins = { ...pins, ...changed }
      const before = resourceServer
      resourceServer = serverWith(pins)
      await before.close()
    },
    async revoke(clientId) {
      server.setSecureContext({ ...tls, crl: await authority.revocationList([certificates[clientId]]) })
      for (const issuer of [binding.issuer, pool.issuer]) await revocationList.add({ kind: 'client', issuer, clientId })
    },
    takeOperatorView: () => seen.splice(0),
    async close() {
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
      await resourceServer.close()
      await Promise.all([pool.close(), binding.close()])
    },
  }
}

function machine(clientId: PartnerName) {
  const clientSecret = `the secret of ${clientId}, which somebody may steal`
  return { clientId, clientSecret, grant: 'client_credentials' as const }
}

function toldOf(event: TokenwardEvent): readonly string[] {
  if (event.type === 'request-refused' || event.type === 'request-unavailable') return [event.reason]
  return event.type === 'client-certificate-expiring' ? [`${event.type} (${event.clientId ?? 'nobody'})`] : []
}
