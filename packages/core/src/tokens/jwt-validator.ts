import { signatureVerifier } from '#signature'
import { isSignatureAlgorithm, type SignatureAlgorithm } from '../keys/algorithms.js'
import type { JwksSource } from '../keys/jwks-source.js'
import type { VerificationKey } from '../keys/signature.js'
import type { OperatorCode, RefusalCode } from '../outcomes/operator-codes.js'
import type { AccessTokenClaims } from '../vocabulary/access-token-claims.js'
import { readConfirmation } from '../vocabulary/confirmation.js'
import { refusalByTime, type TimeExpectations, type TokenProfile } from './claim-expectations.js'
import type { CompactJws } from './compact-jws.js'
import { readRegisteredClaims } from './registered-claims.js'
import type { TokenFacts } from './token-facts.js'

export interface JwtValidatorOptions {
  readonly issuer: string
  readonly keys: JwksSource
  readonly algorithms: readonly SignatureAlgorithm[]
  readonly profile: TokenProfile
  readonly times: TimeExpectations
}

/** Validates the JWTs of one issuer, cheap checks first: nothing is fetched for a token that is refused anyway. */
export interface JwtValidator {
  validate(jws: CompactJws, now: number): Promise<TokenFacts | OperatorCode>
}

export function createJwtValidator({ issuer, keys, algorithms, profile, times }: JwtValidatorOptions): JwtValidator {
  return {
    async validate(jws, now) {
      const { header, payload } = jws
      const algorithm = header.alg
      if (!isSignatureAlgorithm(algorithm) || !algorithms.includes(algorithm)) return 'algorithm-not-allowed'
      const claims = readRegisteredClaims(payload)
      // The caller chose this validator by `iss`; the check stands here too, so that keys can never cross issuers.
      if (claims === undefined || claims.iss !== issuer) return 'claims-malformed'
      const token = { header, payload, claims }
      const refusal = refusalByTime(claims, times, now) ?? profile.refusal(token)
      if (refusal !== undefined) return refusal
      const identity = profile.identity(token)
      if (identity === undefined) return 'claims-malformed'

      const lookup = await keys.find({ algorithm, kid: header.kid })
      if (lookup.result === 'unavailable') return lookup.reason
      if (lookup.result === 'absent') return 'unknown-key'
      const signatureRefusal = await refusalBySignature(lookup.keys, jws)
      if (signatureRefusal !== undefined) return signatureRefusal

      // Whether its sender shows what it is bound to, each request tells. Nobody can show what nobody can check.
      const confirmation = readConfirmation(payload)
      if (confirmation === 'unverifiable') return 'sender-constraint-unchecked'
      return {
        issuer,
        subject: claims.sub,
        ...identity,
        claims: payload as unknown as AccessTokenClaims,
        expiresAt: claims.exp,
        issuedAt: claims.iat,
        authenticatedAt: claims.authTime,
        acr: claims.acr,
        confirmation,
      }
    },
  }
}

/** `undefined` when one of the keys made the signature. */
export async function refusalBySignature(
  candidates: readonly VerificationKey[],
  { signingInput, signature }: CompactJws,
): Promise<RefusalCode | undefined> {
  if (candidates.length === 0) return 'key-not-usable'
  for (const key of candidates) {
    if (await signatureVerifier.verifySignature(key, signingInput, signature)) return undefined
  }
  return 'signature-invalid'
}
