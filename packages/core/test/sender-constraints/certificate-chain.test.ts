import { describe, expect, it } from 'vitest'
import { certificateChainOf, chainOf } from '../../src/sender-constraints/certificate-chain.js'

describe('a certificate chain', () => {
  it('is what certificateChain() of the Node entry has made, and no copy', () => {
    const verify = () => 'untrusted' as const
    const made = certificateChainOf(verify)
    expect(chainOf(made, 'o')).toBe(verify)
    for (const other of [{ ...made }, {}, null, undefined, 'ca.pem']) {
      expect(() => chainOf(other, 'the.option')).toThrow('the.option must be made by certificateChain({ ca })')
    }
  })
})
