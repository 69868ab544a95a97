import { booleanOption, checkOptionNames } from '../outcomes/option-check.js'
import { type CertificateSource, certificateSource } from './certificate-source.js'
import { parsePem } from './pem.js'

/** Options of {@link connectionCertificate}. */
export interface ConnectionCertificateOptions {
  /**
   * `true` takes certificates that nobody has verified, as self-signed ones (RFC 8705 §2.2): for a Node server with
   * `rejectUnauthorized: false`. They prove a key, and no name: pinned clients are then known by thumbprints alone. Default
   * `false`.
   */
  readonly acceptUnverified?: boolean | undefined
}

/**
 * The certificate of the connection itself: of a Node server that ends TLS and demands one (`requestCert`), or of an event
 * of API Gateway, where mutual TLS ends at a custom domain. Events that come past that domain have none: disable the default
 * endpoint.
 *
 * @throws {@link ConfigurationError} naming the option and what is accepted.
 */
export function connectionCertificate(options: ConnectionCertificateOptions = {}): CertificateSource {
  checkOptionNames('connectionCertificate', options, ['acceptUnverified'])
  const { acceptUnverified } = options as ConnectionCertificateOptions
  return certificateSource({
    acceptUnverified: booleanOption('connectionCertificate.acceptUnverified', acceptUnverified),
    verifies: true,
    find({ clientCertificate }) {
      if (clientCertificate === undefined) return 'certificate-missing'
      const { pem, verified } = clientCertificate
      if (typeof pem !== 'string') return 'certificate-malformed'
      // Written in plain JavaScript it may be anything, of which one thing alone says yes.
      return { text: pem, verified: verified === true }
    },
    decode(text) {
      const [der, ...others] = parsePem(text) ?? []
      return der === undefined || others.length > 0 ? undefined : { der }
    },
  })
}
