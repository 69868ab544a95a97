import type { RefusalCode } from '../outcomes/operator-codes.js'
import type { DpopClaims } from './dpop-proof.js'

export interface DpopTimes {
  /** Milliseconds since `iat`. */
  readonly maxProofAge: number
  /** Milliseconds two clocks may differ. */
  readonly clockTolerance: number
}

/** Whether a proof is made now, as far as clocks can tell (RFC 9449 §4.3, §11.1). Each check asks for what must hold. */
export function refusalByProofTime(
  { iat, exp, nbf }: Pick<DpopClaims, 'iat' | 'exp' | 'nbf'>,
  { maxProofAge, clockTolerance }: DpopTimes,
  now: number,
): RefusalCode | undefined {
  if (!(iat <= now + clockTolerance)) return 'dpop-proof-from-the-future'
  if (!(now - iat <= maxProofAge + clockTolerance)) return 'dpop-proof-too-old'
  // No proof needs them; one that has them means them (RFC 7519 §4.1.4, §4.1.5).
  if (nbf !== undefined && !(nbf <= now + clockTolerance)) return 'dpop-proof-from-the-future'
  return exp !== undefined && !(now < exp + clockTolerance) ? 'dpop-proof-too-old' : undefined
}

/** From when on a proof is refused for its age, in milliseconds since the epoch. */
export function endOfProof({ iat }: Pick<DpopClaims, 'iat'>, { maxProofAge, clockTolerance }: DpopTimes): number {
  return iat + maxProofAge + clockTolerance + 1
}
