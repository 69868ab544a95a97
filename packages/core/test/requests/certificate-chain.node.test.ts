import 'reflect-metadata'
import { X509Certificate as NodeCertificate, type webcrypto } from 'node:crypto'
import {
  BasicConstraintsExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { certificateAuthority, type IssuedCertificate } from '@tokenward/testkit'
import { describe, expect, it, vi } from 'vitest'
import { certificateChain } from '../../src/requests/node.js'
import { chainOf } from '../../src/sender-constraints/certificate-chain.js'
import { authority, derOf, partner } from '../support/client-certificates.js'

const pemsOf = (text: string) => text.match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g) ?? []
const verdictOn = (chain: string | readonly string[], ca: string | readonly string[] = authority.certificate) =>
  chainOf(certificateChain({ ca }), 'o')([chain].flat().flatMap(pemsOf).map(derOf))
const isTrusted = (chain: string | readonly string[], ca?: string | readonly string[]) =>
  verdictOn(chain, ca) !== 'untrusted'

const DAY = 86_400_000
const ec = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const makeKeys = (algorithm: webcrypto.EcKeyGenParams | webcrypto.RsaHashedKeyGenParams = ec) =>
  crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>
type Keys = Awaited<ReturnType<typeof makeKeys>>
/** Certificates know no milliseconds. */
const seconds = (time: Date) => Math.floor(time.getTime() / 1_000) * 1_000

async function rootWith(keys: Keys, span: { readonly notBefore: Date; readonly notAfter: Date }): Promise<string> {
  const root = await X509CertificateGenerator.createSelfSigned({
    ...span,
    name: 'CN=renewed',
    keys,
    signingAlgorithm: ec,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  })
  return root.toString('pem')
}

describe('a chain', () => {
  it('leads from the client to an authority that is trusted', async () => {
    const intermediate = await (await authority.intermediate()).intermediate()
    const client = await intermediate.clientCertificate()
    expect(isTrusted(partner.chain)).toBe(true)
    expect(isTrusted(client.chain)).toBe(true)
    expect(isTrusted([client.chain, authority.certificate])).toBe(true)
    expect(isTrusted(client.certificate)).toBe(false)
    expect(isTrusted(partner.chain, (await certificateAuthority()).certificate)).toBe(false)
  })

  it('may come in any order behind the client, with others in between', async () => {
    const client = await (await (await authority.intermediate()).intermediate()).clientCertificate()
    const [leaf = '', second = '', third = ''] = pemsOf(client.chain)
    const other = (await certificateAuthority()).certificate
    expect(isTrusted([leaf, third, other, second])).toBe(true)
    expect(isTrusted([second, leaf, third])).toBe(false)
    expect(isTrusted([])).toBe(false)
  })

  it('may begin below the root, where an authority in between is trusted', async () => {
    const intermediate = await authority.intermediate()
    const client = await intermediate.clientCertificate()
    expect(isTrusted(client.certificate, intermediate.certificate)).toBe(true)
    expect(isTrusted(partner.chain, intermediate.certificate)).toBe(false)
  })

  it('is good as long as each of its certificates is', async () => {
    const verdict = verdictOn(partner.chain)
    if (verdict === 'untrusted') throw new Error('untrusted')
    const span = await authority.clientCertificate({ expiresIn: '30d' })
    const rootEnd = verdictOn(span.chain)
    if (rootEnd === 'untrusted') throw new Error('untrusted')
    // The root lasts a day.
    expect(rootEnd.notAfter - Date.now()).toBeLessThan(25 * 3_600_000)
    expect(verdict.notAfter).toBeLessThan(rootEnd.notAfter)
    expect(verdict.notBefore).toBeLessThan(Date.now())
    const over = await authority.forged.expired()
    expect(verdictOn(over.chain)).toMatchObject({ notAfter: expect.any(Number) })
  })

  it('is good as long as the authority after it was renewed, in any order', async () => {
    const ended = { notBefore: new Date(Date.now() - 2 * DAY), notAfter: new Date(Date.now() - DAY) }
    const renewed = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + DAY) }
    const keys = await makeKeys()
    const [before, after] = await Promise.all([rootWith(keys, ended), rootWith(keys, renewed)])
    const client = await X509CertificateGenerator.create({
      ...renewed,
      subject: 'CN=client',
      issuer: 'CN=renewed',
      publicKey: (await makeKeys()).publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: ec,
    })
    for (const ca of [
      [before, after],
      [after, before],
    ]) {
      const verdict = verdictOn(client.toString('pem'), ca)
      expect(verdict === 'untrusted' ? verdict : verdict.notAfter).toBeGreaterThan(Date.now())
    }
    expect(verdictOn(client.toString('pem'), before)).toMatchObject({ notAfter: seconds(ended.notAfter) })
  })

  it('ends at no certificate that is wrong in itself', async () => {
    const { forged } = authority
    for (const make of [forged.serverOnly, forged.selfSigned, forged.otherAuthority, forged.issuedByClient]) {
      const client: IssuedCertificate = await make()
      expect(isTrusted(client.chain)).toBe(false)
      expect(isTrusted([client.chain, partner.certificate])).toBe(false)
    }
  })

  it('has no more authorities than one of them allows', async () => {
    const last = await authority.intermediate({ commonName: 'last', pathLength: 0 })
    expect(isTrusted((await last.clientCertificate()).chain)).toBe(true)
    const below = await last.intermediate({ commonName: 'below' })
    expect(isTrusted((await below.clientCertificate()).chain)).toBe(false)
  })

  it('has no more authorities than anybody needs', async () => {
    let intermediate = authority
    const trusted: boolean[] = []
    for (let i = 0; i < 6; i++) {
      intermediate = await intermediate.intermediate()
      trusted.push(isTrusted((await intermediate.clientCertificate()).chain))
    }
    expect(trusted).toStrictEqual([true, true, true, true, false, false])
  })
})

