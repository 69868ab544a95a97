import { encodeBase64url } from '../vocabulary/base64url.js'
import { type CertificateSource, certificateSource, parseEscapedPem, proxyHeader } from './certificate-source.js'
import { checkForwardedOptions, type ForwardedCertificateOptions } from './forwarded-certificate.js'

/**
 * The certificate that Envoy, or a mesh made of it, hands on in `X-Forwarded-Client-Cert`. It must hold one element, with
 * `Cert` or at least `Hash`: `forward_client_cert_details: SANITIZE_SET`, `set_current_client_cert_details: { cert: true }`.
 * `Hash` alone tells neither names nor dates: Envoy has to refuse what has ended, and `pinnedClients` know thumbprints.
 * Where a chain of proxies appends elements, which of them is the client's depends on who is trusted: that is refused.
 *
 * @throws {@link ConfigurationError} naming the option and what is accepted.
 */
export function envoyCertificate(options: ForwardedCertificateOptions): CertificateSource {
  const { comesFromProxy, chainVerified } = checkForwardedOptions('envoyCertificate', options)
  return certificateSource({
    acceptUnverified: !chainVerified,
    verifies: chainVerified,
    forwarded: { comesFromProxy, names: ['x-forwarded-client-cert'] },
    find(request) {
      const header = proxyHeader(request, comesFromProxy, 'x-forwarded-client-cert')
      return typeof header === 'string' ? header : { ...header, verified: chainVerified }
    },
    decode(text) {
      const fields = readElement(text)
      if (fields === undefined) return undefined
      const { cert, hash } = fields
      const [der, ...others] = (cert === undefined ? undefined : parseEscapedPem(cert)) ?? []
      if ((cert !== undefined && der === undefined) || others.length > 0) return undefined
      const thumbprint = hash === undefined ? undefined : thumbprintOf(hash)
      if (hash !== undefined && thumbprint === undefined) return undefined
      return der === undefined && thumbprint === undefined ? undefined : { der, thumbprint }
    },
  })
}

/** A key and a value, quoted where it holds what parts fields and elements. */
const FIELD = /([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^",;=]*))(;|$)/y

/** The fields of the one element of the header; `undefined` where there are several, or one stands twice. */
function readElement(text: string): { readonly cert?: string; readonly hash?: string } | undefined {
  const fields: { cert?: string; hash?: string } = {}
  FIELD.lastIndex = 0
  while (FIELD.lastIndex < text.length) {
    const [, key = '', quoted, bare = ''] = FIELD.exec(text) ?? []
    // A comma begins another element, and fits no field.
    if (key === '') return undefined
    const name = key.toLowerCase()
    if (name !== 'cert' && name !== 'hash') continue
    if (fields[name] !== undefined) return undefined
    fields[name] = quoted === undefined ? bare : quoted.replaceAll(/\\(.)/g, '$1')
  }
  return fields
}

/** SHA-256 in hex. */
function thumbprintOf(hash: string): string | undefined {
  if (!/^[0-9a-f]{64}$/i.test(hash)) return undefined
  return encodeBase64url(Uint8Array.from(hash.match(/../g) as string[], (byte) => parseInt(byte, 16)))
}
