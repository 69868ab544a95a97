import { describe, expect, it } from 'vitest'
import { clientCertHeader } from '../../src/index.js'
import { derOf, partner, stranger } from '../support/client-certificates.js'
import { foundIn, fromProxy, proxy } from '../support/found-certificate.js'

const source = clientCertHeader({ trustedProxy: proxy, chainVerified: true })
const found = (value: string) => foundIn(source, fromProxy({ 'client-cert': value }))
const der = derOf(partner.certificate)
const base64 = Buffer.from(der).toString('base64')

describe('the certificate of the header Client-Cert (RFC 9440 §2.2)', () => {
  it('is a byte sequence', () => {
    expect(found(`:${base64}:`)).toStrictEqual({ verified: true, der })
    expect(found(` :${base64}: `)).toMatchObject({ der })
  })

  it.each([
    base64,
    `:${base64}`,
    '::',
    `:${base64}:;a=b`,
    `:${base64}:, :${base64}:`,
    `:${Buffer.from(derOf(stranger.certificate)).toString('base64').slice(0, -3)}:`,
    `:${Buffer.from(der).toString('base64url')}-_:`,
    `:${base64.slice(0, 60)}\n${base64.slice(60)}:`,
    encodeURIComponent(partner.certificate),
  ])('is none as %s', (value) => {
    expect(found(value)).toBe('certificate-malformed')
  })
})
