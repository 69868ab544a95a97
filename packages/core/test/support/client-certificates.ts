import { X509Certificate } from 'node:crypto'
import { certificateAuthority } from '@tokenward/testkit'

/** One authority for a whole file: nothing here changes. */
export const authority = await certificateAuthority()
export const partner = await authority.clientCertificate({
  commonName: 'orders',
  organization: 'Partner',
  dns: ['Orders.partner.example'],
  uri: ['spiffe://partner.example/orders'],
  email: ['ops@partner.example'],
  ip: ['10.0.0.1', '2001:db8::1'],
})
export const stranger = await authority.clientCertificate({ commonName: 'stranger', organization: 'Partner' })

export const derOf = (pem: string): Uint8Array => new Uint8Array(new X509Certificate(pem).raw)
/** As an Application Load Balancer and nginx write it. */
export const albEscaped = (pem: string) =>
  encodeURIComponent(pem).replaceAll('%2B', '+').replaceAll('%3D', '=').replaceAll('%2F', '/')