describe('a certificate in a chain', () => {
  interface Made {
    readonly extensions?: readonly Extension[]
    readonly signingAlgorithm?: webcrypto.Algorithm | webcrypto.EcdsaParams
    readonly subjectKeys?: Keys
  }

  async function anAuthority(
    extensions: readonly Extension[] = [],
    keys?: Keys,
    signingAlgorithm: webcrypto.Algorithm = ec,
  ) {
    const own = keys ?? (await makeKeys())
    const root = await X509CertificateGenerator.createSelfSigned({
      name: 'CN=Own authority',
      keys: own,
      signingAlgorithm,
      extensions: [new BasicConstraintsExtension(true, undefined, true), ...extensions],
    })
    return {
      pem: root.toString('pem'),
      /** A client, with one that it has signed a certificate for. */
      async ambitious(more: readonly Extension[]) {
        const keysOfClient = await makeKeys()
        const shared = { signingAlgorithm, issuer: root.subject }
        const client = await X509CertificateGenerator.create({
          ...shared,
          subject: 'CN=ambitious',
          publicKey: keysOfClient.publicKey,
          signingKey: own.privateKey,
          extensions: [...more],
        })
        const { publicKey } = await makeKeys()
        const issued = await X509CertificateGenerator.create({
          ...shared,
          subject: 'CN=client',
          issuer: client.subject,
          publicKey,
          signingKey: keysOfClient.privateKey,
        })
        return [issued.toString('pem'), client.toString('pem')]
      },
      async client({ extensions: more = [], signingAlgorithm: signed = signingAlgorithm, subjectKeys }: Made = {}) {
        const { publicKey } = subjectKeys ?? (await makeKeys())
        const client = await X509CertificateGenerator.create({
          subject: 'CN=client',
          issuer: root.subject,
          publicKey,
          signingKey: own.privateKey,
          signingAlgorithm: signed,
          extensions: [...more],
        })
        return client.toString('pem')
      },
    }
  }
  const { digitalSignature, keyEncipherment, keyCertSign, cRLSign } = KeyUsageFlags
  const unknown = (critical: boolean) => new Extension('1.2.3.4', critical, Uint8Array.from([0x05, 0]))

  it('may say nothing of what it is for, or that it signs', async () => {
    const own = await anAuthority()
    expect(isTrusted(await own.client(), own.pem)).toBe(true)
    expect(isTrusted(await own.client({ extensions: [new KeyUsagesExtension(digitalSignature)] }), own.pem)).toBe(true)
    const other = new KeyUsagesExtension(keyEncipherment)
    expect(isTrusted(await own.client({ extensions: [other] }), own.pem)).toBe(false)
  })

  it('has nothing critical that is not understood (RFC 5280 §4.2)', async () => {
    const own = await anAuthority()
    expect(isTrusted(await own.client({ extensions: [unknown(false)] }), own.pem)).toBe(true)
    expect(isTrusted(await own.client({ extensions: [unknown(true)] }), own.pem)).toBe(false)
    const strange = await anAuthority([unknown(true)])
    expect(() => certificateChain({ ca: strange.pem })).toThrow('of no authority')
  })

  it('is of no authority that is held to names nobody looks at', async () => {
    const constrained = await anAuthority([new Extension('2.5.29.30', false, Uint8Array.from([0x30, 0]))])
    expect(() => certificateChain({ ca: constrained.pem })).toThrow('of no authority')
  })

  it('costs few signatures, though each of the others has signed all the others', { timeout: 20_000 }, async () => {
    const keys = await makeKeys()
    const again = async (extensions: readonly Extension[], serial: number) => {
      const certificate = await X509CertificateGenerator.create({
        serialNumber: `1${serial}`,
        subject: 'CN=all alike',
        issuer: 'CN=all alike',
        publicKey: keys.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: ec,
        extensions: [...extensions],
      })
      return certificate.toString('pem')
    }
    const authorities = Array.from({ length: 9 }, (_, index) => again([new BasicConstraintsExtension(true)], index))
    const chain = await Promise.all([again([], 9), ...authorities])
    const own = await anAuthority([], keys)
    const verify = vi.spyOn(NodeCertificate.prototype, 'verify')
    try {
      expect(isTrusted(chain, own.pem)).toBe(false)
      // Nine may have signed ten. The thousands of ways through them would take as many.
      expect(verify.mock.calls.length).toBeGreaterThan(0)
      expect(verify.mock.calls.length).toBeLessThanOrEqual(90)
    } finally {
      verify.mockRestore()
    }
  })

  it('is signed by an authority, which says that it is one', async () => {
    const own = await anAuthority()
    expect(isTrusted(await own.ambitious([new BasicConstraintsExtension(true)]), own.pem)).toBe(true)
    expect(isTrusted(await own.ambitious([]), own.pem)).toBe(false)
    expect(isTrusted(await own.ambitious([new BasicConstraintsExtension(false)]), own.pem)).toBe(false)
    expect(isTrusted(await own.ambitious([new KeyUsagesExtension(keyCertSign)]), own.pem)).toBe(false)
  })

  it('is signed by an authority that may sign certificates', async () => {
    const signs = await anAuthority([new KeyUsagesExtension(keyCertSign)])
    expect(isTrusted(await signs.client(), signs.pem)).toBe(true)
    const other = await anAuthority([new KeyUsagesExtension(cRLSign)])
    expect(() => certificateChain({ ca: other.pem })).toThrow('of no authority')
  })

  it('is signed in a way that is sound today', async () => {
    const rsa = (modulusLength: number, hash: string) => ({
      name: 'RSASSA-PKCS1-v1_5',
      hash,
      modulusLength,
      publicExponent: Uint8Array.from([1, 0, 1]),
    })
    const sound = await anAuthority([], await makeKeys(rsa(2_048, 'SHA-256')), rsa(2_048, 'SHA-256'))
    expect(isTrusted(await sound.client(), sound.pem)).toBe(true)
    const sha1Keys = await makeKeys(rsa(2_048, 'SHA-1'))
    const sha1 = await anAuthority([], sha1Keys, rsa(2_048, 'SHA-1'))
    expect(isTrusted(await sha1.client(), sha1.pem)).toBe(false)
    const short = await anAuthority([], await makeKeys(rsa(1_024, 'SHA-256')), rsa(1_024, 'SHA-256'))
    expect(() => certificateChain({ ca: short.pem })).toThrow('of no authority')
    const subjectKeys = await makeKeys(rsa(1_024, 'SHA-256'))
    expect(isTrusted(await sound.client({ subjectKeys }), sound.pem)).toBe(false)
  })
})

