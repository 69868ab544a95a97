import { type CertificateSource, certificateSource, proxyHeader } from './certificate-source.js'
import { checkForwardedOptions, type ForwardedCertificateOptions } from './forwarded-certificate.js'
import { decodeBase64 } from './pem.js'

/**
 * The certificate that a proxy hands on in `Client-Cert` (RFC 9440 §2.2).
 *
 * @throws {@link ConfigurationError} naming the option and what is accepted.
 */
export function clientCertHeader(options: ForwardedCertificateOptions): CertificateSource {
  const { comesFromProxy, chainVerified } = checkForwardedOptions('clientCertHeader', options)
  return certificateSource({
    acceptUnverified: !chainVerified,
    verifies: chainVerified,
    forwarded: { comesFromProxy, names: ['client-cert', 'client-cert-chain'] },
    find(request) {
      const header = proxyHeader(request, comesFromProxy, 'client-cert')
      return typeof header === 'string' ? header : { ...header, verified: chainVerified }
    },
    decode(text) {
      // A byte sequence (RFC 8941 §3.3.5), without parameters (RFC 9440 §2.1).
      const der = decodeBase64(/^ *:([A-Za-z0-9+/=]+): *$/.exec(text)?.[1] ?? '')
      return der === undefined || der.length === 0 ? undefined : { der }
    },
  })
}
