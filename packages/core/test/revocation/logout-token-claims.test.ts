import { describe, expect, it } from 'vitest'
import { readLogoutClaims } from '../../src/revocation/logout-token-claims.js'
import type { JsonObject } from '../../src/vocabulary/json-object.js'
import { LOGOUT_EVENT, logoutClaims, logoutExpectations } from '../support/logout-tokens.js'
import { HOUR, ISSUER, NOW } from '../support/revoked-tokens.js'

function read(
  changed: Readonly<Record<string, unknown>> = {},
  { typ = 'logout+jwt' as string | undefined, now = NOW } = {},
) {
  // Through JSON, so that a member set to undefined is absent.
  const payload = JSON.parse(JSON.stringify({ ...logoutClaims, ...changed })) as JsonObject
  return readLogoutClaims({ header: { alg: 'RS256', kid: 'k', typ }, payload }, logoutExpectations, now)
}

describe('a logout token', () => {
  it('that names a login ends this login, and no other of the user', () => {
    expect(read()).toStrictEqual({ entries: [{ kind: 'login', issuer: ISSUER, login: 'login-1' }], jti: 'logout-1' })
    expect(read({ sub: undefined })).toMatchObject({ entries: [{ kind: 'login' }] })
  })

  it('that names only a user ends the logins up to when it was issued, however late it comes', () => {
    const entries = [{ kind: 'user', issuer: ISSUER, sub: 'user', notBefore: NOW + 999 }]
    expect(read({ sid: undefined })).toMatchObject({ entries })
    expect(read({ sid: undefined, exp: undefined }, { now: NOW + 100_000 })).toMatchObject({ entries })
  })

  it.each([undefined, 'JWT', 'jwt', 'logout+jwt', 'application/logout+jwt', 'LOGOUT+JWT'])('may have typ %j', (typ) => {
    const payload = logoutClaims as JsonObject
    const header = { alg: 'RS256', kid: 'k', typ }
    expect(readLogoutClaims({ header, payload }, logoutExpectations, NOW)).toBeTypeOf('object')
  })

  it('may be for several audiences, this API among them', () => {
    expect(read({ aud: ['other', 'mobile'] })).toBeTypeOf('object')
  })

  it('need not say when it ends', () => {
    expect(read({ exp: undefined })).toBeTypeOf('object')
  })

  it('is taken until it is too old, or has expired, tolerance included', () => {
    expect(read({ exp: undefined }, { now: NOW + 125_000 })).toBeTypeOf('object')
    expect(read({ exp: undefined }, { now: NOW + 125_001 })).toBe('token-too-old')
    expect(read({ exp: NOW / 1_000 + 60 }, { now: NOW + 64_999 })).toBeTypeOf('object')
    expect(read({ exp: NOW / 1_000 + 60 }, { now: NOW + 65_000 })).toBe('token-expired')
    expect(read({}, { now: NOW - 5_000 })).toBeTypeOf('object')
    expect(read({}, { now: NOW - 5_001 })).toBe('issued-in-the-future')
  })

  it.each(['at+jwt', 'id+jwt', 'dpop+jwt', 'secevent+jwt', ''])('is none with typ %j', (typ) => {
    expect(read({}, { typ })).toBe('token-type-not-accepted')
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['another issuer', { iss: 'https://other.example.com' }, 'issuer-not-trusted'],
    ['no issuer', { iss: undefined }, 'issuer-not-trusted'],
    ['no events', { events: undefined }, 'no-logout-event'],
    ['events as a list', { events: [LOGOUT_EVENT] }, 'no-logout-event'],
    ['another event', { events: { 'http://schemas.openid.net/event/other': {} } }, 'no-logout-event'],
    ['an event that is no object', { events: { [LOGOUT_EVENT]: true } }, 'no-logout-event'],
    ['an event that is null', { events: { [LOGOUT_EVENT]: null } }, 'no-logout-event'],
    ['a nonce', { nonce: 'n' }, 'nonce-present'],
    ['a nonce of null', { nonce: null }, 'nonce-present'],
    ['another audience', { aud: 'other' }, 'audience-not-accepted'],
    ['no audience', { aud: undefined }, 'audience-not-accepted'],
    ['an empty audience', { aud: [] }, 'audience-not-accepted'],
    ['an audience that is no text', { aud: ['web', 7] }, 'audience-not-accepted'],
    ['no iat', { iat: undefined }, 'claims-malformed'],
    ['an iat that is no number', { iat: '1800000000' }, 'claims-malformed'],
    ['an exp that is no number', { exp: 'never' }, 'claims-malformed'],
    ['an exp of null', { exp: null }, 'claims-malformed'],
    ['no jti', { jti: undefined }, 'claims-malformed'],
    ['an empty jti', { jti: '' }, 'claims-malformed'],
    ['neither login nor user', { sid: undefined, sub: undefined }, 'claims-malformed'],
    ['a login that is no text', { sid: 7 }, 'claims-malformed'],
    ['a login of null beside a user', { sid: null }, 'claims-malformed'],
    ['an empty login', { sid: '' }, 'claims-malformed'],
    ['an endless login', { sid: 's'.repeat(2_000) }, 'claims-malformed'],
    ['a user that is no text', { sub: 7 }, 'claims-malformed'],
    ['an empty user', { sid: undefined, sub: '' }, 'claims-malformed'],
  ])('is refused with %s', (_, changed, reason) => {
    expect(read(changed)).toBe(reason)
  })

  it('of an hour ago is too old, whatever its exp says', () => {
    expect(read({ exp: (NOW + 10 * HOUR) / 1_000 }, { now: NOW + HOUR })).toBe('token-too-old')
  })
})
