import { X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCertificate } from '../../src/sender-constraints/x509-certificate.js'
import { parsePem } from '../../src/sender-constraints/pem.js'
import { authority, derOf, partner, stranger } from '../support/client-certificates.js'

const nodes = (pem: string) => new X509Certificate(pem)

describe('parseCertificate', () => {
  it('reads what Node reads', async () => {
    const intermediate = await authority.intermediate({ pathLength: 1 })
    const others = await Promise.all([
      intermediate.clientCertificate(),
      authority.forged.expired(),
      authority.forged.notYetValid(),
      authority.serverCertificate(),
    ])
    for (const pem of [authority.certificate, partner.certificate, ...others.map(({ certificate }) => certificate)]) {
      const read = parseCertificate(derOf(pem))
      const { validFrom, validTo, subject } = nodes(pem)
      expect(read).toMatchObject({ notBefore: Date.parse(validFrom), notAfter: Date.parse(validTo) })
      expect(read?.subject.map(([first]) => first?.value)).toStrictEqual(
        subject.split('\n').map((line) => line.replace(/^\w+=/, '')),
      )
    }
  })

  it('reads the roots that Node trusts', async () => {
    const { rootCertificates } = await import('node:tls')
    expect(rootCertificates.length).toBeGreaterThan(50)
    for (const pem of rootCertificates) {
      const [der] = parsePem(pem) ?? []
      const read = parseCertificate(der as Uint8Array)
      const { validFrom, validTo, ca } = nodes(pem)
      expect(read).toMatchObject({ notBefore: Date.parse(validFrom), notAfter: Date.parse(validTo) })
      expect(read?.extensions.has('2.5.29.19')).toBe(ca || !read?.extensions.size)
    }
  })

  it('reads no certificate that is cut, prolonged, or none', () => {
    const der = derOf(partner.certificate)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: der.length - 1 }), (length) => {
        expect(parseCertificate(der.subarray(0, length))).toBeUndefined()
      }),
    )
    expect(parseCertificate(Uint8Array.from([...der, 0]))).toBeUndefined()
    expect(parseCertificate(Uint8Array.from(Buffer.from('-----BEGIN')))).toBeUndefined()
  })

  it('has each extension once', () => {
    // basicConstraints and keyUsage of a client: 2.5.29.19 becomes a second 2.5.29.15.
    const text = Buffer.from(derOf(partner.certificate)).toString('hex')
    expect(text).toContain('0603551d13')
    expect(text).toContain('0603551d0f')
    const twice = text.replace('0603551d13', '0603551d0f')
    expect(parseCertificate(new Uint8Array(Buffer.from(text, 'hex')))?.extensions.size).toBeGreaterThan(2)
    expect(parseCertificate(new Uint8Array(Buffer.from(twice, 'hex')))).toBeUndefined()
  })

  it('throws at no bytes whatever', () => {
    const der = derOf(stranger.certificate)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: der.length - 1 }), fc.nat({ max: 255 })), { maxLength: 4 }),
        (changes) => {
          const changed = Uint8Array.from(der)
          for (const [at, byte] of changes) changed[at] = byte
          expect(() => parseCertificate(changed)).not.toThrow()
        },
      ),
      { numRuns: 1_000 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => parseCertificate(bytes)).not.toThrow()
      }),
    )
  })

  it('knows the times of a certificate to the second, and takes no other spelling', () => {
    const der = derOf(partner.certificate)
    const text = Buffer.from(der).toString('latin1')
    const [time = ''] = /\d{12}Z/.exec(text) ?? []
    const withTime = (other: string) =>
      parseCertificate(new Uint8Array(Buffer.from(text.replace(time, other), 'latin1')))
    expect(withTime('491231235959Z')?.notBefore).toBe(Date.UTC(2049, 11, 31, 23, 59, 59))
    expect(withTime('500101000000Z')?.notBefore).toBe(Date.UTC(1950, 0, 1))
    for (const wrong of [
      '260230000000Z',
      '261301000000Z',
      '260101240000Z',
      '260101000060Z',
      '26010100000 Z',
      '260101000000z',
    ]) {
      expect(withTime(wrong), wrong).toBeUndefined()
    }
  })
})