describe('certificateChain', () => {
  it('takes a bundle, or several texts', async () => {
    const other = (await certificateAuthority()).certificate
    for (const ca of [
      `${other}\n${authority.certificate}`,
      [other, authority.certificate],
      `${'\n'}${authority.certificate} `,
    ]) {
      expect(isTrusted(partner.chain, ca)).toBe(true)
    }
    const bundle = (await Promise.all(Array.from({ length: 15 }, certificateAuthority))).map((one) => one.certificate)
    expect(isTrusted(partner.chain, [...bundle, authority.certificate].join('\n'))).toBe(true)
  })

  it.each([
    [{}, 'certificateChain.ca must be certificates as PEM'],
    [{ ca: '' }, 'certificateChain.ca must be certificates as PEM'],
    [{ ca: [] }, 'certificateChain.ca must be certificates as PEM'],
    [{ ca: './ca.pem' }, 'certificateChain.ca must be certificates as PEM'],
    [{ ca: [authority.certificate, ''] }, 'certificateChain.ca must be certificates as PEM'],
    [{ ca: 7 }, 'certificateChain.ca must be certificates as PEM'],
    [{ ca: partner.certificate }, 'certificateChain.ca holds a certificate that is of no authority'],
    [{ ca: authority.certificate, crl: '' }, 'certificateChain.crl is not an option'],
  ])('refuses %j', (options, message) => {
    expect(() => certificateChain(options as never)).toThrow(message)
  })
})
