import { describe, expect, it } from 'vitest'
import { isExpired, isPlainTokenType, mediaType, refusalByTime } from '../../src/tokens/claim-expectations.js'
import type { RegisteredClaims } from '../../src/tokens/registered-claims.js'

const NOW = 1_000_000
const claims: RegisteredClaims = {
  iss: 'https://a.example',
  sub: 's',
  exp: NOW + 60_000,
  nbf: undefined,
  iat: NOW - 60_000,
  aud: [],
  clientId: undefined,
  jti: undefined,
  authTime: NOW - 90_000,
  acr: undefined,
}
const tolerant = { clockTolerance: 5_000, maxTokenAge: undefined }
const check = (changed: Partial<RegisteredClaims>, times: Parameters<typeof refusalByTime>[1] = tolerant) =>
  refusalByTime({ ...claims, ...changed }, times, NOW)

describe('refusalByTime', () => {
  it('lets a token of now pass', () => {
    expect(check({})).toBeUndefined()
    expect(check({ iat: undefined, authTime: undefined })).toBeUndefined()
  })

  it('refuses from exp plus the tolerance on', () => {
    expect(check({ exp: NOW - 4_999 })).toBeUndefined()
    expect(check({ exp: NOW - 5_000 })).toBe('token-expired')
    expect(check({ exp: NOW }, { clockTolerance: 0, maxTokenAge: undefined })).toBe('token-expired')
    expect(check({ exp: NOW + 1 }, { clockTolerance: 0, maxTokenAge: undefined })).toBeUndefined()
  })

  it('refuses until nbf minus the tolerance', () => {
    expect(check({ nbf: NOW + 5_000 })).toBeUndefined()
    expect(check({ nbf: NOW + 5_001 })).toBe('token-not-yet-valid')
  })

  it('refuses an iat beyond the tolerance in the future', () => {
    expect(check({ iat: NOW + 5_000 })).toBeUndefined()
    expect(check({ iat: NOW + 5_001 })).toBe('issued-in-the-future')
  })

  it('refuses a login beyond the tolerance in the future', () => {
    expect(check({ authTime: NOW + 5_000 })).toBeUndefined()
    expect(check({ authTime: NOW + 5_001 })).toBe('authenticated-in-the-future')
    expect(check({ authTime: Number.NaN })).toBe('authenticated-in-the-future')
  })

  it('refuses a token older than the maximum age, and one whose age is unknown', () => {
    const limited = { clockTolerance: 5_000, maxTokenAge: 30_000 }
    expect(check({ iat: NOW - 35_000 }, limited)).toBeUndefined()
    expect(check({ iat: NOW - 35_001 }, limited)).toBe('token-too-old')
    expect(check({ iat: undefined }, limited)).toBe('claims-malformed')
  })
})

describe('isExpired', () => {
  it('is true on or after the instant', () => {
    expect([isExpired(NOW, 0, NOW - 1), isExpired(NOW, 0, NOW)]).toStrictEqual([false, true])
  })
})

describe('token types', () => {
  it.each([undefined, 'JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt', 'application/JWT'])(
    '%j may be an access token',
    (typ) => {
      expect(isPlainTokenType(typ)).toBe(true)
    },
  )

  it.each([
    '',
    'dpop+jwt',
    'logout+jwt',
    'token-introspection+jwt',
    'secevent+jwt',
    'JOSE',
    'application/application/jwt',
  ])('%j may not', (typ) => {
    expect(isPlainTokenType(typ)).toBe(false)
  })

  it('lose their prefix and their case', () => {
    expect(mediaType('Application/AT+JWT')).toBe('at+jwt')
  })
})
