import { describe, expect, it } from 'vitest'
import { checkForwardedOptions } from '../../src/sender-constraints/forwarded-certificate.js'
import { proxy } from '../support/found-certificate.js'

const check = (options: unknown) => checkForwardedOptions('owner', options as never)

describe('the options of a forwarded certificate', () => {
  it('say whom it comes from, and whether the chain was verified: neither has a default', () => {
    expect(check({ trustedProxy: proxy, chainVerified: false }).chainVerified).toBe(false)
    expect(() => check({ chainVerified: true })).toThrow('owner.trustedProxy takes a plain object')
    for (const chainVerified of [undefined, 'yes', 1]) {
      expect(() => check({ trustedProxy: proxy, chainVerified })).toThrow('owner.chainVerified must be true or false')
    }
    expect(() => check({ trustedProxy: proxy })).toThrow('owner.chainVerified')
    expect(() => check({ trustedProxy: proxy, chainVerified: true, header: 'x' })).toThrow('owner.header is not')
  })
})
