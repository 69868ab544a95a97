import { describe, expect, it } from 'vitest'
import { genericProfile } from '../../src/issuers/jwt-profiles.js'
import { factsOfConfirmedToken, factsOfOpaqueToken } from '../../src/tokens/introspected-facts.js'
import type { TokenFacts } from '../../src/tokens/token-facts.js'
import type { AccessTokenClaims } from '../../src/vocabulary/access-token-claims.js'
import type { Confirmation } from '../../src/vocabulary/confirmation.js'
import type { JsonObject } from '../../src/vocabulary/json-object.js'

const ISSUER = 'https://auth.example.com'
/** Seconds. */
const NOW = 1_700_000_000
const TOLERANCE = 5
const THUMBPRINT = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'

function options({ maxTokenAge = undefined as number | undefined, audience = ['orders-api'] as string[] | null } = {}) {
  return {
    issuer: ISSUER,
    profile: genericProfile({ audience }),
    times: { clockTolerance: TOLERANCE * 1_000, maxTokenAge },
    maxAgeWithoutExp: 60_000,
  }
}

describe('an active answer about a token that was validated here', () => {
  const claims = {
    iss: ISSUER,
    sub: 'u1',
    aud: ['orders-api', 'pay-api'],
    azp: 'web',
    scope: 'orders/read orders/write',
    iat: NOW - 60,
    exp: NOW + 600,
    tenant: { id: 7, roles: ['a', 'b'] },
  }

  function ask(answer: JsonObject, changed: JsonObject = {}, more = {}) {
    const all = Object.fromEntries(Object.entries({ ...claims, ...changed }).filter(([, value]) => value !== null))
    const facts: TokenFacts = {
      issuer: ISSUER,
      subject: 'u1',
      clientId: 'web',
      scopes: ['orders/read', 'orders/write'],
      groups: [],
      claims: all as unknown as AccessTokenClaims,
      expiresAt: claims.exp * 1_000,
      issuedAt: 'iat' in all ? claims.iat * 1_000 : undefined,
      confirmation: changed['cnf'] as Confirmation | undefined,
    }
    return factsOfConfirmedToken(facts, { active: true, ...answer }, options(more), NOW * 1_000)
  }

  it.each<[string, JsonObject]>([
    ['nothing else', {}],
    ['the same', { ...claims }],
    ['the same in another order', { aud: ['pay-api', 'orders-api'], tenant: { roles: ['a', 'b'], id: 7 } }],
    ['more scopes', { scope: 'admin orders/write orders/read' }],
    ['a later end', { exp: NOW + 9_000 }],
    ['a type', { token_type: 'Bearer' }],
    ['its client under the other name', { client_id: 'web' }],
    ['what the token leaves out', { username: 'ada', groups: ['admin'] }],
  ])('changes nothing where it says %s', (_, answer) => {
    expect(ask(answer)).toBeUndefined()
  })

  it.each<[string, JsonObject]>([
    ['another subject', { sub: 'u2' }],
    ['another issuer', { iss: `${ISSUER}/` }],
    ['another client', { azp: 'mobile' }],
    ['another client under the other name', { client_id: 'mobile' }],
    ['another time of issue', { iat: NOW - 59 }],
    ['fewer audiences', { aud: 'orders-api' }],
    ['more audiences', { aud: ['orders-api', 'pay-api', 'x'] }],
    ['another nested value', { tenant: { id: 8, roles: ['a', 'b'] } }],
    ['a value of another type', { sub: null }],
  ])('contradicts the token where it says %s', (_, answer) => {
    expect(ask(answer)).toBe('introspection-contradicts-token')
  })

  it('contradicts a token of another beginning', () => {
    expect(ask({ nbf: NOW - 1 }, { nbf: NOW - 2 })).toBe('introspection-contradicts-token')
    expect(ask({ nbf: NOW - 2 }, { nbf: NOW - 2 })).toBeUndefined()
  })

  it('narrows the scopes to those both name', () => {
    expect(ask({ scope: 'orders/read admin' })).toMatchObject({
      scopes: ['orders/read'],
      subject: 'u1',
      clientId: 'web',
    })
    expect(ask({ scope: '' })).toMatchObject({ scopes: [] })
    expect(ask({ scp: ['orders/write'] })).toMatchObject({ scopes: ['orders/write'] })
  })

  it('leaves the claims as the token has them', () => {
    expect(ask({ scope: 'orders/read', username: 'ada' })).toMatchObject({ claims })
    expect(ask({ scope: '', username: 'ada' })).not.toHaveProperty('claims.username')
    expect(Object.isFrozen(ask({ scope: '' }))).toBe(true)
  })

  it('ends the token earlier, never later', () => {
    expect(ask({ exp: NOW + 10 })).toMatchObject({ expiresAt: (NOW + 10) * 1_000 })
    expect(ask({ exp: NOW - TOLERANCE + 1 })).toMatchObject({ expiresAt: (NOW - TOLERANCE + 1) * 1_000 })
    expect(ask({ exp: NOW - TOLERANCE })).toBe('token-expired')
  })

  it('has a say in when the token begins', () => {
    expect(ask({ nbf: NOW + TOLERANCE })).toMatchObject({ notBefore: (NOW + TOLERANCE) * 1_000 })
    expect(ask({ nbf: NOW + TOLERANCE + 1 })).toBe('token-not-yet-valid')
  })

  it('tells the age of a token that does not', () => {
    expect(ask({ iat: NOW - 9 }, { iat: null })).toMatchObject({ issuedAt: (NOW - 9) * 1_000 })
    expect(ask({ iat: NOW + TOLERANCE + 1 }, { iat: null })).toBe('issued-in-the-future')
    expect(ask({ iat: NOW - 90 }, { iat: null }, { maxTokenAge: 60_000 })).toBe('token-too-old')
  })

  it.each<[string, JsonObject]>([
    ['an exp', { exp: '1' }],
    ['an exp of null', { exp: null }],
    ['an nbf', { nbf: '1' }],
    ['an aud', { aud: 7 }],
    ['a scope', { scope: 7 }],
    ['a scope of null', { scope: null }],
    ['a client_id', { client_id: 7 }],
    ['a jti', { jti: 7 }],
    ['a token_type', { token_type: ['Bearer'] }],
  ])('makes the token malformed with %s of the wrong type', (_, answer) => {
    expect(ask(answer)).toBe('claims-malformed')
  })

  it.each([
    { cnf: { jkt: 'x' } },
    { cnf: null },
    { cnf: {} },
    { token_type: 'DPoP' },
    { token_type: 'PoP' },
    { token_type: 'DPoP', cnf: { 'x5t#S256': THUMBPRINT } },
  ])('that binds the token with %j leaves nothing that could be checked', (answer) => {
    expect(ask(answer as JsonObject)).toBe('sender-constraint-unchecked')
  })

  it.each([
    { cnf: { jkt: THUMBPRINT } },
    { cnf: { jkt: THUMBPRINT }, token_type: 'DPoP' },
    { cnf: { 'x5t#S256': THUMBPRINT }, token_type: 'Bearer' },
    { cnf: { 'x5t#S256': THUMBPRINT }, token_type: 'PoP' },
  ])('binds the token with %j', (answer) => {
    expect(ask(answer as JsonObject)).toMatchObject({ confirmation: answer.cnf })
  })

  it('leaves a token bound as it is', () => {
    const cnf = { jkt: THUMBPRINT }
    expect(ask({}, { cnf })).toBeUndefined()
    expect(ask({ cnf, token_type: 'DPoP' }, { cnf })).toBeUndefined()
    expect(ask({ scope: 'orders/read' }, { cnf })).toMatchObject({ confirmation: cnf })
    expect(ask({ cnf: { 'x5t#S256': THUMBPRINT } }, { cnf })).toBe('introspection-contradicts-token')
  })

  it('may say that it is no access token', () => {
    expect(ask({ token_use: 'refresh_token' })).toBe('token-type-not-accepted')
  })
})

