import 'reflect-metadata'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { describe, expect, it } from 'vitest'
import { parseCertificate, type X509Certificate } from '../../src/sender-constraints/x509-certificate.js'
import {
  allowsClientAuthentication,
  allowsKeyUsage,
  alternativeNamesOf,
  basicConstraintsOf,
} from '../../src/sender-constraints/x509-extensions.js'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

async function withExtensions(...extensions: readonly Extension[]): Promise<X509Certificate> {
  const made = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=a',
    keys,
    signingAlgorithm: algorithm,
    extensions: [...extensions],
  })
  return parseCertificate(new Uint8Array(made.rawData)) as X509Certificate
}
const raw = (oid: string, ...bytes: readonly number[]) => new Extension(oid, false, Uint8Array.from(bytes))

describe('alternative names', () => {
  it('are read by their kind', async () => {
    const names = new SubjectAlternativeNameExtension([
      { type: 'dns', value: 'a.example' },
      { type: 'url', value: 'spiffe://a.example/b' },
      { type: 'email', value: 'a@a.example' },
      { type: 'ip', value: '10.0.0.1' },
      { type: 'dn', value: 'CN=other' },
    ])
    expect(alternativeNamesOf(await withExtensions(names))).toStrictEqual({
      dns: ['a.example'],
      uri: ['spiffe://a.example/b'],
      email: ['a@a.example'],
      ip: [Uint8Array.from([10, 0, 0, 1])],
    })
    expect(alternativeNamesOf(await withExtensions())).toStrictEqual({ dns: [], uri: [], email: [], ip: [] })
  })

  it('keep a NUL where a name has one, and are none where they are not ASCII or cannot be read', async () => {
    const withNul = raw('2.5.29.17', 0x30, 5, 0x82, 3, 0x61, 0, 0x62)
    expect(alternativeNamesOf(await withExtensions(withNul))).toMatchObject({ dns: ['a\0b'] })
    for (const wrong of [
      [0x30, 4, 0x82, 2, 0xc3, 0xa4],
      [0x30, 4, 0x82, 3, 0x61],
      [0x04, 0],
      [0x30, 0, 0x30, 0],
    ]) {
      expect(alternativeNamesOf(await withExtensions(raw('2.5.29.17', ...wrong)))).toBeUndefined()
    }
  })
})

describe('basic constraints', () => {
  it('say whether it is an authority, and how many may stand below it', async () => {
    const read = async (...extensions: readonly Extension[]) => basicConstraintsOf(await withExtensions(...extensions))
    expect(await read(new BasicConstraintsExtension(true, undefined, true))).toStrictEqual({
      isAuthority: true,
      pathLength: Infinity,
    })
    expect(await read(new BasicConstraintsExtension(true, 2))).toMatchObject({ isAuthority: true, pathLength: 2 })
    expect(await read(new BasicConstraintsExtension(false))).toMatchObject({ isAuthority: false })
    expect(await read()).toMatchObject({ isAuthority: false })
    expect(await read(raw('2.5.29.19', 0x30, 3, 0x01, 1, 1))).toBeUndefined()
    expect(await read(raw('2.5.29.19', 0x30, 6, 0x01, 1, 0xff, 0x02, 1, 0xff))).toBeUndefined()
  })
})

describe('what a key may be used for', () => {
  it('is everything where nothing is said', async () => {
    const silent = await withExtensions()
    expect(allowsKeyUsage(silent, 'digitalSignature') && allowsKeyUsage(silent, 'keyCertSign')).toBe(true)
    expect(allowsClientAuthentication(silent)).toBe(true)
  })

  it('is what is said, and nothing else', async () => {
    const { digitalSignature, keyCertSign, keyEncipherment, decipherOnly } = KeyUsageFlags
    const usable = async (flags: number) => {
      const certificate = await withExtensions(new KeyUsagesExtension(flags))
      return [allowsKeyUsage(certificate, 'digitalSignature'), allowsKeyUsage(certificate, 'keyCertSign')]
    }
    expect(await usable(digitalSignature)).toStrictEqual([true, false])
    expect(await usable(keyCertSign)).toStrictEqual([false, true])
    expect(await usable(digitalSignature | keyCertSign)).toStrictEqual([true, true])
    expect(await usable(keyEncipherment | decipherOnly)).toStrictEqual([false, false])
    expect(allowsKeyUsage(await withExtensions(raw('2.5.29.15', 0x03, 2, 9, 0x80)), 'digitalSignature')).toBe(false)
  })

  it('are clients of TLS, or anything', async () => {
    const [server, client, any] = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2', '2.5.29.37.0']
    const allows = async (...purposes: readonly string[]) =>
      allowsClientAuthentication(await withExtensions(new ExtendedKeyUsageExtension([...purposes])))
    expect(await allows(server as string)).toBe(false)
    expect(await allows(client as string)).toBe(true)
    expect(await allows(server as string, client as string)).toBe(true)
    expect(await allows(any as string)).toBe(true)
    expect(allowsClientAuthentication(await withExtensions(raw('2.5.29.37', 0x30, 2, 0x04, 0)))).toBe(false)
  })
})
