import type { FakeClock } from '../fake-clock.js'
import { type JsonRecord, signJws } from '../jws/compact-jws.js'
import { createSigningKey, publish, publishEc, type SigningAlgorithm, type SigningKey } from '../jws/signing-key.js'
import { refuseUnknown } from '../known-names.js'
import { type ForgedProofs, forgedProofs } from './forged-proofs.js'
import { type DpopProofRequest, MAKER, proofClaims, sha256 } from './proof-claims.js'

/** What a client's key is made with. */
export interface DpopKeyOptions {
  /** What proofs are signed with. Default `'ES256'`. */
  readonly algorithm?: SigningAlgorithm
  /** When proofs say they are made: give the clock of the fake. Default: real time. */
  readonly clock?: Pick<FakeClock, 'now'>
}

/** A key of a client, and the proofs that it holds it (RFC 9449). */
export interface DpopKey {
  /** The public key. */
  readonly publicJwk: JsonRecord
  /** Its thumbprint (RFC 7638), base64url. */
  readonly thumbprint: string
  /** For `accessToken({ cnf })`: binds a token to this key. */
  readonly cnf: { readonly jkt: string }
  /** The value of the `DPoP` header for one request. Each proof has its own `jti`. */
  proof(request: DpopProofRequest): Promise<string>
  /** Proofs that an API must refuse, each wrong in one way. */
  readonly forged: ForgedProofs
}

/** Makes a fresh key that proofs of possession are signed with. */
export async function dpopKey(options: DpopKeyOptions = {}): Promise<DpopKey> {
  refuseUnknown(MAKER, 'the key', options, ['algorithm', 'clock'])
  const { algorithm = 'ES256', clock = Date } = options
  if (algorithm !== 'ES256' && algorithm !== 'RS256') {
    throw new TypeError(`${MAKER}: algorithm must be 'ES256' or 'RS256'`)
  }
  const key = await createSigningKey(algorithm)
  const publicJwk = publicJwkOf(key)
  const thumbprint = sha256(JSON.stringify(publicJwk))
  const contents = (method: string, { header, ...request }: DpopProofRequest) => ({
    header: { typ: 'dpop+jwt', alg: algorithm, jwk: publicJwk, ...header },
    claims: proofClaims(method, request, clock.now()),
  })
  return {
    publicJwk,
    thumbprint,
    cnf: Object.freeze({ jkt: thumbprint }),
    async proof(request) {
      const { header, claims } = contents('proof', request)
      return signJws(header, claims, key)
    },
    forged: forgedProofs({
      key,
      publicJwk,
      contents: (request) => contents('forged', request),
      async stranger() {
        const other = await createSigningKey(algorithm)
        return { key: other, publicJwk: publicJwkOf(other) }
      },
    }),
  }
}

/** The members a thumbprint is made of, in its order (RFC 7638 §3.2), are all that a public key needs. */
function publicJwkOf(key: SigningKey): JsonRecord {
  if (key.alg === 'ES256') {
    const { crv, kty, x, y } = publishEc(key)
    return Object.freeze({ crv, kty, x, y })
  }
  const { e, kty, n } = publish(key)
  return Object.freeze({ e, kty, n })
}
