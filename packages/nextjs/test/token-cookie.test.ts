import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amplifyCookies, ConfigurationError, namedCookie } from '../src/index.js'
import { readCookieHeader, unambiguous } from '../src/cookie-header.js'
import { amplifySession, routeRequest } from '../src/testing.js'

const header = (cookies: Readonly<Record<string, string>>) => routeRequest('/', { cookies }).headers.get('cookie')

describe('amplifyCookies', () => {
  it('finds the access token of the last user, however Amplify has to write the name', () => {
    const find = amplifyCookies({ clientId: 'web' })
    for (const username of ['u1', 'user@example.com', 'Ünal Öz', 'a.b+c', '1a2b-…', 'x%y', 'a/b']) {
      const cookies = header(amplifySession({ clientId: 'web', username, accessToken: 'token' }))
      expect(find(readCookieHeader(cookies)), username).toBe('token')
    }
  })

  it('writes names as js-cookie does', () => {
    // Its own code, version 3: names are encoded, but for these characters; Amplify leaves parentheses encoded, which
    // `encodeURIComponent` does not touch.
    const byJsCookie = (name: string) => encodeURIComponent(name).replace(/%(2[346B]|5E|60|7C)/g, decodeURIComponent)
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (username) => {
        const name = byJsCookie(`CognitoIdentityServiceProvider.web.${username}.accessToken`)
        const last = byJsCookie('CognitoIdentityServiceProvider.web.LastAuthUser')
        const cookies = `${last}=${encodeURIComponent(username)}; ${name}=token`
        expect(amplifyCookies({ clientId: 'web' })(readCookieHeader(cookies))).toBe('token')
      }),
    )
  })

  it('takes no other client, no other user and no other kind of token', () => {
    const session = amplifySession({ clientId: 'web', username: 'u1', accessToken: 'token' })
    const find = (cookies: Readonly<Record<string, string>>, clientId = 'web') =>
      amplifyCookies({ clientId })(readCookieHeader(header(cookies)))
    expect(find(session, 'mobile')).toBeUndefined()
    expect(find({ ...session, 'CognitoIdentityServiceProvider.web.LastAuthUser': 'u2' })).toBeUndefined()
    expect(
      find({
        'CognitoIdentityServiceProvider.web.LastAuthUser': 'u1',
        'CognitoIdentityServiceProvider.web.u1.idToken': 'id',
        'CognitoIdentityServiceProvider.web.u1.refreshToken': 'refresh',
      }),
    ).toBeUndefined()
    expect(find({})).toBeUndefined()
  })

  it('needs the client', () => {
    for (const wrong of [{}, { clientId: '' }, { clientId: 'web', client: 'web' }, undefined]) {
      expect(() => amplifyCookies(wrong as never)).toThrow(ConfigurationError)
    }
  })
})

describe('namedCookie', () => {
  it('takes names that cookies can have', () => {
    expect(namedCookie('__Host-at')(readCookieHeader('a=1; __Host-at=token%2F; b=2'))).toBe('token/')
    expect(namedCookie('at')(readCookieHeader('__Host-at=token'))).toBeUndefined()
    for (const name of ['', 'a b', 'a;b', 'a=b', 'ä', undefined]) {
      expect(() => namedCookie(name as never), String(name)).toThrow('namedCookie takes the name of a cookie')
    }
  })
})

describe('a Cookie header', () => {
  it('is read without a failure, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, name) => {
        const value = readCookieHeader(text).get(name)?.value
        expect(value === undefined || typeof value === 'string').toBe(true)
      }),
    )
    expect(readCookieHeader('a=%E0%A4%A; b').get('a')?.value).toBe('%E0%A4%A')
    expect(readCookieHeader(null).get('a')).toBeUndefined()
  })

  it('has no value for a name that comes twice, also where Next.js takes the last', () => {
    expect(readCookieHeader('a=1; a=2').get('a')?.value).toBe('1, 2')
    const lastOne = { get: () => ({ value: '2' }) }
    expect(unambiguous(lastOne, 'a=1; a=2').get('a')?.value).toBe('1, 2')
    expect(unambiguous(lastOne, 'a=1').get('a')?.value).toBe('2')
    expect(unambiguous({ get: () => undefined }, 'a=1').get('a')).toBeUndefined()
    // What a server function has just changed, although a comma was in it before.
    expect(unambiguous(lastOne, 'a=1%2C%201').get('a')?.value).toBe('2')
  })

  it.each(['\u00a0', '\u000b', '\u000c', '\u0085', '\u2003', '\ufeff', '\t'])(
    'does not take a name that any host may write, with %j before it, for one of this host alone',
    (space) => {
      const cookies = `${space}__Host-at=of-another; a=1;${space}__Host-at=of-another; __Host-at${space}=of-another`
      expect(readCookieHeader(cookies).get('__Host-at')).toBeUndefined()
      expect(readCookieHeader(`${cookies};__Host-at=own`).get('__Host-at')?.value).toBe('own')
    },
  )
})
