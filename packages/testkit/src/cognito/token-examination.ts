import { type JsonRecord, tryDecodeJws } from '../jws/compact-jws.js'
import { isSignedBy } from '../jws/signing-key.js'
import { loginOf } from './logins.js'
import type { Pool } from './pool.js'

/** What the pool itself makes of an access token that comes back to it. */
export type Standing = 'good' | 'invalid' | 'expired' | 'user-deleted' | 'user-disabled' | 'revoked'

export interface Examination {
  readonly standing: Standing
  /** Empty when the token is invalid. */
  readonly claims: JsonRecord
}

const INVALID: Examination = { standing: 'invalid', claims: {} }

/** Verifies an access token for real, then looks up what became of its user and its login. */
export function examineAccessToken(pool: Pool, token: string): Examination {
  const claims = verifiedClaims(pool, token)
  if (claims === undefined || claims['token_use'] !== 'access') return INVALID
  const { iss, exp, nbf, sub } = claims
  const now = pool.clock.now() / 1_000
  if (!pool.issuer.isOwn(iss) || typeof exp !== 'number') return INVALID
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= now)) return INVALID
  if (exp <= now) return { standing: 'expired', claims }
  const state = pool.users.find(sub)?.state ?? 'enabled'
  if (state !== 'enabled') return { standing: `user-${state}`, claims }
  return { standing: pool.logins.isEnded(loginOf(claims)) ? 'revoked' : 'good', claims }
}

/** Claims of a token that one of the pool's keys has signed, for whatever use. */
export function verifiedClaims({ keys }: Pool, token: string): JsonRecord | undefined {
  const jws = tryDecodeJws(token)
  const key = jws?.header['alg'] === 'RS256' ? keys.find(jws.header['kid']) : undefined
  if (jws === undefined || key === undefined || !isSignedBy(key, jws.input, jws.signature)) return undefined
  return jws.payload
}

export function hasScope({ scope }: JsonRecord, wanted: string): boolean {
  return typeof scope === 'string' && scope.split(' ').includes(wanted)
}
