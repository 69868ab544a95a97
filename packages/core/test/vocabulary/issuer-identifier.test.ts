import { describe, expect, it } from 'vitest'
import { whatIsWrongWithAddress, whatIsWrongWithIssuer } from '../../src/vocabulary/issuer-identifier.js'

describe('whatIsWrongWithIssuer', () => {
  it.each(['https://auth.example.com', 'https://auth.example.com/tenant/', 'https://auth.example.com:8443/a'])(
    'takes %s',
    (issuer) => {
      expect(whatIsWrongWithIssuer(issuer, false)).toBeUndefined()
    },
  )

  it.each([
    ['plain http', 'http://auth.example.com'],
    ['http to loopback', 'http://127.0.0.1:3000'],
    ['a query', 'https://auth.example.com/?a=1'],
    ['a fragment', 'https://auth.example.com/#a'],
    ['a password', 'https://a:b@auth.example.com'],
    ['a user name', 'https://a@auth.example.com'],
    ['another protocol', 'ftp://auth.example.com'],
    ['no protocol', 'auth.example.com'],
    ['a text that URL parsers repair', 'https:auth.example.com'],
    ['white space', ' https://auth.example.com'],
    ['nothing', ''],
    ['a number', 7],
    ['undefined', undefined],
  ])('refuses %s', (_, issuer) => {
    expect(whatIsWrongWithIssuer(issuer, false)).toMatch(/^must /)
  })
})

describe('whatIsWrongWithAddress, with allowInsecureLoopback', () => {
  it.each([
    'http://localhost:3000',
    'http://127.0.0.1',
    'http://127.9.9.9:80/a',
    'http://[::1]:3000',
    'https://auth.example.com',
  ])('takes %s', (address) => {
    expect(whatIsWrongWithAddress(address, true)).toBeUndefined()
  })

  it.each([
    'http://auth.example.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://10.0.0.1',
  ])('refuses %s', (address) => {
    expect(whatIsWrongWithAddress(address, true)).toContain('loopback only')
  })

  it.each(['ftp://127.0.0.1', 'ws://localhost', 'file://localhost/etc'])(
    'takes http and https alone, not %s',
    (address) => {
      expect(whatIsWrongWithAddress(address, true)).toBe('must be an https URL')
    },
  )

  it.each(['http://user@127.0.0.1', 'https://user@auth.example.com', 'https://:secret@auth.example.com'])(
    'refuses credentials in %s',
    (address) => {
      expect(whatIsWrongWithAddress(address, true)).toBe('must not carry a user name or password')
    },
  )
})
