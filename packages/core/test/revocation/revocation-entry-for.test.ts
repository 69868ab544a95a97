import { describe, expect, it, vi } from 'vitest'
import { RevocationError } from '../../src/outcomes/errors.js'
import { revocationEntryFor } from '../../src/revocation/revocation-entry-for.js'
import type { Principal } from '../../src/vocabulary/principal.js'
import { HOUR, ISSUER as issuer, NOW } from '../support/revoked-tokens.js'

const claims = { iss: issuer, sub: 'user', exp: (NOW + HOUR) / 1_000, jti: 'jti-1', origin_jti: 'login-1' }
const principalWith = (itsClaims: unknown): Principal<unknown> => ({
  subject: 'user',
  clientId: 'client',
  scopes: [],
  groups: [],
  issuer,
  expiresAt: NOW + HOUR,
  claims: itsClaims,
  evidence: { source: 'local-validation', asOf: NOW, lagMs: 0, relaxed: false },
})

describe.each([
  ['a principal', principalWith(claims)],
  ['verified claims', claims],
])('from %s', (_, who) => {
  it('comes the entry of the token', () => {
    const entry = { kind: 'token', issuer, jti: 'jti-1', expiresAt: NOW + HOUR }
    expect(revocationEntryFor(who, 'token')).toStrictEqual(entry)
  })

  it('comes the entry of the login, confirmed or not', () => {
    expect(revocationEntryFor(who, 'login')).toStrictEqual({ kind: 'login', issuer, login: 'login-1' })
    expect(revocationEntryFor(who, 'login', { confirmedAt: NOW + 1 })).toMatchObject({ confirmedAt: NOW + 1 })
  })

  it('comes the entry of the user, up to now or to a given instant', () => {
    vi.useFakeTimers({ now: NOW + 5 })
    expect(revocationEntryFor(who, 'user')).toStrictEqual({ kind: 'user', issuer, sub: 'user', notBefore: NOW + 5 })
    vi.useRealTimers()
    expect(revocationEntryFor(who, 'user', { notBefore: NOW + 7, confirmedAt: NOW + 9 })).toMatchObject({
      notBefore: NOW + 7,
      confirmedAt: NOW + 9,
    })
  })

  it('comes nothing of a kind that no token belongs to', () => {
    expect(() => revocationEntryFor(who, 'client' as 'user')).toThrow(RevocationError)
  })
})

describe('the login', () => {
  it('is named by sid where there is no origin_jti', () => {
    expect(revocationEntryFor({ ...claims, origin_jti: undefined, sid: 's' }, 'login')).toMatchObject({ login: 's' })
  })
})

describe('a claim that is not there', () => {
  it.each<[string, unknown]>([
    ['a schema that kept something else', { tenant: 't' }],
    ['a schema that made no object', 'tenant'],
    ['a schema that made null', null],
    ['a claim that is no text', { jti: 7, origin_jti: 7, sid: 7 }],
    ['an empty claim', { jti: '', origin_jti: '', sid: '' }],
    ['an inherited claim', Object.create(claims)],
  ])('is named: %s', (_, itsClaims) => {
    const who = principalWith(itsClaims)
    expect(() => revocationEntryFor(who, 'token')).toThrow(
      expect.objectContaining({ code: 'claim-missing', member: 'jti', message: expect.stringContaining('schema') }),
    )
    expect(() => revocationEntryFor(who, 'login')).toThrow(expect.objectContaining({ member: 'origin_jti' }))
    expect(revocationEntryFor(who, 'user')).toMatchObject({ sub: 'user' })
  })
})
