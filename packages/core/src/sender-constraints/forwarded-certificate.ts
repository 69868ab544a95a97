import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames } from '../outcomes/option-check.js'
import { checkTrustedProxy, type ComesFromProxy, type TrustedProxy } from './trusted-proxy.js'

/** Options of {@link envoyCertificate} and {@link clientCertHeader}. */
export interface ForwardedCertificateOptions {
  /** The proxy that ends TLS. It has to take the header away from what clients send. */
  readonly trustedProxy: TrustedProxy
  /**
   * Whether the proxy lets in only certificates whose chain it has verified; the header does not say. With `false` they prove
   * a key, and no name: pinned clients are then known by thumbprints alone.
   */
  readonly chainVerified: boolean
}

export function checkForwardedOptions(
  owner: string,
  options: ForwardedCertificateOptions,
): { readonly comesFromProxy: ComesFromProxy; readonly chainVerified: boolean } {
  checkOptionNames(owner, options, ['trustedProxy', 'chainVerified'])
  const { trustedProxy, chainVerified } = options as unknown as ForwardedCertificateOptions
  if (typeof chainVerified !== 'boolean') {
    throw new ConfigurationError(`${owner}.chainVerified`, 'must be true or false: whether the proxy verifies chains')
  }
  return { comesFromProxy: checkTrustedProxy(`${owner}.trustedProxy`, trustedProxy), chainVerified }
}
