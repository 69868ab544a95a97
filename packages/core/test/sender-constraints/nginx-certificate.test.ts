import { describe, expect, it } from 'vitest'
import { nginxCertificate } from '../../src/index.js'
import { definitionOfSource } from '../../src/sender-constraints/certificate-source.js'
import { derOf, partner, stranger } from '../support/client-certificates.js'
import { foundIn, fromProxy, proxy } from '../support/found-certificate.js'

const source = nginxCertificate({ trustedProxy: proxy })
const escaped = encodeURIComponent(partner.certificate)
const found = (headers: Record<string, string | string[]>) => foundIn(source, fromProxy(headers))
const der = derOf(partner.certificate)

describe('the certificate of nginx', () => {
  it('is verified where nginx says so', () => {
    expect(found({ 'ssl-client-cert': escaped, 'ssl-client-verify': 'SUCCESS' })).toStrictEqual({ verified: true, der })
    for (const verdict of ['FAILED:self signed certificate', 'NONE', 'success', '', ['SUCCESS', 'SUCCESS']]) {
      expect(found({ 'ssl-client-cert': escaped, 'ssl-client-verify': verdict })).toMatchObject({ verified: false })
    }
    expect(found({ 'ssl-client-cert': escaped })).toMatchObject({ verified: false })
  })

  it('is missing where its header is, whatever nginx says of it', () => {
    expect(found({ 'ssl-client-verify': 'SUCCESS' })).toBe('certificate-missing')
    expect(found({ 'ssl-client-cert': '', 'ssl-client-verify': 'NONE' })).toBe('certificate-missing')
  })

  it('is one, and is escaped', () => {
    for (const wrong of [`${escaped}${encodeURIComponent(stranger.certificate)}`, 'x', partner.thumbprint]) {
      expect(found({ 'ssl-client-cert': wrong, 'ssl-client-verify': 'SUCCESS' })).toBe('certificate-malformed')
    }
  })

  it('stands in the headers it is told to', () => {
    const own = nginxCertificate({ trustedProxy: proxy, header: 'X-Cert', verifyHeader: 'X-Verify' })
    expect(foundIn(own, fromProxy({ 'x-cert': escaped, 'x-verify': 'SUCCESS' }))).toMatchObject({ verified: true, der })
    expect(foundIn(own, fromProxy({ 'ssl-client-cert': escaped }))).toBe('certificate-missing')
    expect(() => nginxCertificate({ trustedProxy: proxy, header: 'x cert' })).toThrow('nginxCertificate.header must be')
    expect(() => nginxCertificate({ trustedProxy: proxy, verifyHeader: '' })).toThrow('nginxCertificate.verifyHeader')
    expect(() => nginxCertificate({} as never)).toThrow('nginxCertificate.trustedProxy takes a plain object')
  })

  it('is taken unverified where that is written out', () => {
    expect(definitionOfSource(source, 'o').acceptUnverified).toBe(false)
    const unverified = nginxCertificate({ trustedProxy: proxy, acceptUnverified: true })
    expect(definitionOfSource(unverified, 'o').acceptUnverified).toBe(true)
  })
})
