import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entryDenies } from '../../src/revocation/deny-rule.js'
import { listedEntry, mergeEntries, nameOf } from '../../src/revocation/listed-entry.js'
import { checkRevocationEntry, type RevocationEntry } from '../../src/revocation/revocation-entry.js'
import { DAY, factsOf, ISSUER, issuer, NOW, SECOND } from '../support/revoked-tokens.js'

const listed = (entry: object, addedAt = NOW) =>
  listedEntry(checkRevocationEntry({ issuer: ISSUER, ...entry }), addedAt, 30 * DAY)
const user = (notBefore: number, confirmedAt?: number) => ({ kind: 'user', sub: 'user', notBefore, confirmedAt })
const login = (confirmedAt?: number) => ({ kind: 'login', login: 'login-1', confirmedAt })

it('each kind has its name', () => {
  const entries: readonly RevocationEntry[] = [
    { kind: 'token', issuer: ISSUER, jti: 'j', expiresAt: NOW },
    { kind: 'login', issuer: ISSUER, login: 'l' },
    { kind: 'user', issuer: ISSUER, sub: 'u', notBefore: NOW },
    { kind: 'client', issuer: ISSUER, clientId: 'c' },
    { kind: 'issuer', issuer: ISSUER },
  ]
  expect(entries.map(nameOf)).toStrictEqual(['j', 'l', 'u', 'c', ''])
})

describe('two entries of one name', () => {
  it('deny what either denies, whichever came first', () => {
    const instant = fc.integer({ min: NOW, max: NOW + 60 * SECOND })
    const entry = fc.record({ notBefore: instant, confirmedAt: fc.option(instant, { nil: undefined }) })
    fc.assert(
      fc.property(fc.array(entry, { minLength: 2, maxLength: 5 }), instant, (entries, issuedAt) => {
        const facts = factsOf({ issuedAt })
        const all = entries.map(({ notBefore, confirmedAt }) => listed(user(notBefore, confirmedAt)))
        const expected = all.some((one) => entryDenies(one.entry, facts, issuer))
        for (const order of [all, all.toReversed()]) {
          expect(entryDenies(order.reduce(mergeEntries).entry, facts, issuer)).toBe(expected)
        }
      }),
    )
  })

  it.each<[string, object, object, object]>([
    [
      'the later end of a token',
      { kind: 'token', jti: 'j', expiresAt: NOW },
      { kind: 'token', jti: 'j', expiresAt: NOW + 1 },
      { entry: { expiresAt: NOW + 1 } },
    ],
    ['a confirmation, which ends the wait for one', login(), login(NOW + 5), { lastIssueAt: NOW + 5 }],
    ['the later of two confirmations', login(NOW + 9), login(NOW + 5), { lastIssueAt: NOW + 9 }],
    [
      'a confirmation of all logins up to an instant, for those of before',
      user(NOW + 5),
      user(NOW + 8, NOW + 9),
      { entry: { notBefore: NOW + 8 }, lastIssueAt: NOW + 9 },
    ],
    [
      'the wait for a confirmation of later logins',
      user(NOW + 5, NOW + 6),
      user(NOW + 8),
      { entry: { notBefore: NOW + 8 }, lastIssueAt: NOW + 30 * DAY },
    ],
    [
      'a ban for good',
      { kind: 'client', clientId: 'c' },
      { kind: 'client', clientId: 'c', notBefore: NOW + 1 },
      { entry: { kind: 'client', clientId: 'c', issuer: ISSUER }, lastIssueAt: undefined },
    ],
    [
      'the later of two bans',
      { kind: 'issuer', notBefore: NOW + 2 },
      { kind: 'issuer', notBefore: NOW + 1 },
      { entry: { notBefore: NOW + 2 }, lastIssueAt: NOW + 2 },
    ],
  ])('keep %s', (_, a, b, kept) => {
    for (const [first, second] of [
      [a, b],
      [b, a],
    ] as const) {
      expect(mergeEntries(listed(first), listed(second))).toMatchObject(kept)
    }
  })

  it('without confirmation wait from the later one on', () => {
    expect(mergeEntries(listed(login(), NOW + DAY), listed(login(), NOW))).toMatchObject({
      lastIssueAt: NOW + 31 * DAY,
    })
  })
})
