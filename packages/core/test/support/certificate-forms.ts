import { X509Certificate } from 'node:crypto'
import type { IssuedCertificate } from '@tokenward/testkit'
import {
  albCertificate,
  type CertificateSource,
  clientCertHeader,
  envoyCertificate,
  nginxCertificate,
  type TrustedProxy,
} from '../../src/index.js'
import { certificateChain } from '../../src/requests/node.js'
import { albEscaped, authority } from './client-certificates.js'

/** A form in which proxies hand certificates on. */
export interface CertificateForm {
  readonly name: string
  source(trustedProxy: TrustedProxy): CertificateSource
  /** What the proxy sends for a client. */
  headers(client: IssuedCertificate): Record<string, string>
}

const hashOf = ({ certificate }: IssuedCertificate) =>
  new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase()

export const certificateForms: readonly CertificateForm[] = [
  {
    name: 'of an Application Load Balancer that verifies',
    source: (trustedProxy) => albCertificate({ mode: 'verify', trustedProxy }),
    headers: ({ certificate }) => ({ 'X-Amzn-Mtls-Clientcert-Leaf': albEscaped(certificate) }),
  },
  {
    name: 'of an Application Load Balancer that passes through',
    source: (trustedProxy) =>
      albCertificate({ mode: 'passthrough', trustedProxy, chain: certificateChain({ ca: authority.certificate }) }),
    headers: ({ chain }) => ({ 'X-Amzn-Mtls-Clientcert': albEscaped(chain) }),
  },
  {
    name: 'of Envoy',
    source: (trustedProxy) => envoyCertificate({ trustedProxy, chainVerified: true }),
    headers: (client) => ({
      'X-Forwarded-Client-Cert': `By=spiffe://mesh/orders;Hash=${hashOf(client)};Cert="${encodeURIComponent(client.certificate)}";Subject="CN=orders,O=Partner";URI=spiffe://partner.example/orders`,
    }),
  },
  {
    name: 'of nginx',
    source: (trustedProxy) => nginxCertificate({ trustedProxy }),
    headers: ({ certificate }) => ({
      'ssl-client-cert': encodeURIComponent(certificate),
      'ssl-client-verify': 'SUCCESS',
    }),
  },
  {
    name: 'of RFC 9440',
    source: (trustedProxy) => clientCertHeader({ trustedProxy, chainVerified: true }),
    headers: ({ certificate }) => ({
      'Client-Cert': `:${Buffer.from(new X509Certificate(certificate).raw).toString('base64')}:`,
    }),
  },
]
