import { describe, expect, it } from 'vitest'
import { parseChallenges } from '../../src/conformance/challenges.js'

describe('a WWW-Authenticate header', () => {
  it.each([
    ['Bearer realm="api"', [{ scheme: 'Bearer', parameters: { realm: 'api' } }]],
    [
      'Bearer realm="api", error="invalid_token",error_description="It, \\"too\\" = expired"',
      [
        {
          scheme: 'Bearer',
          parameters: { realm: 'api', error: 'invalid_token', error_description: 'It, "too" = expired' },
        },
      ],
    ],
    [
      'DPoP algs="ES256", Bearer Realm="api", error="x"',
      [
        { scheme: 'DPoP', parameters: { algs: 'ES256' } },
        { scheme: 'Bearer', parameters: { realm: 'api', error: 'x' } },
      ],
    ],
    ['Negotiate', [{ scheme: 'Negotiate', parameters: {} }]],
    ['Bearer scope=""', [{ scheme: 'Bearer', parameters: { scope: '' } }]],
  ])('%s is read', (header, challenges) => {
    expect(parseChallenges(header)).toStrictEqual(challenges)
  })

  it.each([
    'Bearer realm=api',
    'Bearer realm="api',
    'Bearer realm="api" error="x"',
    'Bearer realm="a", realm="b"',
    'Bearer realm="a", Realm="b"',
    'realm="api"',
    'Bearer, realm="api"',
    ', Bearer realm="api"',
    'Bearer realm="api";error="x"',
  ])('%s is none', (header) => {
    expect(parseChallenges(header)).toBeUndefined()
  })
})
