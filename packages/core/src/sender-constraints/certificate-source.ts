import type { ForwardedHeaders } from './forwarded-headers.js'
import { ConfigurationError } from '../outcomes/errors.js'
import type { RefusalCode } from '../outcomes/operator-codes.js'
import { type AnyRequest, headerValues } from '../vocabulary/protected-request.js'
import { parsePem } from './pem.js'
import type { ComesFromProxy } from './trusted-proxy.js'

/** Shared by every copy of this module, so that a source made by one entry is known to another. */
const DEFINITION: unique symbol = Symbol.for('@tokenward/core.certificate-source-definition')

/** Where the certificate of a client is found, made by `connectionCertificate` and its like. */
export interface CertificateSource {
  /** @internal */
  readonly [DEFINITION]: CertificateSourceDefinition
}

export interface CertificateSourceDefinition {
  /** Whether a certificate is taken whose chain nobody has verified. It proves a key, and no name. */
  readonly acceptUnverified: boolean
  /** Whether it ever finds one whose chain somebody has verified. */
  readonly verifies: boolean
  /** Where a proxy tells of it; absent where the connection does. */
  readonly forwarded?: ForwardedHeaders
  /** Looks for a certificate, and decodes none: the same text is decoded once. */
  find(request: AnyRequest): FoundCertificate | RefusalCode
  /** Takes the text apart; `undefined` where it is no certificate. */
  decode(text: string): DecodedCertificate | undefined
}

/** What stands for a certificate in a request. */
interface FoundCertificate {
  readonly text: string
  /** Whether its chain was verified by whoever ended TLS, or is by `decode`. */
  readonly verified: boolean
}

/** A certificate, or what is told of one. */
export interface DecodedCertificate {
  /** In DER; `undefined` where a proxy tells the thumbprint alone. */
  readonly der: Uint8Array | undefined
  /** SHA-256 in base64url, where a proxy tells it; it has to be the one of `der`. */
  readonly thumbprint?: string | undefined
  /** A chain that is good from and until then, in milliseconds since the epoch; absent where there was none to verify. */
  readonly chain?: ChainVerdict | undefined
}

/** What verifying a chain came to: when it is good, or that it never is. */
export type ChainVerdict = { readonly notBefore: number; readonly notAfter: number } | 'untrusted'

export function certificateSource(definition: CertificateSourceDefinition): CertificateSource {
  // Not enumerable: a spread copy, whose members may have been changed, is no source.
  return Object.freeze(Object.defineProperty({}, DEFINITION, { value: Object.freeze(definition) }) as CertificateSource)
}

export function definitionOfSource(source: unknown, option: string): CertificateSourceDefinition {
  const definition = (source as { [DEFINITION]?: CertificateSourceDefinition } | null | undefined)?.[DEFINITION]
  if (definition === undefined) {
    throw new ConfigurationError(
      option,
      'must be made by connectionCertificate(), albCertificate(), envoyCertificate(), nginxCertificate() or clientCertHeader()',
    )
  }
  return definition
}

/** Longer ones hold more than a chain of certificates. */
const MAX_HEADER_LENGTH = 65_536

/** The one value of a header that a trusted proxy has set; a header of anybody else is not there. */
export function proxyHeader(
  request: AnyRequest,
  comesFromProxy: ComesFromProxy,
  name: string,
): { readonly text: string } | RefusalCode {
  const values = comesFromProxy(request) ? headerValues(request, name) : []
  const [text = ''] = values
  // Two would be the proxy's and the client's, in an order that proxies differ about.
  if (values.length > 1 || text.length > MAX_HEADER_LENGTH) return 'certificate-malformed'
  return text === '' ? 'certificate-missing' : { text }
}

/**
 * Certificates of a percent-encoded PEM text. Nothing else is decoded: a plus sign is one of base64, though in forms it
 * stands for a space.
 */
export function parseEscapedPem(text: string): readonly Uint8Array[] | undefined {
  try {
    return parsePem(decodeURIComponent(text))
  } catch {
    return undefined
  }
}
