import { expect, it } from 'vitest'
import { metadataAddresses } from '../../src/vocabulary/authorization-server-metadata.js'

it.each([
  [
    'https://auth.example.com',
    'https://auth.example.com/.well-known/oauth-authorization-server',
    'https://auth.example.com/.well-known/openid-configuration',
  ],
  [
    'https://auth.example.com/tenant/',
    'https://auth.example.com/.well-known/oauth-authorization-server/tenant',
    'https://auth.example.com/tenant/.well-known/openid-configuration',
  ],
])('places the well-known segments of %s', (issuer, oauth, openid) => {
  expect(metadataAddresses(issuer)).toStrictEqual([oauth, openid])
})
