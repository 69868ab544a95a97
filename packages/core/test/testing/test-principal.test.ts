import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../src/errors.js'
import { factsOfTestPrincipal, type TestPrincipal } from '../../src/testing/test-principal.js'

describe('a test principal', () => {
  it('is what a token of an hour from now on would say', () => {
    expect(factsOfTestPrincipal({ sub: 'u1' }, 1_700_000_000_900)).toStrictEqual({
      issuer: 'https://issuer.test',
      subject: 'u1',
      clientId: 'test-client',
      scopes: [],
      groups: [],
      claims: {
        iss: 'https://issuer.test',
        sub: 'u1',
        client_id: 'test-client',
        iat: 1_700_000_000,
        exp: 1_700_003_600,
      },
      issuedAt: 1_700_000_000_000,
      authenticatedAt: undefined,
      acr: undefined,
      expiresAt: 1_700_003_600_000,
    })
  })

  it('has logged in as the test says', () => {
    const facts = factsOfTestPrincipal({ sub: 'u1', acr: 'mfa', authTime: 1_699_999_990_500 }, 1_700_000_000_900)
    expect(facts).toMatchObject({
      acr: 'mfa',
      authenticatedAt: 1_699_999_990_500,
      claims: { acr: 'mfa', auth_time: 1_699_999_990 },
    })
  })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'asPrincipal takes a plain object'],
    ['no sub', {}, 'asPrincipal.sub must be'],
    ['an empty sub', { sub: '' }, 'asPrincipal.sub must be'],
    ['a misspelt member', { sub: 'u1', scope: 'a' }, 'asPrincipal.scope is not an option'],
    ['scopes in one string', { sub: 'u1', scopes: 'a b' }, 'asPrincipal.scopes must be a list'],
    ['two scopes in one', { sub: 'u1', scopes: ['a b'] }, 'asPrincipal.scopes must hold scope tokens'],
    ['groups of another type', { sub: 'u1', groups: [1] }, 'asPrincipal.groups must be a list'],
    ['an acr that is no text', { sub: 'u1', acr: 2 }, 'asPrincipal.acr must be'],
    ['an empty acr', { sub: 'u1', acr: '' }, 'asPrincipal.acr must be'],
    ['a login in the future', { sub: 'u1', authTime: 1 }, 'asPrincipal.authTime must be milliseconds since the epoch'],
    ['a login at a Date', { sub: 'u1', authTime: new Date(0) }, 'asPrincipal.authTime must be'],
    ['a login at no time', { sub: 'u1', authTime: Number.NaN }, 'asPrincipal.authTime must be'],
  ])('cannot be made from %s', (_, given, message) => {
    const make = () => factsOfTestPrincipal(given as TestPrincipal, 0)
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(message)
  })
})
