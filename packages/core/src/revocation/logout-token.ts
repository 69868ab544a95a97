import { isSignatureAlgorithm, type SignatureAlgorithm } from '../keys/algorithms.js'
import type { JwksSource } from '../keys/jwks-source.js'
import type { RefusalCode, UnavailableCode } from '../outcomes/operator-codes.js'
import type { CompactJws } from '../tokens/compact-jws.js'
import { refusalBySignature } from '../tokens/jwt-validator.js'
import { BoundedCache } from '../transport/bounded-cache.js'
import {
  type LogoutClaims,
  type LogoutClaimsRefusal,
  type LogoutTokenExpectations,
  readLogoutClaims,
} from './logout-token-claims.js'
import type { RevocationList } from './revocation-list.js'

/** What the logout tokens of one issuer are checked with. */
export interface LogoutTokenIssuer extends LogoutTokenExpectations {
  readonly keys: JwksSource
  readonly algorithms: readonly SignatureAlgorithm[]
}

export interface LogoutTokenOptions extends LogoutTokenIssuer {
  readonly seen: SeenLogoutTokens
}

/** Why a logout token is not acted on. With an {@link UnavailableCode} it may be sent again; the rest is final. */
export type LogoutTokenRefusal =
  | LogoutClaimsRefusal
  | Extract<RefusalCode, 'algorithm-not-allowed' | 'unknown-key' | 'key-not-usable' | 'signature-invalid'>
  /** A token of the same `jti` was acted on already. */
  | 'logout-token-replayed'
  | UnavailableCode

/** Reads a logout token, cheap checks first, and says what to put on the list. */
export async function readLogoutToken(
  jws: CompactJws,
  options: LogoutTokenOptions,
  now: number,
): Promise<LogoutClaims | LogoutTokenRefusal> {
  const { keys, algorithms, seen, issuer } = options
  const { alg: algorithm, kid } = jws.header
  if (!isSignatureAlgorithm(algorithm) || !algorithms.includes(algorithm)) return 'algorithm-not-allowed'
  const claims = readLogoutClaims(jws, options, now)
  if (typeof claims === 'string') return claims
  const lookup = await keys.find({ algorithm, kid })
  if (lookup.result === 'unavailable') return lookup.reason
  if (lookup.result === 'absent') return 'unknown-key'
  const refusal = await refusalBySignature(lookup.keys, jws)
  if (refusal !== undefined) return refusal as LogoutTokenRefusal
  return seen.has(issuer, claims.jti) ? 'logout-token-replayed' : claims
}

/**
 * Reads a logout token and puts what it says on the list. It counts as seen only once it stands there: the issuer sends
 * it again when the list could not take it.
 */
export async function receiveLogoutToken(
  jws: CompactJws,
  options: LogoutTokenOptions & { readonly list: Pick<RevocationList, 'add'> },
  now: number,
): Promise<LogoutClaims | LogoutTokenRefusal> {
  const claims = await readLogoutToken(jws, options, now)
  if (typeof claims === 'string') return claims
  await options.list.add(claims.entries)
  options.seen.remember(options.issuer, claims.jti)
  return claims
}

const MOST_SEEN = 10_000

/**
 * Logout tokens that were acted on. It forgets the oldest when it is full, and may: entries count from when the token was
 * issued, so that one that is played again within its maximum age ends nothing that it had not ended before.
 */
export class SeenLogoutTokens {
  readonly #seen = new BoundedCache<string, true>(MOST_SEEN)

  has(issuer: string, jti: string): boolean {
    return this.#seen.get(keyOf(issuer, jti)) === true
  }

  remember(issuer: string, jti: string): void {
    this.#seen.set(keyOf(issuer, jti), true)
  }
}

function keyOf(issuer: string, jti: string): string {
  // No issuer identifier holds a space, so that no two pairs share a key.
  return `${issuer} ${jti}`
}
