import { describe, expect, it } from 'vitest'
import type { DecodedCertificate } from '../../src/sender-constraints/certificate-source.js'
import { KnownCertificates } from '../../src/sender-constraints/known-certificates.js'
import { derOf, partner } from '../support/client-certificates.js'

const der = derOf(partner.certificate)
const { thumbprint } = partner

function certificates(decoded: DecodedCertificate | undefined) {
  let decodings = 0
  const known = new KnownCertificates(() => {
    decodings += 1
    return decoded
  })
  return { known, decodings: () => decodings }
}

describe('a known certificate', () => {
  it('has the thumbprint of its DER (RFC 8705 §3.1), and the times it is good for', async () => {
    const { known } = certificates({ der })
    const read = await known.read('text')
    expect(read).toMatchObject({ thumbprint, isChainTrusted: true })
    expect(read?.notBefore).toBe(read?.certificate?.notBefore)
    expect(read?.notAfter).toBe(read?.certificate?.notAfter)
  })

  it('is decoded once for each text', async () => {
    const { known, decodings } = certificates({ der })
    const first = await known.read('text')
    expect(await known.read('text')).toBe(first)
    expect(decodings()).toBe(1)
    await known.read('another text')
    expect(decodings()).toBe(2)
    for (let i = 0; i < 1_000; i++) await known.read(`text ${i}`)
    await known.read('text')
    expect(decodings()).toBe(1_003)
  })

  it('is no longer good than its chain', async () => {
    const whole = { notBefore: 0, notAfter: Number.MAX_SAFE_INTEGER }
    const own = await certificates({ der, chain: whole }).known.read('text')
    expect(own).toMatchObject({ notBefore: own?.certificate?.notBefore, notAfter: own?.certificate?.notAfter })
    const within = { notBefore: (own?.notBefore ?? 0) + 1, notAfter: (own?.notAfter ?? 0) - 1 }
    expect(await certificates({ der, chain: within }).known.read('text')).toMatchObject({
      ...within,
      isChainTrusted: true,
    })
    expect(await certificates({ der, chain: 'untrusted' }).known.read('text')).toMatchObject({ isChainTrusted: false })
  })

  it('may be known by its thumbprint alone, which must fit where there is more', async () => {
    expect(await certificates({ der: undefined, thumbprint }).known.read('text')).toStrictEqual({
      thumbprint,
      certificate: undefined,
      isChainTrusted: true,
      notBefore: -Infinity,
      notAfter: Infinity,
    })
    expect(await certificates({ der, thumbprint }).known.read('text')).toMatchObject({ thumbprint })
    const other = thumbprint.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))
    expect(await certificates({ der, thumbprint: other }).known.read('text')).toBeUndefined()
  })

  it('is none where nothing can be read, and that is found out anew each time', async () => {
    for (const decoded of [undefined, { der: der.subarray(1) }]) {
      const { known, decodings } = certificates(decoded)
      expect(await known.read('text')).toBeUndefined()
      expect(await known.read('text')).toBeUndefined()
      expect(decodings()).toBe(2)
    }
  })
})