describe('an active answer about an opaque token', () => {
  const members = { sub: 'u1', client_id: 'web', aud: 'orders-api', scope: 'a b', iat: NOW - 60, exp: NOW + 600 }
  const ask = (changed: JsonObject = {}, more = {}, sentAt = NOW * 1_000) => {
    const all = Object.entries({ active: true, ...members, ...changed }).filter(([, value]) => value !== GONE)
    return factsOfOpaqueToken(Object.fromEntries(all) as JsonObject, options(more), sentAt, NOW * 1_000)
  }
  const GONE = 'this member is left out'

  it('is all there is to know', () => {
    expect(ask({ groups: ['g'], username: 'ada', token_type: 'Bearer' })).toStrictEqual({
      issuer: ISSUER,
      subject: 'u1',
      clientId: 'web',
      scopes: ['a', 'b'],
      groups: ['g'],
      claims: { ...members, iss: ISSUER, groups: ['g'], username: 'ada', token_type: 'Bearer' },
      expiresAt: (NOW + 600) * 1_000,
      issuedAt: (NOW - 60) * 1_000,
      notBefore: undefined,
      authenticatedAt: undefined,
      acr: undefined,
      confirmation: undefined,
    })
  })

  it('says what the token is bound to', () => {
    const cnf = { jkt: THUMBPRINT }
    expect(ask({ cnf, token_type: 'DPoP' })).toMatchObject({ confirmation: cnf })
  })

  it('says how and when the user logged in (RFC 9470 §6.2)', () => {
    expect(ask({ acr: 'mfa', auth_time: NOW - 90 })).toMatchObject({
      acr: 'mfa',
      authenticatedAt: (NOW - 90) * 1_000,
    })
  })

  it('is frozen', () => {
    const facts = ask() as TokenFacts
    expect(Object.isFrozen(facts) && Object.isFrozen(facts.claims)).toBe(true)
  })

  it.each<[string, JsonObject, string]>([
    ['of another issuer', { iss: 'https://evil.example' }, 'issuer-not-trusted'],
    ['of an issuer that is no text', { iss: [ISSUER] }, 'claims-malformed'],
    ['that is past its end', { exp: NOW - TOLERANCE }, 'token-expired'],
    ['that has not begun', { nbf: NOW + TOLERANCE + 1 }, 'token-not-yet-valid'],
    ['from the future', { iat: NOW + TOLERANCE + 1 }, 'issued-in-the-future'],
    ['of a login in the future', { auth_time: NOW + TOLERANCE + 1 }, 'authenticated-in-the-future'],
    ['of a login at no time', { auth_time: String(NOW) }, 'claims-malformed'],
    ['of no class of authentication', { acr: ['mfa'] }, 'claims-malformed'],
    ['for another API', { aud: 'pay-api' }, 'audience-not-accepted'],
    ['for nobody', { aud: GONE }, 'audience-not-accepted'],
    ['that looks like an ID token', { at_hash: 'x' }, 'id-token-presented'],
    ['that says it is an ID token', { token_use: 'id' }, 'id-token-presented'],
    ['that is a refresh token', { token_use: 'refresh_token' }, 'token-type-not-accepted'],
    ['that is a refresh token by its type', { token_type: 'refresh_token' }, 'token-type-not-accepted'],
    ['that is a refresh token as Keycloak says it', { typ: 'Refresh' }, 'token-type-not-accepted'],
    ['bound to a key', { cnf: { 'x5t#S256': 'x' } }, 'sender-constraint-unchecked'],
    ['bound to nothing', { cnf: null }, 'sender-constraint-unchecked'],
    ['of type DPoP', { token_type: 'DPoP' }, 'sender-constraint-unchecked'],
    [
      'of type DPoP that is bound otherwise',
      { token_type: 'DPoP', cnf: { 'x5t#S256': THUMBPRINT } },
      'sender-constraint-unchecked',
    ],
    ['of nobody', { sub: GONE, client_id: GONE }, 'claims-malformed'],
    ['with an empty sub', { sub: '' }, 'claims-malformed'],
    ['with a sub of null', { sub: null }, 'claims-malformed'],
    ['with a numeric client_id', { client_id: 7 }, 'claims-malformed'],
    ['with a numeric client_id alone', { sub: GONE, client_id: 7 }, 'claims-malformed'],
    ['with an exp of text', { exp: '1' }, 'claims-malformed'],
    ['with an exp of null', { exp: null }, 'claims-malformed'],
    ['with a scope of a number', { scope: 7 }, 'claims-malformed'],
    ['with groups of text', { groups: 'admin' }, 'claims-malformed'],
    ['with a username of a number', { username: 7 }, 'claims-malformed'],
    ['with a token_type of a list', { token_type: ['Bearer'] }, 'claims-malformed'],
    ['with an aud of an object', { aud: {} }, 'claims-malformed'],
  ])('refuses a token %s', (_, changed, code) => {
    expect(ask(changed)).toBe(code)
  })

  it.each(['Bearer', 'bearer', 'access_token', 'urn:ietf:params:oauth:token-type:access_token'])(
    'takes the type %s',
    (token_type) => {
      expect(ask({ token_type })).toMatchObject({ subject: 'u1' })
    },
  )

  it('takes the issuer that was asked, named or not', () => {
    expect(ask({ iss: ISSUER })).toMatchObject({ claims: { iss: ISSUER } })
  })

  it('takes any audience where that was written out', () => {
    expect(ask({ aud: GONE }, { audience: null })).toMatchObject({ subject: 'u1' })
  })

  it('keeps the longest age', () => {
    expect(ask({ iat: NOW - 66 }, { maxTokenAge: 60_000 })).toBe('token-too-old')
    expect(ask({ iat: GONE }, { maxTokenAge: 60_000 })).toBe('claims-malformed')
  })

  it('takes the client for the subject where there is no other', () => {
    expect(ask({ sub: GONE })).toMatchObject({ subject: 'web', clientId: 'web', claims: { sub: 'web' } })
  })

  it('remembers when the token begins', () => {
    expect(ask({ nbf: NOW - 1 })).toMatchObject({ notBefore: (NOW - 1) * 1_000 })
  })

  it('serves for maxAgeWithoutExp from when the call was sent, if it does not say how long', () => {
    const endsAt = (NOW + 60) * 1_000
    const facts = ask({ exp: GONE }) as TokenFacts
    // Whoever compares adds the tolerance.
    expect(facts.expiresAt + TOLERANCE * 1_000).toBe(endsAt)
    expect(facts.claims.exp * 1_000).toBe(facts.expiresAt)
    expect(ask({ exp: GONE }, {}, NOW * 1_000 - 59_999)).toMatchObject({ subject: 'u1' })
    expect(ask({ exp: GONE }, {}, NOW * 1_000 - 60_000)).toBe('token-expired')
  })
})
