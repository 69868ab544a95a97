import { describe, expect, it } from 'vitest'
import { authorizationServer } from '../../src/index.js'
import { checkBackChannelLogoutOptions } from '../../src/issuers/back-channel-logout-options.js'

describe('the back-channel logout of an authorization server', () => {
  it('is for one client or several', () => {
    expect(checkBackChannelLogoutOptions('x', undefined)).toBeUndefined()
    expect(checkBackChannelLogoutOptions('x', { clientId: 'web' })).toStrictEqual(['web'])
    expect(checkBackChannelLogoutOptions('x', { clientId: ['web', 'mobile'] })).toStrictEqual(['web', 'mobile'])
  })

  it.each<[string, unknown, string]>([
    ['no client', {}, 'backChannelLogout.clientId must be a client id or a list of them; it is undefined'],
    ['any client', { clientId: null }, 'backChannelLogout.clientId must be a client id or a list of them'],
    ['an empty list', { clientId: [] }, 'backChannelLogout.clientId must be a client id or a list of them'],
    ['a misspelt option', { clientID: 'web' }, 'backChannelLogout.clientID is not an option'],
    ['true', true, 'backChannelLogout takes a plain object of options'],
  ])('cannot be for %s', (_, backChannelLogout, message) => {
    const options = { issuer: 'https://auth.example.com', audience: 'orders-api', backChannelLogout }
    expect(() => authorizationServer(options as never)).toThrow(message)
  })
})
