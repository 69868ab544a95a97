import { sha256, signatureVerifier } from '#signature'
import type { Emit } from '../outcomes/events.js'
import type { OperatorCode, RefusalCode } from '../outcomes/operator-codes.js'
import type { SenderExamination, TokenPresentation } from '../tokens/sender-constraint.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import type { Clock } from '../transport/clock.js'
import { andThen, type AtOnce } from '../vocabulary/at-once.js'
import { equalInConstantTime } from '../vocabulary/constant-time.js'
import { headerValues } from '../vocabulary/protected-request.js'
import type { DpopKey, DpopKeys } from './dpop-keys.js'
import type { DpopNonces } from './dpop-nonces.js'
import { type DpopProof, parseDpopProof } from './dpop-proof.js'
import { type DpopTimes, refusalByProofTime } from './dpop-times.js'
import { rememberProof } from './proof-spending.js'
import type { ReplayMemory } from './replay-memory.js'
import { isTarget } from './request-target.js'

/** What all examinations of one server share. */
export interface DpopParts {
  /** Normalized, without a slash at the end. */
  readonly publicUrls: readonly string[]
  readonly keys: DpopKeys
  /** `undefined` where proofs need none. */
  readonly nonces: DpopNonces | undefined
  readonly memory: ReplayMemory
  /** Milliseconds for the memory to answer. */
  readonly replayTimeout: number
  readonly times: DpopTimes
  /** Whether every token has to be bound to a key. */
  readonly required: boolean
  readonly clock: Clock
  readonly emit: Emit
}

/** A proof that holds by itself: whether it is the one that a token demands is another question. */
interface VerifiedProof {
  readonly proof: DpopProof
  readonly key: DpopKey
}

type Verification = VerifiedProof | RefusalCode

/** The proof of one request. It is verified once, when the first token demands it, and spent once. */
export class DpopExamination implements SenderExamination {
  readonly #parts: DpopParts
  readonly #presentation: TokenPresentation
  #verification: AtOnce<Verification> | undefined
  #spending: AtOnce<OperatorCode | undefined>
  #isSpent = false

  constructor(parts: DpopParts, presentation: TokenPresentation) {
    this.#parts = parts
    this.#presentation = presentation
  }

  refusal(): AtOnce<RefusalCode | undefined> {
    return this.#presentation.scheme === 'DPoP' ? andThen(this.#verified(), refusalIn) : undefined
  }

  compare({ confirmation }: TokenFacts): AtOnce<RefusalCode | boolean> {
    const bound = confirmation?.jkt
    if (this.#presentation.scheme !== 'DPoP') {
      if (bound !== undefined) return 'dpop-token-as-bearer'
      return this.#parts.required ? 'sender-constraint-missing' : false
    }
    if (bound === undefined) return 'dpop-token-not-bound'
    return andThen(this.#verified(), (verification) => this.#compared(verification, bound))
  }

  /** Tokens that are bound to nothing have shown nothing that could be spent. */
  spend({ confirmation, issuer }: TokenFacts): AtOnce<OperatorCode | undefined> {
    const verification = this.#verification
    if (confirmation?.jkt === undefined || verification === undefined) return undefined
    if (!this.#isSpent) {
      this.#isSpent = true
      this.#spending = andThen(verification, (landed) => this.#spent(landed, issuer))
    }
    return this.#spending
  }

  renewedNonce(): string | undefined {
    const { nonces, clock } = this.#parts
    const verification = this.#verification
    if (nonces === undefined || verification === undefined) return undefined
    const current = nonces.current(clock.now())
    const used = verification instanceof Promise || typeof verification === 'string' ? undefined : verification.proof
    return used?.claims.nonce === current ? undefined : current
  }

  #verified(): AtOnce<Verification> {
    if (this.#verification !== undefined) return this.#verification
    const verification = this.#verify()
    this.#verification = verification
    if (verification instanceof Promise) void verification.then((landed) => (this.#verification = landed))
    return verification
  }

  /** RFC 9449 §4.3, in an order in which the costly comes last. */
  #verify(): AtOnce<Verification> {
    const proof = this.#read()
    if (typeof proof === 'string') return proof
    const refusal = this.#refusalByClaims(proof)
    if (refusal !== undefined) return refusal
    return andThen(sha256(this.#presentation.token), (hash) => {
      const { ath } = proof.claims
      if (ath === undefined || !equalInConstantTime(ath, hash)) return 'dpop-token-mismatch'
      return andThen(this.#parts.keys.find(proof), (key) => (typeof key === 'string' ? key : verifyWith(proof, key)))
    })
  }

  #read(): DpopProof | RefusalCode {
    const { request } = this.#presentation
    const [text, ...others] = request === undefined ? [] : headerValues(request, 'dpop')
    if (text === undefined) return 'dpop-proof-missing'
    // A web `Headers` object joins repeated headers with commas, which no proof has.
    if (others.length > 0 || text.includes(',')) return 'dpop-proof-repeated'
    return parseDpopProof(text) ?? 'dpop-proof-malformed'
  }

  #refusalByClaims({ claims }: DpopProof): RefusalCode | undefined {
    const { publicUrls, times, nonces, clock } = this.#parts
    const { request } = this.#presentation
    if (request === undefined || claims.htm !== request.method) return 'dpop-method-mismatch'
    if (!isTarget(claims.htu, request, publicUrls)) return 'dpop-target-mismatch'
    const now = clock.now()
    const refusal = refusalByProofTime(claims, times, now)
    if (refusal !== undefined || nonces === undefined) return refusal
    if (claims.nonce === undefined) return 'dpop-nonce-missing'
    return nonces.accepts(claims.nonce, now) ? undefined : 'dpop-nonce-not-accepted'
  }

  #compared(verification: Verification, bound: string): RefusalCode | true {
    if (typeof verification === 'string') return verification
    const { proof, key } = verification
    if (!equalInConstantTime(key.thumbprint, bound)) return 'dpop-key-mismatch'
    this.#parts.keys.remember(proof, key)
    return true
  }

  #spent(verification: Verification, issuer: string): AtOnce<OperatorCode | undefined> {
    if (typeof verification === 'string') return verification
    const { proof, key } = verification
    return rememberProof(this.#parts, { claims: proof.claims, thumbprint: key.thumbprint, issuer })
  }
}

function refusalIn(verification: Verification): RefusalCode | undefined {
  return typeof verification === 'string' ? verification : undefined
}

function verifyWith(proof: DpopProof, key: DpopKey): AtOnce<Verification> {
  const judge = (isVerified: boolean): Verification => (isVerified ? { proof, key } : 'dpop-signature-invalid')
  return andThen(signatureVerifier.verifySignature(key.key, proof.signingInput, proof.signature), judge)
}
