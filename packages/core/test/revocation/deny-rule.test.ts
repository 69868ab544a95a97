import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entryDenies, entryEnd } from '../../src/revocation/deny-rule.js'
import { listedEntry } from '../../src/revocation/listed-entry.js'
import { checkRevocationEntry, type RevocationEntry } from '../../src/revocation/revocation-entry.js'
import { DAY, factsOf, HOUR, ISSUER, issuer, NOW, SECOND } from '../support/revoked-tokens.js'

const userUpTo = (notBefore: number): RevocationEntry => ({ kind: 'user', issuer: ISSUER, sub: 'user', notBefore })

describe('an entry of a user', () => {
  it('denies logins up to its instant, tolerance and propagation delay included', () => {
    const bound = NOW + 7 * SECOND
    expect(entryDenies(userUpTo(NOW), factsOf({ issuedAt: bound }), issuer)).toBe(true)
    expect(entryDenies(userUpTo(NOW), factsOf({ issuedAt: bound + 1 }), issuer)).toBe(false)
  })

  it('looks at when the user logged in: a refresh afterwards saves nothing', () => {
    const refreshed = (authTime: unknown) => factsOf({ issuedAt: NOW + HOUR, claims: { auth_time: authTime } })
    expect(entryDenies(userUpTo(NOW), refreshed(NOW / SECOND), issuer)).toBe(true)
    expect(entryDenies(userUpTo(NOW), refreshed(NOW / SECOND + 8), issuer)).toBe(false)
  })

  it.each([undefined, null, '1800000000', Number.NaN])('denies a token whose auth_time is %j', (authTime) => {
    const facts = factsOf({ issuedAt: NOW + DAY, claims: { auth_time: authTime } })
    expect(entryDenies(userUpTo(NOW), facts, issuer)).toBe(true)
  })

  it('denies a token that does not say when it was issued', () => {
    expect(entryDenies(userUpTo(NOW), factsOf({ issuedAt: undefined }), issuer)).toBe(true)
  })

  it('denies every login of before, and none of a while after, whatever the clocks within the tolerance', () => {
    const { clockTolerance, propagationDelay } = issuer
    fc.assert(
      fc.property(
        fc.integer({ min: -DAY, max: DAY }),
        fc.record({
          issuerOffset: fc.integer({ min: -clockTolerance / 2, max: clockTolerance / 2 }),
          stampOffset: fc.integer({ min: -clockTolerance / 2, max: clockTolerance / 2 }),
          stampsSeconds: fc.boolean(),
          claimsSeconds: fc.boolean(),
        }),
        (login, { issuerOffset, stampOffset, stampsSeconds, claimsSeconds }) => {
          const revokedAt = NOW + 10
          const loggedInAt = revokedAt + login
          const seconds = (instant: number, floor: boolean) => (floor ? Math.floor(instant / SECOND) * SECOND : instant)
          const entry = checkRevocationEntry(userUpTo(seconds(revokedAt + stampOffset, stampsSeconds)))
          const facts = factsOf({ issuedAt: seconds(loggedInAt + issuerOffset, claimsSeconds) })
          const denied = entryDenies(entry, facts, issuer)
          // A refresh that read the session just before may be signed as late as the propagation delay after.
          if (login <= propagationDelay) expect(denied).toBe(true)
          if (login > 2 * SECOND + 2 * clockTolerance + propagationDelay) expect(denied).toBe(false)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

describe('the entry of a token or a login', () => {
  it('denies whatever the token says', () => {
    const facts = factsOf({ issuedAt: NOW + DAY })
    expect(entryDenies({ kind: 'token', issuer: ISSUER, jti: 'jti-1', expiresAt: NOW }, facts, issuer)).toBe(true)
    expect(entryDenies({ kind: 'login', issuer: ISSUER, login: 'login-1' }, facts, issuer)).toBe(true)
  })
})

describe.each(['client', 'issuer'] as const)('an entry of a whole %s', (kind) => {
  const entry = (notBefore?: number) =>
    checkRevocationEntry({
      kind,
      issuer: ISSUER,
      ...(kind === 'client' && { clientId: 'client' }),
      ...(notBefore !== undefined && { notBefore }),
    })

  it('denies every token, and never ends', () => {
    expect(entryDenies(entry(), factsOf({ issuedAt: NOW + 10 * DAY }), issuer)).toBe(true)
    expect(entryEnd(listedEntry(entry(), NOW, DAY), issuer)).toBe(Infinity)
  })

  it('denies tokens issued up to an instant, whenever the login was, and ends with them', () => {
    const upTo = entry(NOW + 1)
    const issuedAt = NOW + 1 + 7 * SECOND
    const newLogin = { auth_time: (NOW + DAY) / SECOND }
    expect(entryDenies(upTo, factsOf({ issuedAt, claims: newLogin }), issuer)).toBe(true)
    expect(entryDenies(upTo, factsOf({ issuedAt: issuedAt + 1, claims: { auth_time: 0 } }), issuer)).toBe(false)
    expect(entryDenies(upTo, factsOf({ issuedAt: undefined }), issuer)).toBe(true)
    expect(entryEnd(listedEntry(upTo, NOW, DAY), issuer)).toBe(NOW + 1 + HOUR + 17 * SECOND)
  })
})

describe('the end of an entry', () => {
  const end = (entry: RevocationEntry, its = issuer) => entryEnd(listedEntry(entry, NOW, 30 * DAY), its)
  const login: RevocationEntry = { kind: 'login', issuer: ISSUER, login: 'login-1', confirmedAt: NOW + 1 }

  it('is the end of the token, its leeway and the tolerance', () => {
    const token: RevocationEntry = { kind: 'token', issuer: ISSUER, jti: 'jti-1', expiresAt: NOW + HOUR }
    expect(end(token)).toBe(NOW + HOUR + 10 * SECOND)
    expect(end(token, { ...issuer, maxTokenLifetime: undefined })).toBe(NOW + HOUR + 10 * SECOND)
  })

  it('counts from when the server confirmed: maximum lifetime, leeway, twice the tolerance, propagation delay', () => {
    expect(end(login)).toBe(NOW + 1 + HOUR + 17 * SECOND)
    expect(end({ ...userUpTo(NOW), confirmedAt: NOW + 1 } as RevocationEntry)).toBe(NOW + 1 + HOUR + 17 * SECOND)
  })

  it('is never before the tokens of the logins it denies have ended', () => {
    expect(end({ ...userUpTo(NOW + DAY), confirmedAt: NOW + 1 } as RevocationEntry)).toBe(
      NOW + DAY + HOUR + 17 * SECOND,
    )
  })

  it('counts from when a login can no longer be refreshed, as long as nobody has confirmed', () => {
    expect(end({ kind: 'login', issuer: ISSUER, login: 'login-1' })).toBe(NOW + 30 * DAY + HOUR + 17 * SECOND)
    expect(end(userUpTo(NOW))).toBe(NOW + 30 * DAY + HOUR + 17 * SECOND)
  })

  it('never comes where nobody has said how long tokens live, or where the issuer is not known', () => {
    expect(end(login, { ...issuer, maxTokenLifetime: undefined })).toBe(Infinity)
    expect(entryEnd(listedEntry(login, NOW, DAY), undefined)).toBe(Infinity)
  })

  it('comes after every token of the revoked login is refused everywhere, whatever the clocks within the tolerance', () => {
    const { clockTolerance, propagationDelay } = issuer
    const offset = fc.integer({ min: -clockTolerance / 2, max: clockTolerance / 2 })
    fc.assert(
      fc.property(
        fc.record({ issuerOffset: offset, confirmerOffset: offset, nodeOffset: offset }),
        fc.record({
          answered: fc.integer({ min: 0, max: 5_000 }),
          lastIssue: fc.integer({ min: -DAY, max: propagationDelay }),
          lifetime: fc.integer({ min: 1, max: HOUR }),
          later: fc.integer({ min: 0, max: 2 * HOUR }),
        }),
        fc.boolean(),
        ({ issuerOffset, confirmerOffset, nodeOffset }, { answered, lastIssue, lifetime, later }, oneToken) => {
          const expiresAt = NOW + lastIssue + issuerOffset + lifetime
          const confirmedAt = NOW + answered + confirmerOffset
          const entry = checkRevocationEntry(
            oneToken
              ? { kind: 'token', issuer: ISSUER, jti: 'jti-1', expiresAt }
              : { kind: 'login', issuer: ISSUER, login: 'login-1', confirmedAt },
          )
          const nodeTime = NOW + later + nodeOffset
          const isAccepted = nodeTime < expiresAt + clockTolerance
          if (isAccepted) expect(nodeTime).toBeLessThan(end(entry))
        },
      ),
      { numRuns: 5_000 },
    )
  })
})
