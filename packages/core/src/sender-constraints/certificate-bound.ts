import type { OperatorCode } from '../outcomes/operator-codes.js'
import { checkOptionNames, durationOption } from '../outcomes/option-check.js'
import {
  type SenderCheck,
  type SenderConstraint,
  senderConstraint,
  type SenderExamination,
} from '../tokens/sender-constraint.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import type { Clock } from '../transport/clock.js'
import { andThen, type AtOnce } from '../vocabulary/at-once.js'
import { equalInConstantTime } from '../vocabulary/constant-time.js'
import type { Duration } from '../vocabulary/duration.js'
import type { AnyRequest } from '../vocabulary/protected-request.js'
import { createExpiryWarning } from './certificate-expiry.js'
import { type CertificateSource, type CertificateSourceDefinition, definitionOfSource } from './certificate-source.js'
import { connectionCertificate } from './connection-certificate.js'
import { withoutForgedHeaders } from './forwarded-headers.js'
import { type KnownCertificate, KnownCertificates } from './known-certificates.js'
import type { PinTest } from './pinned-certificate.js'
import { checkPinnedClients, type PinnedClient, type PinsOf } from './pinned-clients.js'

/** Options of {@link certificateBound}. */
export interface CertificateBoundOptions {
  /**
   * Where the client's certificate is found. Default `connectionCertificate()`: of a Node server that ends TLS, or of API
   * Gateway. Behind a proxy: `albCertificate`, `envoyCertificate`, `nginxCertificate` or `clientCertHeader`.
   */
  readonly certificate?: CertificateSource | undefined
  /** Clients whose tokens are bound to nothing, and are held to these certificates all the same. Default none. */
  readonly pinnedClients?: readonly PinnedClient[] | undefined
  /**
   * How long before the end of a certificate `client-certificate-expiring` is reported; at the earliest in the last third
   * of its life. Default `'30d'`, range `'0s'`, which is never, to `'365d'`.
   */
  readonly expiryWarning?: Duration | undefined
}

const OWNER = 'certificateBound'

/**
 * Holds tokens to the client certificate they are bound to (`x5t#S256`, RFC 8705 §3), and pinned clients to theirs.
 * Certificates are refused before and after the time they are good for, wherever they come from.
 *
 * @throws {@link ConfigurationError} naming the option and what is accepted; what concerns issuers, when the server is made.
 */
export function certificateBound(options: CertificateBoundOptions = {}): SenderConstraint {
  checkOptionNames(OWNER, options, ['certificate', 'pinnedClients', 'expiryWarning'])
  const { certificate = connectionCertificate(), pinnedClients, expiryWarning } = options as CertificateBoundOptions
  const source = definitionOfSource(certificate, `${OWNER}.certificate`)
  const limits = { byDefault: 30 * 86_400_000, min: 0, max: 365 * 86_400_000 }
  const warnFrom = durationOption(`${OWNER}.expiryWarning`, expiryWarning, limits)
  return senderConstraint({
    method: 'x5t#S256',
    connect(context): SenderCheck {
      const { clock, issuers } = context
      const parts: ExaminationParts = {
        source,
        clock,
        pinsOf: checkPinnedClients(`${OWNER}.pinnedClients`, pinnedClients, { issuers, verifies: source.verifies }),
        certificates: new KnownCertificates(source.decode),
        warnOfExpiry: createExpiryWarning(context, warnFrom),
      }
      return {
        method: 'x5t#S256',
        metadata: { tls_client_certificate_bound_access_tokens: true },
        withoutForged: (request) => (source.forwarded ? withoutForgedHeaders(request, source.forwarded) : request),
        examine: ({ request }) => new CertificateExamination(parts, request),
      }
    },
  })
}

interface ExaminationParts {
  readonly source: CertificateSourceDefinition
  readonly certificates: KnownCertificates
  readonly pinsOf: PinsOf
  readonly clock: Clock
  readonly warnOfExpiry: ReturnType<typeof createExpiryWarning>
}

/** The certificate of a request. */
interface ShownCertificate {
  readonly known: KnownCertificate
  readonly verified: boolean
}

type Shown = ShownCertificate | OperatorCode

class CertificateExamination implements SenderExamination {
  readonly #parts: ExaminationParts
  readonly #request: AnyRequest | undefined
  #shown: AtOnce<Shown> | undefined
  #accepted: KnownCertificate | undefined

  constructor(parts: ExaminationParts, request: AnyRequest | undefined) {
    this.#parts = parts
    this.#request = request
  }

  /** Most tokens demand no certificate, and then none is read. */
  compare(facts: TokenFacts): AtOnce<OperatorCode | boolean> {
    const bound = facts.confirmation?.['x5t#S256']
    const pins = this.#parts.pinsOf(facts)
    if (bound === undefined && pins === undefined) return false
    this.#shown ??= this.#read()
    return andThen(this.#shown, (shown) => this.#judge(shown, bound, pins))
  }

  /** By now everything that can be checked here has passed. */
  spend(facts: TokenFacts): undefined {
    if (this.#accepted !== undefined) this.#parts.warnOfExpiry(this.#accepted, facts)
  }

  #read(): AtOnce<Shown> {
    const { source, certificates } = this.#parts
    const found = this.#request === undefined ? 'certificate-missing' : source.find(this.#request)
    if (typeof found === 'string') return found
    return andThen(certificates.read(found.text), (known) => {
      if (known === undefined) return 'certificate-malformed'
      const verified = found.verified && known.isChainTrusted
      return verified || source.acceptUnverified ? { known, verified } : 'certificate-not-verified'
    })
  }

  #judge(shown: Shown, bound: string | undefined, pins: readonly PinTest[] | undefined): OperatorCode | true {
    if (typeof shown === 'string') return shown
    const { known, verified } = shown
    const now = this.#parts.clock.now()
    // A connection may outlive the certificate it began with, and not every proxy looks at the time.
    if (!(known.notBefore <= now && now <= known.notAfter)) return 'certificate-expired'
    if (bound !== undefined && !equalInConstantTime(bound, known.thumbprint)) return 'certificate-mismatch'
    if (pins !== undefined && !pins.some((isPinned) => isPinned(known, verified))) return 'certificate-not-pinned'
    this.#accepted = known
    return true
  }
}
