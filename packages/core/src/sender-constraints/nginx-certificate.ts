import { booleanOption, checkOptionNames } from '../outcomes/option-check.js'
import { type CertificateSource, certificateSource, parseEscapedPem, proxyHeader } from './certificate-source.js'
import { checkHeaderName, checkTrustedProxy, type TrustedProxy } from './trusted-proxy.js'

/** Options of {@link nginxCertificate}. */
export interface NginxCertificateOptions {
  /** The proxy that ends TLS. It has to set both headers on every request, so that clients cannot. */
  readonly trustedProxy: TrustedProxy
  /** Holds `$ssl_client_escaped_cert`. Default `'ssl-client-cert'`, as the ingress controller names it. */
  readonly header?: string | undefined
  /** Holds `$ssl_client_verify`. Default `'ssl-client-verify'`. */
  readonly verifyHeader?: string | undefined
  /**
   * `true` takes certificates that nginx has not verified (`ssl_verify_client optional_no_ca`). They prove a key, and no
   * name: pinned clients are then known by thumbprints alone. Default `false`.
   */
  readonly acceptUnverified?: boolean | undefined
}

const OWNER = 'nginxCertificate'

/**
 * The certificate that nginx, or its ingress controller, hands on in headers: `proxy_set_header ssl-client-cert
 * $ssl_client_escaped_cert; proxy_set_header ssl-client-verify $ssl_client_verify;`.
 *
 * @throws {@link ConfigurationError} naming the option and what is accepted.
 */
export function nginxCertificate(options: NginxCertificateOptions): CertificateSource {
  checkOptionNames(OWNER, options, ['trustedProxy', 'header', 'verifyHeader', 'acceptUnverified'])
  const {
    trustedProxy,
    header = 'ssl-client-cert',
    verifyHeader = 'ssl-client-verify',
    acceptUnverified,
  } = options as unknown as NginxCertificateOptions
  const [name, verifyName] = [
    checkHeaderName(`${OWNER}.header`, header),
    checkHeaderName(`${OWNER}.verifyHeader`, verifyHeader),
  ]
  const comesFromProxy = checkTrustedProxy(`${OWNER}.trustedProxy`, trustedProxy)
  return certificateSource({
    acceptUnverified: booleanOption(`${OWNER}.acceptUnverified`, acceptUnverified),
    verifies: true,
    forwarded: { comesFromProxy, names: [name, verifyName] },
    find(request) {
      const certificate = proxyHeader(request, comesFromProxy, name)
      if (typeof certificate === 'string') return certificate
      const verdict = proxyHeader(request, comesFromProxy, verifyName)
      return { ...certificate, verified: typeof verdict !== 'string' && verdict.text === 'SUCCESS' }
    },
    decode(text) {
      const [der, ...others] = parseEscapedPem(text) ?? []
      return der === undefined || others.length > 0 ? undefined : { der }
    },
  })
}
