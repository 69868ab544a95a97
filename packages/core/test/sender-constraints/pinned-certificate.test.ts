import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { KnownCertificates } from '../../src/sender-constraints/known-certificates.js'
import { checkPinnedCertificate, type PinnedCertificate } from '../../src/sender-constraints/pinned-certificate.js'
import { derOf, partner, stranger } from '../support/client-certificates.js'

const knownOf = async (pem: string) => {
  const known = await new KnownCertificates(() => ({ der: derOf(pem) })).read(pem)
  if (known === undefined) throw new Error('no certificate')
  return known
}
const [own, other] = [await knownOf(partner.certificate), await knownOf(stranger.certificate)]
const check = (pin: unknown, verifies = true) => checkPinnedCertificate('the.pin', pin as PinnedCertificate, verifies)
const subject = 'CN=orders,O=Partner'
const issuedBy = 'CN=Throw-away test authority'

describe('a pinned certificate', () => {
  it('is known by its thumbprint, in base64url or hex', () => {
    const hex = new X509Certificate(partner.certificate).fingerprint256
    for (const thumbprint of [partner.thumbprint, hex, hex.replaceAll(':', '').toLowerCase()]) {
      expect(check({ thumbprint })(own, true)).toBe(true)
      expect(check({ thumbprint })(own, false)).toBe(true)
      expect(check({ thumbprint })(other, true)).toBe(false)
    }
  })

  it.each([
    { subject },
    { dns: 'orders.PARTNER.example' },
    { uri: 'spiffe://partner.example/orders' },
    { email: 'ops@partner.example' },
    { ip: '10.0.0.1' },
    { ip: '2001:DB8:0::1' },
    { issuedBy, subject },
  ])('is known by %j, where its chain was verified', (pin) => {
    expect(check(pin)(own, true)).toBe(true)
    expect(check(pin)(own, false)).toBe(false)
    expect(check(pin)(other, true)).toBe(false)
  })

  it('is any of an authority, where that is what is pinned', () => {
    expect(check({ issuedBy })(own, true)).toBe(true)
    expect(check({ issuedBy })(other, true)).toBe(true)
    expect(check({ issuedBy: 'CN=Other' })(own, true)).toBe(false)
    expect(check({ issuedBy })(own, false)).toBe(false)
  })

  it.each([
    { subject: 'CN=orders' },
    { subject: 'CN=orders,O=partner' },
    { dns: 'partner.example' },
    { dns: '*.partner.example' },
    { uri: 'spiffe://partner.example/Orders' },
    { email: 'OPS@partner.example' },
    { ip: '10.0.0.2' },
    { ip: '::a00:1' },
    { ip: '2001:db8::2' },
  ])('is not known by %j', (pin) => {
    expect(check(pin)(own, true)).toBe(false)
  })

  it('has all that is pinned of it', () => {
    const { thumbprint } = partner
    expect(check({ thumbprint, subject, issuedBy, dns: 'orders.partner.example' })(own, true)).toBe(true)
    expect(check({ thumbprint, subject: 'CN=other' })(own, true)).toBe(false)
    expect(check({ subject, dns: 'other.example' })(own, true)).toBe(false)
    expect(check({ thumbprint: stranger.thumbprint, subject })(own, true)).toBe(false)
    expect(check({ thumbprint, subject })(own, false)).toBe(false)
  })

  it('has no names where a proxy tells the thumbprint alone', () => {
    const hashed = { ...own, certificate: undefined }
    expect(check({ thumbprint: partner.thumbprint })(hashed, true)).toBe(true)
    expect(check({ subject })(hashed, true)).toBe(false)
  })

  it.each([
    [undefined, 'the.pin takes a plain object'],
    [{}, 'the.pin must say what the certificate is like'],
    [{ thumbprint: undefined }, 'the.pin.thumbprint must be text'],
    [{ thumbprint: '' }, 'the.pin.thumbprint must be text'],
    [{ thumbprint: 'AB:CD' }, 'the.pin.thumbprint must be the SHA-256'],
    [{ thumbprint: partner.thumbprint.slice(1) }, 'the.pin.thumbprint must be the SHA-256'],
    [{ thumbprint: `sha256 Fingerprint=${'AB:'.repeat(31)}AB` }, 'of what openssl prints, the part after ='],
    [{ subject: 'orders' }, 'the.pin.subject must be a name as RFC 4514 writes it'],
    [{ issuedBy: 'C = DE' }, 'the.pin.issuedBy must be a name as RFC 4514 writes it'],
    [{ ip: 'partner.example' }, 'the.pin.ip must be an IP address'],
    [{ dns: ['a'] }, 'the.pin.dns must be text'],
    [{ san: 'a' }, 'the.pin.san is not an option'],
  ])('is none as %j', (pin, message) => {
    expect(() => check(pin)).toThrow(message)
  })

  it('is known by no name where no chain is ever verified', () => {
    expect(() => check({ subject }, false)).toThrow('the.pin.subject proves nothing where no chain is verified')
    expect(() => check({ thumbprint: partner.thumbprint }, false)).not.toThrow()
  })
})
