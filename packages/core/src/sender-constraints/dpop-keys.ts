import { sha256, signatureVerifier } from '#signature'
import { isSignatureAlgorithm, type SignatureAlgorithm } from '../keys/algorithms.js'
import { describeKey, type PublicJwk } from '../keys/json-web-key.js'
import type { VerificationKey } from '../keys/signature.js'
import type { RefusalCode } from '../outcomes/operator-codes.js'
import { BoundedCache } from '../transport/bounded-cache.js'
import { andThen, type AtOnce } from '../vocabulary/at-once.js'
import type { DpopProof } from './dpop-proof.js'

/** The key of a client, from the header of its proofs. */
export interface DpopKey {
  /** Its thumbprint (RFC 7638), base64url. */
  readonly thumbprint: string
  readonly key: VerificationKey
}

/** Clients that are about. One makes all its proofs with one key, and one header. */
const CAPACITY = 1_000

/**
 * Keys by the header they came in. To import one costs more than everything else but the signature; they are remembered
 * when a token is bound to them, so that strangers push none out.
 */
export class DpopKeys {
  readonly #algorithms: readonly SignatureAlgorithm[]
  readonly #known = new BoundedCache<string, DpopKey>(CAPACITY)

  constructor(algorithms: readonly SignatureAlgorithm[]) {
    this.#algorithms = algorithms
  }

  /** At once where the key is known, or the runtime can. */
  find({ encodedHeader, algorithm, jwk }: DpopProof): AtOnce<DpopKey | RefusalCode> {
    const known = this.#known.get(encodedHeader)
    if (known !== undefined) return known
    if (!isSignatureAlgorithm(algorithm) || !this.#algorithms.includes(algorithm)) return 'dpop-algorithm-not-allowed'
    // The algorithm is the client's choice among those accepted; its own key may not say otherwise (RFC 7517 §4).
    const described = describeKey(jwk, [algorithm])
    if ('problem' in described) return 'dpop-key-not-usable'
    return importKey(described.jwk, algorithm)
  }

  remember({ encodedHeader }: DpopProof, key: DpopKey): void {
    if (this.#known.get(encodedHeader) !== key) this.#known.set(encodedHeader, key)
  }
}

function importKey(jwk: PublicJwk, algorithm: SignatureAlgorithm): AtOnce<DpopKey | RefusalCode> {
  try {
    const imported = andThen(signatureVerifier.importKey(jwk, algorithm), (key) =>
      andThen(thumbprintOf(jwk), (thumbprint): DpopKey => ({ thumbprint, key })),
    )
    return imported instanceof Promise ? imported.catch(notUsable) : imported
  } catch {
    return notUsable()
  }
}

/** A point off its curve, a modulus the runtime does not take. */
function notUsable(): RefusalCode {
  return 'dpop-key-not-usable'
}

/** The members that make up the key, in the order of their names, without space (RFC 7638 §3.2, RFC 8037 §2). */
function thumbprintOf(jwk: PublicJwk): AtOnce<string> {
  const members = Object.entries(jwk).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return sha256(JSON.stringify(Object.fromEntries(members)))
}
