import { describe, expect, it } from 'vitest'
import {
  authorizationServer,
  ConfigurationError,
  createResourceServer,
  type ResourceServerOptions,
} from '../../src/index.js'
import * as first from '../../src/issuers/trusted-issuer.js'

const definition: first.IssuerDefinition = {
  clockTolerance: 0,
  carriesScopes: true,
  evidence: { propagationDelay: 0, issuedAtIsEvidence: true, maxTokenLifetime: undefined, inactiveMemory: 0 },
  opaqueTokens: false,
  connect() {
    throw new Error('not connected here')
  },
}

describe('a trusted issuer', () => {
  const issuer = authorizationServer({ issuer: 'https://auth.example.com', audience: 'orders-api' })

  it.each<[string, Record<string, unknown>, string]>([
    [
      'an issuer of another making',
      { issuers: [{ issuers: ['https://a.example'] }] },
      'createResourceServer.issuers[0] must be made by cognitoUserPool() or authorizationServer()',
    ],
    [
      'an issuer that is undefined',
      { issuers: [issuer, undefined] },
      'createResourceServer.issuers[1] must be made by',
    ],
    ['an issuer that is null', { issuers: [null] }, 'createResourceServer.issuers[0] must be made by'],
    [
      'a changed copy of an issuer',
      { issuers: [{ ...issuer, issuers: ['http://127.0.0.1'] }] },
      'createResourceServer.issuers[0] must be made by',
    ],
  ])('is not to be had from %s', (_, changed, message) => {
    const make = () => createResourceServer({ issuers: [issuer], ...changed } as ResourceServerOptions)
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(message)
  })

  it('cannot be changed, nor by the list it was made from', () => {
    const identifiers = ['https://a.example']
    const made = first.trustedIssuer(identifiers, { ...definition })
    identifiers.push('https://evil.example')
    expect(made.issuers).toStrictEqual(['https://a.example'])
    expect([made, made.issuers, first.definitionOf(made, 'o')].every(Object.isFrozen)).toBe(true)
  })

  it('is known to another copy of the module', async () => {
    const second: typeof first = await import('../../src/issuers/trusted-issuer.js?copy' as string)
    expect(second.definitionOf).not.toBe(first.definitionOf)
    expect(second.definitionOf(first.trustedIssuer(['https://a.example'], definition), 'o')).toBe(definition)
  })
})
