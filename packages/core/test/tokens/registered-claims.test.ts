import { describe, expect, it } from 'vitest'
import { readRegisteredClaims } from '../../src/tokens/registered-claims.js'
import type { JsonObject } from '../../src/vocabulary/json-object.js'

const claims: JsonObject = { iss: 'https://a.example', sub: 's', exp: 2_000 }

describe('readRegisteredClaims', () => {
  it('reads times in milliseconds and aud as a list', () => {
    expect(
      readRegisteredClaims({
        ...claims,
        nbf: 1,
        iat: 2.5,
        aud: 'x',
        client_id: 'c',
        jti: 'j',
        auth_time: 3,
        acr: 'mfa',
      }),
    ).toStrictEqual({
      iss: 'https://a.example',
      sub: 's',
      exp: 2_000_000,
      nbf: 1_000,
      iat: 2_500,
      aud: ['x'],
      clientId: 'c',
      jti: 'j',
      authTime: 3_000,
      acr: 'mfa',
    })
  })

  it('reads what is absent as absent', () => {
    expect(readRegisteredClaims(claims)).toMatchObject({ nbf: undefined, iat: undefined, aud: [], clientId: undefined })
  })

  it('takes aud as a list', () => {
    expect(readRegisteredClaims({ ...claims, aud: ['x', 'y'] })).toMatchObject({ aud: ['x', 'y'] })
  })

  it.each(['iss', 'sub', 'exp'])('refuses claims without %s', (name) => {
    expect(
      readRegisteredClaims(Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name))),
    ).toBeUndefined()
  })

  it.each<[string, JsonObject]>([
    ['exp as text', { exp: '2000' }],
    ['an infinite exp, as 1e999 is read', { exp: Number.POSITIVE_INFINITY }],
    ['an exp beyond all dates', { exp: 8.64e12 + 1 }],
    ['exp null', { exp: null }],
    ['exp true', { exp: true }],
    ['exp as a list', { exp: [2_000] }],
    ['nbf as text', { nbf: '1' }],
    ['nbf null', { nbf: null }],
    ['iat as an object', { iat: {} }],
    ['an infinite negative iat', { iat: Number.NEGATIVE_INFINITY }],
    ['iss as a list', { iss: ['https://a.example'] }],
    ['sub as a number', { sub: 7 }],
    ['an empty sub', { sub: '' }],
    ['aud as a number', { aud: 7 }],
    ['aud null', { aud: null }],
    ['aud as a list with a number', { aud: ['x', 7] }],
    ['aud as an object', { aud: { 0: 'x' } }],
    ['client_id as a list', { client_id: ['c'] }],
    ['an empty client_id', { client_id: '' }],
    ['client_id null', { client_id: null }],
    ['jti as a number', { jti: 7 }],
    ['auth_time as text', { auth_time: '1' }],
    ['auth_time null', { auth_time: null }],
    ['an infinite negative auth_time', { auth_time: Number.NEGATIVE_INFINITY }],
    ['auth_time as a list', { auth_time: [1] }],
    ['acr as a number', { acr: 2 }],
    ['an empty acr', { acr: '' }],
    ['acr null', { acr: null }],
    ['acr as a list', { acr: ['mfa'] }],
  ])('refuses %s', (_, changed) => {
    expect(readRegisteredClaims({ ...claims, ...changed })).toBeUndefined()
  })

  it('reads own members only', () => {
    const { exp: _, ...rest } = claims
    expect(readRegisteredClaims(Object.assign(Object.create({ exp: 2_000 }), rest))).toBeUndefined()
  })
})
