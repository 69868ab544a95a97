import { describe, expect, it } from 'vitest'
import {
  certificateSource,
  definitionOfSource,
  parseEscapedPem,
  proxyHeader,
} from '../../src/sender-constraints/certificate-source.js'
import { albEscaped, derOf, partner, stranger } from '../support/client-certificates.js'

describe('a certificate source', () => {
  it('is what a function here has made, and no copy', () => {
    const definition = { acceptUnverified: false } as never
    const made = certificateSource(definition)
    expect(definitionOfSource(made, 'o')).toBe(definition)
    expect(Object.isFrozen(definition)).toBe(true)
    for (const other of [{ ...made }, {}, null, undefined, 'x-client-cert']) {
      expect(() => definitionOfSource(other, 'the.option')).toThrow(
        'the.option must be made by connectionCertificate()',
      )
    }
  })
})

describe('a header of a proxy', () => {
  const request = (value: string | string[] | undefined) => ({ method: 'GET', url: '/', headers: { 'X-Cert': value } })
  const [anybody, nobody] = [() => true, () => false]

  it('is read where it comes from the proxy, and is not there otherwise', () => {
    expect(proxyHeader(request('a'), anybody, 'x-cert')).toStrictEqual({ text: 'a' })
    expect(proxyHeader(request('a'), nobody, 'x-cert')).toBe('certificate-missing')
    expect(proxyHeader(request(['a', 'b']), nobody, 'x-cert')).toBe('certificate-missing')
  })

  it('is missing where it is empty, and of no use where there are two, or it is endless', () => {
    expect(proxyHeader(request(''), anybody, 'x-cert')).toBe('certificate-missing')
    expect(proxyHeader(request(undefined), anybody, 'x-cert')).toBe('certificate-missing')
    expect(proxyHeader(request(['a', 'a']), anybody, 'x-cert')).toBe('certificate-malformed')
    expect(proxyHeader(request('a'.repeat(65_537)), anybody, 'x-cert')).toBe('certificate-malformed')
  })

  it('is two where the raw headers show that one was dropped', () => {
    const twice = { ...request('a'), rawHeaders: ['x-cert', 'a', 'X-CERT', 'b'] }
    expect(proxyHeader(twice, anybody, 'x-cert')).toBe('certificate-malformed')
  })
})

describe('parseEscapedPem', () => {
  const read = (text: string) => parseEscapedPem(text)?.map((der) => Uint8Array.from(der))

  it('reads what load balancers and nginx write', () => {
    for (const pem of [partner.certificate, stranger.certificate]) {
      expect(read(encodeURIComponent(pem))).toStrictEqual([derOf(pem)])
      expect(read(albEscaped(pem))).toStrictEqual([derOf(pem)])
    }
    expect(albEscaped(partner.certificate)).not.toContain('%2F')
  })

  it('decodes no plus sign to a space, as a form decoder would', () => {
    const withPlus = [partner, stranger]
      .map(({ certificate }) => certificate)
      .find((pem) => pem.includes('+')) as string
    expect(withPlus).toBeDefined()
    expect(read(albEscaped(withPlus))).toStrictEqual([derOf(withPlus)])
    expect(read(albEscaped(withPlus).replaceAll('+', '%20'))).toBeUndefined()
  })

  it('reads nothing of what is not escaped in one way', () => {
    for (const text of ['', '%', '%zz', '%ff', encodeURIComponent(encodeURIComponent(partner.certificate))]) {
      expect(parseEscapedPem(text)).toBeUndefined()
    }
  })
})
