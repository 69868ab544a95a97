import type { AppClient } from './app-clients.js'
import { type LoginClaims, refreshedLoginClaims } from './login-tokens.js'
import type { Pool } from './pool.js'

/** Why a refresh token brings nothing. */
export type RefreshRefusal = 'unknown' | 'expired' | 'revoked' | 'rotated' | 'user-disabled' | 'user-deleted'

export interface RefreshedLogin {
  readonly claims: LoginClaims
  /** A new one, where the client rotates them. */
  readonly refreshToken: string | undefined
}

/** Continues a login: the same `origin_jti`, `auth_time`, scopes, `aud`, `acr` and `amr`, and new times. */
export function refreshLogin(pool: Pool, client: AppClient, token: string): RefreshedLogin | RefreshRefusal {
  const { users, logins, refreshTokens } = pool
  const grant = refreshTokens.find(token)
  if (grant === undefined || grant.clientId !== client.clientId) return 'unknown'
  const state = users.find(grant.access['sub'])?.state ?? 'enabled'
  if (state !== 'enabled') return `user-${state}`
  if (logins.isEnded(grant.login)) return 'revoked'
  const standing = refreshTokens.standingOf(token)
  if (standing !== 'good') return standing
  const { rotationGrace } = client
  return {
    claims: refreshedLoginClaims(pool, grant),
    refreshToken: rotationGrace === undefined ? undefined : refreshTokens.rotate(token, rotationGrace),
  }
}
