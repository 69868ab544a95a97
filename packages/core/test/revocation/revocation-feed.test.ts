import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../src/outcomes/errors.js'
import { checkFeedOptions, type RevocationFeedOptions } from '../../src/revocation/revocation-feed.js'
import { ISSUER } from '../support/revoked-tokens.js'

const net = { issuer: ISSUER, name: 'log', source: 'application' } as const
const complete = {
  ...net,
  source: 'authorization-server',
  complete: true,
  keys: ['jti', 'login', 'sub', 'client_id'],
  delay: '3s',
} as const

describe('the options of a feed', () => {
  it('are read', () => {
    expect(checkFeedOptions(net)).toStrictEqual({ issuers: [ISSUER], name: 'log', complete: false, keys: [], delay: 0 })
    expect(checkFeedOptions(complete)).toStrictEqual({
      issuers: [ISSUER],
      name: 'log',
      complete: true,
      keys: ['jti', 'login', 'sub', 'client_id'],
      delay: 3_000,
    })
  })

  it.each<[string, object, string]>([
    ['no options', [], 'revocationList.feed takes a plain object'],
    ['a misspelt option', { ...net, key: ['jti'] }, 'revocationList.feed.key is not an option'],
    ['no issuer', { ...net, issuer: undefined }, 'revocationList.feed.issuer'],
    ['an empty list of issuers', { ...net, issuer: [] }, 'revocationList.feed.issuer'],
    ['no name', { ...net, name: '' }, 'revocationList.feed.name'],
    ['no source', { ...net, source: undefined }, 'revocationList.feed.source must be one of'],
    ['an unknown source', { ...net, source: 'kafka' }, 'revocationList.feed.source'],
    ['complete as text', { ...complete, complete: 'true' }, 'revocationList.feed.complete'],
    ['a complete feed without keys', { ...complete, keys: undefined }, 'revocationList.feed.keys is needed'],
    ['no keys', { ...complete, keys: [] }, 'revocationList.feed.keys must be a list of one or more'],
    ['one key as text', { ...complete, keys: 'jti' }, 'revocationList.feed.keys'],
    ['an unknown key', { ...complete, keys: ['jti', 'iss'] }, 'revocationList.feed.keys'],
    ['a complete feed without delay', { ...complete, delay: undefined }, 'revocationList.feed.delay is needed'],
    ['a delay that is none', { ...complete, delay: 'soon' }, 'revocationList.feed.delay'],
    ['a delay of days', { ...complete, delay: '2d' }, 'revocationList.feed.delay'],
    ['keys of a feed that proves nothing', { ...net, keys: ['jti'] }, 'revocationList.feed.keys needs complete: true'],
  ])('are refused at once: %s', (_, options, message) => {
    expect(() => checkFeedOptions(options as RevocationFeedOptions)).toThrow(ConfigurationError)
    expect(() => checkFeedOptions(options as RevocationFeedOptions)).toThrow(message)
  })

  it.each(['cloudtrail', 'application', 'back-channel-logout'] as const)(
    'cannot declare a feed of %s complete, which misses revocations',
    (source) => {
      expect(() => checkFeedOptions({ ...complete, source })).toThrow(
        expect.objectContaining({ name: 'ConfigurationError', option: 'revocationList.feed.complete' }),
      )
    },
  )
})
