import { describe, expect, it } from 'vitest'
import { RevocationError } from '../../src/outcomes/errors.js'
import { checkRevocationEntry } from '../../src/revocation/revocation-entry.js'
import { ISSUER as issuer, NOW } from '../support/revoked-tokens.js'

describe('an entry', () => {
  it.each([
    { kind: 'token', issuer, jti: 'a', expiresAt: NOW },
    { kind: 'login', issuer, login: 'a' },
    { kind: 'login', issuer, login: 'a', confirmedAt: NOW + 1 },
    { kind: 'user', issuer, sub: 'a', notBefore: NOW + 1, confirmedAt: NOW + 2 },
    { kind: 'client', issuer, clientId: 'a' },
    { kind: 'client', issuer, clientId: 'a', notBefore: NOW + 1 },
    { kind: 'issuer', issuer },
    { kind: 'issuer', issuer, notBefore: NOW + 1 },
  ])('is taken as it is: $kind', (entry) => {
    const checked = checkRevocationEntry(entry)
    expect(checked).toStrictEqual(entry)
    expect(Object.isFrozen(checked)).toBe(true)
    expect(checked).not.toBe(entry)
  })

  it('may leave open when it was confirmed by saying undefined', () => {
    expect(checkRevocationEntry({ kind: 'login', issuer, login: 'a', confirmedAt: undefined })).toStrictEqual({
      kind: 'login',
      issuer,
      login: 'a',
    })
  })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'kind'],
    ['null', null, 'kind'],
    ['text', 'token', 'kind'],
    ['no kind', { issuer, jti: 'a', expiresAt: NOW }, 'kind'],
    ['an unknown kind', { kind: 'session', issuer }, 'kind'],
    ['a kind of every object', { kind: 'toString', issuer }, 'kind'],
    ['an inherited kind', Object.create({ kind: 'issuer', issuer }), 'kind'],
    ['no issuer', { kind: 'login', login: 'a' }, 'issuer'],
    ['an empty issuer', { kind: 'login', issuer: '', login: 'a' }, 'issuer'],
    ['no name', { kind: 'user', issuer, notBefore: NOW }, 'sub'],
    ['an empty name', { kind: 'token', issuer, jti: '', expiresAt: NOW }, 'jti'],
    ['a name that is no text', { kind: 'login', issuer, login: 7 }, 'login'],
    ['an endless name', { kind: 'login', issuer, login: 'a'.repeat(1_025) }, 'login'],
    ['a misspelt member', { kind: 'user', issuer, sub: 'a', notbefore: NOW }, 'notbefore'],
    ['a member of another kind', { kind: 'token', issuer, jti: 'a', expiresAt: NOW, confirmedAt: NOW }, 'confirmedAt'],
    ['no end of a token', { kind: 'token', issuer, jti: 'a' }, 'expiresAt'],
    ['a time in seconds', { kind: 'user', issuer, sub: 'a', notBefore: NOW / 1_000 }, 'notBefore'],
    ['an end in seconds', { kind: 'token', issuer, jti: 'a', expiresAt: NOW / 1_000 }, 'expiresAt'],
    ['a time that is no number', { kind: 'user', issuer, sub: 'a', notBefore: `${NOW}` }, 'notBefore'],
    ['a date', { kind: 'user', issuer, sub: 'a', notBefore: new Date(NOW) }, 'notBefore'],
    ['NaN', { kind: 'user', issuer, sub: 'a', notBefore: Number.NaN }, 'notBefore'],
    ['a time beyond all dates', { kind: 'login', issuer, login: 'a', confirmedAt: Infinity }, 'confirmedAt'],
    [
      'a ban whose end came out undefined',
      { kind: 'client', issuer, clientId: 'a', notBefore: undefined },
      'notBefore',
    ],
  ])('is refused with the member named: %s', (_, entry, member) => {
    expect(() => checkRevocationEntry(entry)).toThrow(RevocationError)
    expect(() => checkRevocationEntry(entry)).toThrow(expect.objectContaining({ code: 'entry-malformed', member }))
  })

  it('that is refused says nothing of what it holds', () => {
    const entry = { kind: 'token', issuer, jti: 'very-secret', expiresAt: 'very-secret' }
    expect(() => checkRevocationEntry(entry)).toThrow(expect.not.stringContaining('very-secret'))
  })
})

describe('a time stamped with a whole second', () => {
  it('means all of that second', () => {
    expect(checkRevocationEntry({ kind: 'user', issuer, sub: 'a', notBefore: NOW, confirmedAt: NOW })).toMatchObject({
      notBefore: NOW + 999,
      confirmedAt: NOW + 999,
    })
  })

  it('is rounded once, and parts of a millisecond are as well', () => {
    const once = checkRevocationEntry({ kind: 'client', issuer, clientId: 'a', notBefore: NOW - 0.5 })
    expect(once).toMatchObject({ notBefore: NOW + 999 })
    expect(checkRevocationEntry(once)).toStrictEqual(once)
    expect(checkRevocationEntry({ ...once, notBefore: NOW + 0.5 })).toMatchObject({ notBefore: NOW + 1 })
  })

  it('is exact where it is the end of a token', () => {
    expect(checkRevocationEntry({ kind: 'token', issuer, jti: 'a', expiresAt: NOW })).toMatchObject({ expiresAt: NOW })
  })
})
