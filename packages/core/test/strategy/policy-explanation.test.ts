import { describe, expect, it } from 'vitest'
import { serverFor, testIssuer } from '../support/test-issuer.js'

describe('explain', () => {
  it('says which issuers a route takes and what each costs', async () => {
    const [a, b] = [await testIssuer(), await testIssuer()]
    const { api } = serverFor([a, b])
    const row = ({ options }: typeof a) => ({
      issuers: [options.issuer],
      tokens: 'jwt',
      sources: ['local-validation'],
      liveEndpoint: undefined,
      duringOutage: 'unaffected',
    })
    expect(api.explain()).toStrictEqual({
      route: undefined,
      maxRevocationLag: 'token-lifetime',
      maxRevocationLagDuringOutage: undefined,
      issuers: [row(a), row(b)],
    })
    expect(api.explain({ name: 'r', issuers: [b.options.issuer] })).toStrictEqual({
      route: 'r',
      maxRevocationLag: 'token-lifetime',
      maxRevocationLagDuringOutage: undefined,
      issuers: [row(b)],
    })
  })
})
