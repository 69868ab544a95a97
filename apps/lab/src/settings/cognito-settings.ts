import { cognito } from '../servers/cognito.ts'
import type { Setting } from './setting.ts'

const OF_COGNITO = { tokens: 'jwt', tokensOf: 'Cognito JWT', startUpstream: cognito, revokedBy: 'server' } as const

/** Local validation alone: a token ends when it expires. */
export function untilExpiry(lifetime: number): Setting {
  return {
    ...OF_COGNITO,
    maxRevocationLag: 'token-lifetime',
    source: `expiry, after ${lifetime} s here`,
    lagBoundMs: lifetime * 1_000,
    lifetime,
  }
}

/** Cognito is asked with `GetUser`, once for each token and duration. */
export function cognitoWithin(seconds: 1 | 2): Setting {
  return { ...OF_COGNITO, maxRevocationLag: `${seconds}s`, source: '`GetUser`', lagBoundMs: seconds * 1_000 }
}

/** Cognito is asked with `GetUser`, for each request. */
export const cognitoAtOnce: Setting = { ...OF_COGNITO, maxRevocationLag: '0s', source: '`GetUser`', lagBoundMs: 0 }

/** Local validation and a list that the app's own logout writes. What others revoke ends with the token. */
export const ownLogout: Setting = {
  ...OF_COGNITO,
  maxRevocationLag: 'token-lifetime',
  source: "list, written by the app's logout",
  lagBoundMs: 0,
  revokedBy: 'logout',
}
