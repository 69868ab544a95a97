import { ISSUER, NOW } from './revoked-tokens.js'

export const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout'

/** The claims of a good logout token that names a login and its user. */
export const logoutClaims: Readonly<Record<string, unknown>> = {
  iss: ISSUER,
  aud: 'web',
  iat: NOW / 1_000,
  exp: NOW / 1_000 + 120,
  jti: 'logout-1',
  sub: 'user',
  sid: 'login-1',
  events: { [LOGOUT_EVENT]: {} },
}

export const logoutExpectations = {
  issuer: ISSUER,
  clientIds: ['web', 'mobile'],
  clockTolerance: 5_000,
  maxAge: 120_000,
} as const
