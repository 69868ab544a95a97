import { describe, expect, it } from 'vitest'
import { entityNaming } from '../../src/mapping/entity-naming.js'
import { ISSUER, POOL } from '../support/shop.js'

describe('the prefix of an issuer', () => {
  it.each([
    [ISSUER, POOL],
    [ISSUER.replace('cognito-idp', 'issuer-cognito-idp'), POOL],
    ['https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_abc', 'cn-north-1_abc'],
    ['https://cognito-idp.eusc-de-east-1.amazonaws.eu/eusc-de-east-1_abc', 'eusc-de-east-1_abc'],
    // Not Cognito's hosts, or not a pool of the Region of the host.
    [
      `https://cognito-idp.eu-west-1.amazonaws.com.evil.example/${POOL}`,
      `cognito-idp.eu-west-1.amazonaws.com.evil.example/${POOL}`,
    ],
    // Everybody can have such an address.
    [`https://a1.execute-api.eu-west-1.amazonaws.com/${POOL}`, `a1.execute-api.eu-west-1.amazonaws.com/${POOL}`],
    [`https://evil.example/${POOL}`, `evil.example/${POOL}`],
    [`https://cognito-idp.us-east-1.amazonaws.com/${POOL}`, `cognito-idp.us-east-1.amazonaws.com/${POOL}`],
    ['https://login.example/realms/a', 'login.example/realms/a'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ])('%s is %s', (issuer, prefix) => {
    expect(entityNaming('x', {}).prefixOf(issuer)).toBe(prefix)
  })

  it('is what was declared for it', () => {
    const naming = entityNaming('x', { idPrefixes: { 'https://login.example': 'MyOIDCProvider' } })
    expect(naming.prefixOf('https://login.example')).toBe('MyOIDCProvider')
    expect(naming.prefixOf(ISSUER)).toBe(POOL)
  })

  it('is never that of another issuer', () => {
    const naming = entityNaming('x', { idPrefixes: { 'https://login.example': POOL } })
    naming.prefixOf('https://login.example')
    expect(() => naming.prefixOf(ISSUER)).toThrow('x.idPrefixes gives two issuers the same prefix')
    const bare = entityNaming('x', {})
    expect(bare.prefixOf(`https://${POOL}`)).toBe(POOL)
    expect(() => bare.prefixOf(ISSUER)).toThrow('the same prefix')
  })

  it('is not taken from an issuer whose ids could be those of another', () => {
    // `login.example|a|u1` would be `a|u1` of one, and `u1` of the other.
    const issuer = 'https://login.example|a'
    expect(() => entityNaming('x', {}).prefixOf(issuer)).toThrow('x.idPrefixes needs a prefix for an issuer')
    expect(entityNaming('x', { idPrefixes: { [issuer]: 'a' } }).prefixOf(issuer)).toBe('a')
  })
})

it('puts the namespace before names that have none', () => {
  const naming = entityNaming('x', { namespace: 'Shop' })
  expect(naming).toMatchObject({
    principalType: 'Shop::User',
    groupType: 'Shop::UserGroup',
    actionType: 'Shop::Action',
    application: { type: 'Shop::Application', id: 'Shop' },
  })
  expect(['Order', 'Other::Order'].map(naming.qualify)).toStrictEqual(['Shop::Order', 'Other::Order'])
  expect(entityNaming('x', {})).toMatchObject({
    principalType: 'User',
    actionType: 'Action',
    application: { type: 'Application', id: 'Application' },
  })
  const own = { namespace: 'A', principalType: 'B::Person', groupType: 'Team', application: { type: 'Api', id: 'v1' } }
  expect(entityNaming('x', own)).toMatchObject({
    principalType: 'B::Person',
    groupType: 'A::Team',
    application: { type: 'A::Api', id: 'v1' },
  })
})

it('a group is called the same each time, and is never that of another issuer', () => {
  const naming = entityNaming('x', { namespace: 'Shop' })
  for (const prefix of ['eu-west-1_A', 'eu-west-1_B', 'eu-west-1_A']) {
    expect(naming.group(prefix, 'admins')).toStrictEqual({ type: 'Shop::UserGroup', id: `${prefix}|admins` })
  }
  for (let asked = 0; asked < 2; asked += 1) {
    expect(() => naming.group('eu-west-1_A', 'a'.repeat(700))).toThrow('principal.groups.id must be a text of 1 to 612')
  }
  const ids = Array.from({ length: 2_000 }, (_, index) => naming.group('eu-west-1_A', `g${index}`).id)
  expect(new Set(ids).size).toBe(2_000)
})
