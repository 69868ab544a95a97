import { describe, expect, it } from 'vitest'
import { checkSignOutOptions, type SignOutOptions } from '../../src/resource-server/sign-out-options.js'

const tell = async () => {}

describe('the options of a sign-out', () => {
  it.each<SignOutOptions>([
    { refreshToken: 'r' },
    { refreshToken: 'r', clientSecret: 's', accessToken: undefined },
    { accessToken: 'a', clientSecret: 's' },
    { tell, ends: 'user' },
  ])('may be %j', (options) => {
    expect(checkSignOutOptions(options)).toBe(5_000)
    expect(checkSignOutOptions({ ...options, timeout: '2s' })).toBe(2_000)
  })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'signOut takes a plain object of options'],
    ['no way to tell the server', {}, 'exactly one of refreshToken, accessToken and tell'],
    ['two ways', { refreshToken: 'r', accessToken: 'a' }, 'exactly one of refreshToken, accessToken and tell'],
    ['a way that is undefined', { refreshToken: undefined }, 'exactly one of refreshToken, accessToken and tell'],
    ['a misspelt way', { refreshtoken: 'r' }, 'signOut.refreshtoken is not an option'],
    ['an empty token', { refreshToken: '' }, 'signOut.refreshToken must be text that is not empty'],
    ['a token that is no text', { accessToken: 7 }, 'signOut.accessToken must be text that is not empty'],
    ['a secret that is no text', { refreshToken: 'r', clientSecret: {} }, 'signOut.clientSecret must be text'],
    ['a promise for a function', { tell: tell(), ends: 'user' }, 'signOut.tell must be a function'],
    ['a function that ends nothing', { tell }, "signOut.ends must be 'token', 'login' or 'user'"],
    ['a function that ends a client', { tell, ends: 'client' }, "signOut.ends must be 'token', 'login' or 'user'"],
    ['what a refresh token ends', { refreshToken: 'r', ends: 'user' }, 'signOut.ends belongs to tell'],
    ['a secret for a function', { tell, ends: 'user', clientSecret: 's' }, 'signOut.clientSecret belongs to'],
    ['no time at all', { refreshToken: 'r', timeout: 0 }, 'signOut.timeout must be a duration from 100ms to 30s'],
  ])('are not %s', (_, options, message) => {
    expect(() => checkSignOutOptions(options as never)).toThrow(message)
  })

  it.each([{ refreshToken: 's3cret', accessToken: 's3cret' }, { refreshToken: ['s3cret'] }])(
    'are not repeated when they are wrong',
    (options) => {
      expect(() => checkSignOutOptions(options as never)).toThrow(/^signOut(?!.*s3cret)/)
    },
  )
})
