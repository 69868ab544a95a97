import 'reflect-metadata'
import fc from 'fast-check'
import { X509CertificateGenerator } from '@peculiar/x509'
import { describe, expect, it } from 'vitest'
import { isSameName, parseDistinguishedName } from '../../src/sender-constraints/distinguished-name.js'
import { parseCertificate } from '../../src/sender-constraints/x509-certificate.js'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

/** The subject of a certificate that a library of others made, from the root on. */
async function subjectOf(...places: readonly Record<string, string[]>[]) {
  const made = await X509CertificateGenerator.createSelfSigned({ name: [...places], keys, signingAlgorithm: algorithm })
  const certificate = parseCertificate(new Uint8Array(made.rawData))
  if (certificate === undefined) throw new Error('no certificate')
  return certificate.subject
}

const isSame = (name: Awaited<ReturnType<typeof subjectOf>>, text: string) => {
  const parsed = parseDistinguishedName(text)
  return parsed !== undefined && isSameName(name, parsed)
}

describe('a distinguished name', () => {
  it('is written from its end to the root (RFC 4514 §2.1)', async () => {
    const subject = await subjectOf({ C: ['DE'] }, { O: ['Partner'] }, { CN: ['orders'] })
    expect(isSame(subject, 'CN=orders,O=Partner,C=DE')).toBe(true)
    expect(isSame(subject, 'cn=orders,o=Partner,2.5.4.6=DE')).toBe(true)
    expect(isSame(subject, 'C=DE,O=Partner,CN=orders')).toBe(false)
  })

  it('is that name, whole and to the letter', async () => {
    const subject = await subjectOf({ O: ['Partner'] }, { CN: ['orders'] })
    for (const other of [
      'CN=orders',
      'O=Partner',
      'CN=orders,O=Partner,C=DE',
      'CN=Orders,O=Partner',
      'CN=orders ,O=Partner',
      'OU=orders,O=Partner',
      'CN=orders,CN=orders,O=Partner',
      'CN=orders+O=Partner',
    ]) {
      expect(isSame(subject, other), other).toBe(false)
    }
  })

  it('may have several attributes in one place, in any order', async () => {
    const subject = await subjectOf({ O: ['Partner'] }, { CN: ['orders'], OU: ['shop'] })
    expect(isSame(subject, 'CN=orders+OU=shop,O=Partner')).toBe(true)
    expect(isSame(subject, 'OU=shop+CN=orders,O=Partner')).toBe(true)
    expect(isSame(subject, 'CN=orders+CN=orders,O=Partner')).toBe(false)
  })

  it('says whatever it says, with what has to be escaped (RFC 4514 §2.4)', async () => {
    const text = fc
      .string({ minLength: 1, maxLength: 12, unit: 'binary' })
      .filter((value) => !/[\ud800-\udfff]/.test(value))
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        const subject = await subjectOf({ CN: [value] })
        const hex = [...new TextEncoder().encode(value)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`)
        const minimal = value
          .replaceAll(/["+,;<>\\]/g, '\\$&')
          .replaceAll('\0', '\\00')
          .replace(/^[ #]/, '\\$&')
          .replace(/(?<=.) $/s, '\\ ')
        expect(isSame(subject, `CN=${hex.join('')}`)).toBe(true)
        expect(isSame(subject, `CN=${minimal}`)).toBe(true)
        expect(isSame(subject, `CN=${hex.join('')}a`)).toBe(false)
      }),
      { numRuns: 30 },
    )
  })

  it('of a value that is no text equals nothing', async () => {
    const subject = await subjectOf({ '1.2.3.4': ['#0303020101'] })
    expect(isSame(subject, '1.2.3.4=#0303020101')).toBe(false)
    expect(isSame(subject, String.raw`1.2.3.4=\03`)).toBe(false)
  })

  it.each([
    '',
    'orders',
    'CN',
    'CN=',
    '=orders',
    'CN=orders,',
    ',CN=orders',
    'CN=orders, O=Partner',
    'CN = orders',
    'XX=orders',
    '/CN=orders/O=Partner',
    'CN=#0403666f6f',
    'CN=a"b',
    'CN=a<b',
    'CN=a;b',
    'CN= a',
    'CN=a ',
    String.raw`CN=a\zz`,
    'CN=a\\',
    String.raw`CN=\ff`,
    'toString=a',
    '__proto__=a',
  ])('is none as %j', (text) => {
    expect(parseDistinguishedName(text)).toBeUndefined()
  })
})
