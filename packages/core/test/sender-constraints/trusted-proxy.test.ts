import { describe, expect, it } from 'vitest'
import { checkHeaderName, checkTrustedProxy, type TrustedProxy } from '../../src/sender-constraints/trusted-proxy.js'

const secret = 'a-secret-of-thirty-two-characters'
const next = 'another-secret-that-is-long-enough'
const from = (remoteAddress: string | undefined, headers: Record<string, string | string[]> = {}) => ({
  method: 'GET',
  url: '/',
  headers,
  remoteAddress,
})
const check = (proxy: unknown) => checkTrustedProxy('the.proxy', proxy as TrustedProxy)

describe('a trusted proxy', () => {
  it('is known by its address', () => {
    const comesFromProxy = check({ addresses: ['10.0.3.0/24', '2001:db8::1', '127.0.0.1'] })
    for (const address of ['10.0.3.7', '::ffff:10.0.3.7', '2001:db8::1', '2001:db8:0:0::1', '127.0.0.1']) {
      expect(comesFromProxy(from(address)), address).toBe(true)
    }
    for (const address of ['10.0.4.7', '2001:db8::2', '::1', '', 'localhost', undefined]) {
      expect(comesFromProxy(from(address)), address).toBe(false)
    }
  })

  it('is known by no address that a header tells', () => {
    const comesFromProxy = check({ addresses: ['10.0.3.7'] })
    expect(comesFromProxy(from('10.9.9.9', { 'x-forwarded-for': '10.0.3.7', 'x-real-ip': '10.0.3.7' }))).toBe(false)
    expect(comesFromProxy(new Request('https://api.example', { headers: { 'x-forwarded-for': '10.0.3.7' } }))).toBe(
      false,
    )
  })

  it('is known by a secret, once in its header, before and after it changes', () => {
    const comesFromProxy = check({ secretHeader: { name: 'X-Proxy', value: [secret, next] } })
    expect(comesFromProxy(from(undefined, { 'x-proxy': secret }))).toBe(true)
    expect(comesFromProxy(from(undefined, { 'X-PROXY': next }))).toBe(true)
    expect(comesFromProxy(new Request('https://api.example', { headers: { 'x-proxy': secret } }))).toBe(true)
    for (const headers of [
      {},
      { 'x-proxy': '' },
      { 'x-proxy': `${secret}x` },
      { 'x-proxy': secret.slice(1) },
      { 'x-proxy': [secret, 'other'] },
      { 'x-proxy': [secret, secret] },
      { 'x-other': secret },
    ]) {
      expect(comesFromProxy(from('10.0.3.7', headers as Record<string, string>))).toBe(false)
    }
  })

  it('is known by both where both are given', () => {
    const comesFromProxy = check({ addresses: ['10.0.3.7'], secretHeader: { name: 'x-proxy', value: secret } })
    expect(comesFromProxy(from('10.0.3.7', { 'x-proxy': secret }))).toBe(true)
    expect(comesFromProxy(from('10.0.3.8', { 'x-proxy': secret }))).toBe(false)
    expect(comesFromProxy(from('10.0.3.7', { 'x-proxy': next }))).toBe(false)
  })

  it.each([
    [undefined, 'the.proxy takes a plain object'],
    [true, 'the.proxy takes a plain object'],
    [{}, 'the.proxy must have addresses or a secretHeader'],
    [{ addresses: undefined }, 'the.proxy must have addresses or a secretHeader'],
    [{ hops: 1 }, 'the.proxy.hops is not an option'],
    [{ addresses: [] }, 'the.proxy.addresses must be a list of one or more'],
    [{ addresses: '10.0.0.1' }, 'the.proxy.addresses must be a list'],
    [{ addresses: ['example.com'] }, 'the.proxy.addresses must be a list'],
    [{ addresses: ['10.0.0.1/24'] }, 'the.proxy.addresses must be a list'],
    [{ addresses: [7] }, 'the.proxy.addresses must be a list'],
    [{ addresses: ['0.0.0.0/0'] }, 'the.proxy.addresses must not be every address'],
    [{ addresses: ['10.0.0.1', '::/0'] }, 'the.proxy.addresses must not be every address'],
    [{ addresses: ['::ffff:0:0/96'] }, 'the.proxy.addresses must not be every address'],
    [{ secretHeader: 'x-proxy' }, 'the.proxy.secretHeader takes a plain object'],
    [{ secretHeader: { value: secret } }, 'the.proxy.secretHeader.name must be the name of a header'],
    [{ secretHeader: { name: 'x proxy', value: secret } }, 'the.proxy.secretHeader.name'],
    [{ secretHeader: { name: 'x-proxy' } }, 'the.proxy.secretHeader.value must be text of 32'],
    [{ secretHeader: { name: 'x-proxy', value: 'short' } }, 'the.proxy.secretHeader.value must be text of 32'],
    [{ secretHeader: { name: 'x-proxy', value: [secret, ''] } }, 'the.proxy.secretHeader.value must be text of 32'],
    [{ secretHeader: { name: 'x-proxy', value: [] } }, 'the.proxy.secretHeader.value must be text of 32'],
  ])('is none as %j', (proxy, message) => {
    expect(() => check(proxy)).toThrow(message)
  })

  it('shows no secret when it is wrong', () => {
    expect(() => check({ secretHeader: { name: 'x-proxy', value: 'short-secret' } })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('short-secret') }),
    )
  })
})

describe('the name of a header', () => {
  it('counts in lower case', () => {
    expect(checkHeaderName('o', 'SSL-Client-Cert')).toBe('ssl-client-cert')
    for (const wrong of ['', 'a b', 'a:', undefined, 7]) expect(() => checkHeaderName('o', wrong)).toThrow('o must be')
  })
})
