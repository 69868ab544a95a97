import { signatureVerifier } from '#signature'
import { isSignatureAlgorithm, type SignatureAlgorithm } from '../keys/algorithms.js'
import type { JwksSource, KeyLookup } from '../keys/jwks-source.js'
import type { VerificationKey } from '../keys/signature.js'
import type { OperatorCode, RefusalCode } from '../outcomes/operator-codes.js'
import type { Instant } from '../transport/clock.js'
import { nextTurn } from '../transport/timer.js'
import type { AccessTokenClaims } from '../vocabulary/access-token-claims.js'
import { readConfirmation } from '../vocabulary/confirmation.js'
import type { JsonObject } from '../vocabulary/json-object.js'
import { refusalByTime, type TimeExpectations, type TokenProfile } from './claim-expectations.js'
import type { CompactJws } from './compact-jws.js'
import type { JoseHeader } from './jose-header.js'
import { readRegisteredClaims } from './registered-claims.js'
import type { TokenFacts } from './token-facts.js'
import type { VerifiedToken } from './verified-token.js'

export interface JwtValidatorOptions {
  readonly issuer: string
  readonly keys: JwksSource
  readonly algorithms: readonly SignatureAlgorithm[]
  readonly profile: TokenProfile
  readonly times: TimeExpectations
}

/** Validates the JWTs of one issuer, cheap checks first: nothing is fetched for a token that is refused anyway. */
export interface JwtValidator {
  /** At once where the key is at hand and the runtime verifies at once: a promise would cost more than the checks. */
  validate(jws: CompactJws, now: Instant): Validation | Promise<Validation>
  /** What claims say that somebody else has verified; all is checked but signature and key. */
  factsOfClaims(claims: JsonObject, now: Instant): TokenFacts | RefusalCode
  /** Whether a token that was verified before would be verified again: by what may have changed since. */
  stillHolds(token: VerifiedToken, now: Instant): boolean
  /** Of that the key alone: whether its name still stands for this very key. */
  hasKey(token: Pick<VerifiedToken, 'header' | 'key'>, now: Instant): boolean
}

type Validation = VerifiedToken | OperatorCode

export function createJwtValidator({ issuer, keys, algorithms, profile, times }: JwtValidatorOptions): JwtValidator {
  /** All that takes no key; the facts are those of the token if it turns out to be genuine. */
  function factsOrRefusal(
    { header, payload }: Pick<CompactJws, 'header' | 'payload'>,
    now: number,
  ): Unproven | RefusalCode {
    const claims = readRegisteredClaims(payload)
    // The caller chose this validator by `iss`; the check stands here too, so that keys can never cross issuers.
    if (claims === undefined || claims.iss !== issuer) return 'claims-malformed'
    const token = { header, payload, claims }
    const refusal = refusalByTime(claims, times, now) ?? profile.refusal(token)
    if (refusal !== undefined) return refusal
    const identity = profile.identity(token)
    if (identity === undefined) return 'claims-malformed'
    const facts: TokenFacts = {
      issuer,
      subject: claims.sub,
      clientId: identity.clientId,
      scopes: identity.scopes,
      groups: identity.groups,
      claims: payload as unknown as AccessTokenClaims,
      expiresAt: claims.exp,
      issuedAt: claims.iat,
      authenticatedAt: claims.authTime,
      acr: claims.acr,
      confirmation: undefined,
    }
    return { facts, notBefore: claims.nbf }
  }

  /** What has to be fetched is for a validation to fetch. */
  function hasKey({ header, key }: Pick<VerifiedToken, 'header' | 'key'>, now: Instant): boolean {
    return keys.atHand({ algorithm: key.algorithm, kid: header.kid }, now)?.includes(key) === true
  }

  return {
    validate(jws, now) {
      const { alg: algorithm, kid } = jws.header
      if (!isSignatureAlgorithm(algorithm) || !algorithms.includes(algorithm)) return 'algorithm-not-allowed'
      const unproven = factsOrRefusal(jws, now.wall)
      if (typeof unproven === 'string') return unproven
      const lookup = keys.find({ algorithm, kid }, now)
      return lookup instanceof Promise
        ? lookup.then((landed) => verify(jws, landed, unproven))
        : verify(jws, lookup, unproven)
    },

    factsOfClaims(payload, now) {
      const unproven = factsOrRefusal({ header: UNKNOWN_HEADER, payload }, now.wall)
      if (typeof unproven === 'string') return unproven
      // Who sent the token is not known here.
      return readConfirmation(payload) === undefined ? unproven.facts : 'sender-constraint-unchecked'
    },

    stillHolds(token, now) {
      const { expiresAt: exp, issuedAt: iat, authenticatedAt: authTime } = token.facts
      const claims = { exp, nbf: token.notBefore, iat, authTime }
      return refusalByTime(claims, times, now.wall) === undefined && hasKey(token, now)
    },

    hasKey,
  }
}

/** Nobody tells it beside the claims: a profile that needs something of it refuses. */
const UNKNOWN_HEADER: JoseHeader = { alg: '', kid: undefined, typ: undefined }

type Unproven = Pick<VerifiedToken, 'facts' | 'notBefore'>

function verify(jws: CompactJws, lookup: KeyLookup, unproven: Unproven): Validation | Promise<Validation> {
  if (lookup.result === 'unavailable') return lookup.reason
  if (lookup.result === 'absent') return 'unknown-key'
  if (lookup.keys.length === 0) return 'key-not-usable'
  const key = keyThatSigned(jws, lookup.keys)
  return key instanceof Promise ? key.then((found) => proven(jws, found, unproven)) : proven(jws, key, unproven)
}

function proven(jws: CompactJws, key: VerificationKey | undefined, { facts, notBefore }: Unproven): Validation {
  if (key === undefined) return 'signature-invalid'
  // Whether its sender shows what it is bound to, each request tells. Nobody can show what nobody can check.
  const confirmation = readConfirmation(jws.payload)
  if (confirmation === 'unverifiable') return 'sender-constraint-unchecked'
  return { facts: confirmation === undefined ? facts : { ...facts, confirmation }, header: jws.header, key, notBefore }
}

/** `undefined` when one of the keys made the signature. */
export async function refusalBySignature(
  candidates: readonly VerificationKey[],
  jws: CompactJws,
): Promise<RefusalCode | undefined> {
  if (candidates.length === 0) return 'key-not-usable'
  return (await keyThatSigned(jws, candidates)) === undefined ? 'signature-invalid' : undefined
}

/** Others have their turn between two keys: nothing holds the loop for longer than one signature. */
function keyThatSigned(
  { signingInput, signature }: CompactJws,
  [key, ...others]: readonly VerificationKey[],
): VerificationKey | undefined | Promise<VerificationKey | undefined> {
  if (key === undefined) return undefined
  const verified = signatureVerifier.verifySignature(key, signingInput, signature)
  if (verified === true || (verified === false && others.length === 0)) return verified ? key : undefined
  return tryOthers(verified)

  async function tryOthers(first: boolean | Promise<boolean>): Promise<VerificationKey | undefined> {
    if (await first) return key
    for (const other of others) {
      await nextTurn()
      if (await signatureVerifier.verifySignature(other, signingInput, signature)) return other
    }
    return undefined
  }
}
