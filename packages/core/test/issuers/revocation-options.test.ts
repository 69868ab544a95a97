import { describe, expect, it } from 'vitest'
import { authorizationServer, clientSecretBasic } from '../../src/index.js'
import { checkRevocationOptions } from '../../src/issuers/revocation-options.js'

const clientAuthentication = clientSecretBasic('web', 's3cret')
const endpoint = 'https://auth.example.com/revoke'

describe('the revocation of an authorization server', () => {
  it('needs no option', () => {
    const none = { endpoint: undefined, clientAuthentication: undefined }
    expect(checkRevocationOptions('revocation', undefined, false)).toStrictEqual(none)
    expect(checkRevocationOptions('revocation', {}, false)).toStrictEqual(none)
    expect(checkRevocationOptions('revocation', { endpoint, clientAuthentication }, false)).toStrictEqual({
      endpoint,
      clientAuthentication,
    })
  })

  it.each<[string, unknown, string]>([
    [
      'credentials of another making',
      { clientAuthentication: { clientId: 'web' } },
      'clientAuthentication must be made',
    ],
    ['an address without TLS', { endpoint: 'http://auth.example.com/revoke' }, 'revocation.endpoint'],
    ['a misspelt option', { endPoint: endpoint }, 'revocation.endPoint is not an option'],
    ['a text', endpoint, 'takes a plain object'],
  ])('cannot have %s', (_, revocation, message) => {
    const options = { issuer: 'https://auth.example.com', audience: 'orders-api', revocation }
    expect(() => authorizationServer(options as never)).toThrow(message)
  })
})
