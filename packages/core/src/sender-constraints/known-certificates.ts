import { rawSha256 } from '#signature'
import { BoundedCache } from '../transport/bounded-cache.js'
import { andThen, type AtOnce } from '../vocabulary/at-once.js'
import { encodeBase64url } from '../vocabulary/base64url.js'
import { equalInConstantTime } from '../vocabulary/constant-time.js'
import type { CertificateSourceDefinition, DecodedCertificate } from './certificate-source.js'
import { parseCertificate, type X509Certificate } from './x509-certificate.js'

/** What is known of a certificate, whoever shows it. Whether it is good now is for each request to say. */
export interface KnownCertificate {
  /** SHA-256 in base64url. */
  readonly thumbprint: string
  /** `undefined` where a proxy tells the thumbprint alone. */
  readonly certificate: X509Certificate | undefined
  /** Whether it leads to an authority that is trusted, where that is found out here; otherwise whoever ended TLS says. */
  readonly isChainTrusted: boolean
  /** From and until when it is good, and its chain with it: milliseconds since the epoch, both included. */
  readonly notBefore: number
  readonly notAfter: number
}

/** Clients have a few certificates each, and servers not many such clients. */
const CAPACITY = 1_000

/** Certificates by the text they came as: to read one anew costs as much as all the rest of a request. */
export class KnownCertificates {
  readonly #decode: CertificateSourceDefinition['decode']
  readonly #known = new BoundedCache<string, KnownCertificate>(CAPACITY)

  constructor(decode: CertificateSourceDefinition['decode']) {
    this.#decode = decode
  }

  /** `undefined` for what is no certificate. At once where it is known, or the runtime can. */
  read(text: string): AtOnce<KnownCertificate | undefined> {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const decoded = this.#decode(text)
    if (decoded === undefined) return undefined
    if (decoded.der === undefined) return this.#add(text, decoded, decoded.thumbprint as string)
    return andThen(rawSha256(decoded.der), (digest) => this.#add(text, decoded, encodeBase64url(digest)))
  }

  #add(text: string, { der, thumbprint: told, chain }: DecodedCertificate, thumbprint: string) {
    if (told !== undefined && !equalInConstantTime(told, thumbprint)) return undefined
    const certificate = der && parseCertificate(der)
    if (der !== undefined && certificate === undefined) return undefined
    const bounds = [certificate, chain === 'untrusted' ? undefined : chain].filter((part) => part !== undefined)
    const known: KnownCertificate = {
      thumbprint,
      certificate,
      isChainTrusted: chain !== 'untrusted',
      notBefore: Math.max(-Infinity, ...bounds.map(({ notBefore }) => notBefore)),
      notAfter: Math.min(Infinity, ...bounds.map(({ notAfter }) => notAfter)),
    }
    this.#known.set(text, known)
    return known
  }
}
