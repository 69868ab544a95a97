import { describe, expect, it } from 'vitest'
import { isBearerToken, readBearerCredentials } from '../../src/resource-server/bearer-credentials.js'

const read = (authorization: string | string[] | undefined, url = '/orders') =>
  readBearerCredentials({ method: 'GET', url, headers: { authorization } })

describe('readBearerCredentials', () => {
  it.each(['Bearer abc', 'bearer abc', 'BEARER abc', 'BeArEr   abc'])('reads the token of %j', (value) => {
    expect(read(value)).toStrictEqual({ token: 'abc', scheme: 'Bearer' })
  })

  it('reads every character of a b64token (RFC 6750 §2.1)', () => {
    expect(read('Bearer aZ09-._~+/==')).toStrictEqual({ token: 'aZ09-._~+/==', scheme: 'Bearer' })
    expect(isBearerToken('aZ09-._~+/==')).toBe(true)
  })

  it.each([
    undefined,
    '',
    'Basic dXNlcjpwYXNz',
    'DPoP abc',
    'Bearerabc',
    'Bearer-Token abc',
    'Digest username="a", realm="b"',
    'Token abc',
  ])('takes %j for no credentials', (value) => {
    expect(read(value)).toStrictEqual({ none: 'no-credentials' })
  })

  it.each([
    'Bearer',
    'Bearer ',
    'Bearer\tabc',
    'Bearer a b',
    'Bearer abc ',
    'Bearer abc,',
    'Bearer, abc',
    'Bearer abc, Bearer def',
    'Bearer "abc"',
    'Bearer a\u0000b',
    'Bearer a\nb',
    'Bearer ü',
    'Bearer =abc',
    'Bearer a=b',
    'Bearer token="abc"',
  ])('finds no token in %j', (value) => {
    const found = read(value) as { readonly token: string }
    expect(found).toStrictEqual({ token: expect.any(String), scheme: 'Bearer' })
    expect(isBearerToken(found.token)).toBe(false)
  })

  it('refuses more than one header, whatever they hold', () => {
    expect(read(['Bearer abc', 'Bearer abc'])).toStrictEqual({ none: 'several-credentials' })
    expect(read(['Bearer abc', 'Basic abc'])).toStrictEqual({ none: 'several-credentials' })
    expect(
      readBearerCredentials({
        method: 'GET',
        url: '/',
        headers: { authorization: 'Bearer abc', Authorization: 'Bearer abc' },
      }),
    ).toStrictEqual({ none: 'several-credentials' })
  })

  it('sees a second header that a web Request has joined to the first', () => {
    const request = new Request('https://api.example.com')
    request.headers.append('authorization', 'Basic abc')
    request.headers.append('authorization', 'Bearer abc')
    expect(readBearerCredentials(request)).toStrictEqual({ none: 'several-credentials' })
  })

  it.each([
    '/orders?access_token=abc',
    '/orders?a=1&access_token=abc',
    '/orders?%61ccess_token=abc',
    '/orders?access_token',
    'https://api.example.com/?access_token=#x',
  ])('refuses a header beside the token in %s, and takes the latter alone for no credentials', (url) => {
    expect(read('Bearer abc', url)).toStrictEqual({ none: 'several-credentials', scheme: 'Bearer' })
    expect(read(undefined, url)).toStrictEqual({ none: 'no-credentials' })
  })

  it.each([
    '/orders?my_access_token=abc',
    '/access_token',
    '/orders?a=access_token',
    '/orders?a=%20',
    '/orders#?access_token=abc',
    '/orders?x#&access_token=abc',
  ])('sees no token in %s', (url) => {
    expect(read('Bearer abc', url)).toStrictEqual({ token: 'abc', scheme: 'Bearer' })
  })

  it('reads the scheme DPoP where it is taken (RFC 9449 §7.1)', () => {
    const both = (value: string) =>
      readBearerCredentials({ method: 'GET', url: '/', headers: { authorization: value } }, ['Bearer', 'DPoP'])
    for (const value of ['DPoP abc', 'dpop abc', 'DPOP   abc']) {
      expect(both(value)).toStrictEqual({ token: 'abc', scheme: 'DPoP' })
    }
    expect(both('Bearer abc')).toStrictEqual({ token: 'abc', scheme: 'Bearer' })
    for (const value of ['DPoP', 'DPoP ', 'DPoP a b', 'DPoP abc, Bearer abc', 'DPoP\tabc']) {
      const found = both(value) as { readonly token: string }
      expect(found).toStrictEqual({ token: expect.any(String), scheme: 'DPoP' })
      expect(isBearerToken(found.token)).toBe(false)
    }
    expect(both('Basic abc, DPoP abc')).toStrictEqual({ none: 'several-credentials' })
    for (const value of ['DPoPabc', 'DPoP-abc', 'Digest abc']) {
      expect(both(value)).toStrictEqual({ none: 'no-credentials' })
    }
  })

  it('looks at no cookie, no other header', () => {
    const headers = { cookie: 'access_token=abc', 'x-access-token': 'abc', 'proxy-authorization': 'Bearer abc' }
    expect(readBearerCredentials({ method: 'POST', url: '/', headers })).toStrictEqual({ none: 'no-credentials' })
  })

  it('does not hang on a header made to slow it down', { timeout: 20_000 }, () => {
    // With a pattern that backtracks, a million characters would take hours.
    const length = 1_000_000
    const hostile = [
      `Bearer ${' '.repeat(length)}!`,
      `Bearer ${'='.repeat(length)}a`,
      `Bearer ${'a='.repeat(length / 2)}`,
      `x${', '.repeat(length / 2)}`,
      `x${','.repeat(length)}`,
      `x,${' '.repeat(length)}`,
      `x${',bearer'.repeat(length / 7)}`,
    ]
    for (const value of hostile) {
      const found = read(value)
      expect('none' in found || !isBearerToken(found.token)).toBe(true)
    }
  })
})
