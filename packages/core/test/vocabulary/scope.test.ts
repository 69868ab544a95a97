import { describe, expect, it } from 'vitest'
import { isScopeToken, parseScopeClaim, parseStringArray } from '../../src/vocabulary/scope.js'

describe('isScopeToken', () => {
  it.each(['orders/read', 'aws.cognito.signin.user.admin', 'https://api.example.com/a:b', '!'])('takes %s', (scope) => {
    expect(isScopeToken(scope)).toBe(true)
  })

  it.each(['', 'a b', 'a"b', String.raw`a\b`, 'ü', 'a\n', 7, null])('refuses %j', (scope) => {
    expect(isScopeToken(scope)).toBe(false)
  })
})

describe('parseScopeClaim', () => {
  it('splits at spaces', () => {
    expect(parseScopeClaim('a b  c ')).toStrictEqual(['a', 'b', 'c'])
  })

  it('takes an array of strings', () => {
    expect(parseScopeClaim(['a', 'b'])).toStrictEqual(['a', 'b'])
  })

  it('reads an absent claim as no scopes', () => {
    expect(parseScopeClaim(undefined)).toStrictEqual([])
  })

  it.each([[7], [null], [true], [{}], [['a', 7]]])('refuses %j', (value) => {
    expect(parseScopeClaim(value)).toBeUndefined()
  })
})

describe('parseStringArray', () => {
  it('refuses a plain string', () => {
    expect(parseStringArray('admin')).toBeUndefined()
  })
})
