import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { envoyCertificate } from '../../src/index.js'
import { definitionOfSource } from '../../src/sender-constraints/certificate-source.js'
import { derOf, partner, stranger } from '../support/client-certificates.js'
import { foundIn, fromProxy, proxy } from '../support/found-certificate.js'

const source = envoyCertificate({ trustedProxy: proxy, chainVerified: true })
const found = (header: string) => foundIn(source, fromProxy({ 'x-forwarded-client-cert': header }))
const cert = encodeURIComponent(partner.certificate)
const hash = new X509Certificate(partner.certificate).fingerprint256.replaceAll(':', '')
const { thumbprint } = partner
const der = derOf(partner.certificate)

describe('the certificate of Envoy', () => {
  it('is the field Cert, and Hash tells its thumbprint', () => {
    expect(found(`Cert="${cert}"`)).toStrictEqual({ verified: true, der, thumbprint: undefined })
    expect(found(`Hash=${hash.toLowerCase()}`)).toStrictEqual({ verified: true, der: undefined, thumbprint })
    expect(
      found(`By=spiffe://mesh/a;Hash=${hash};Cert="${cert}";Subject="CN=a,O=\\"b\\"";URI=;DNS=a;DNS=b`),
    ).toMatchObject({ der, thumbprint })
    expect(found(`cert="${cert}";HASH="${hash}"`)).toMatchObject({ der, thumbprint })
  })

  it.each([
    ['nothing of them', 'By=a;Subject="CN=a"'],
    ['an element of another proxy before it', `Hash=${hash},Hash=${hash}`],
    ['an element of another proxy behind it', `Hash=${hash};URI=a,By=b`],
    ['two hashes', `Hash=${hash};Hash=${hash}`],
    ['two certificates', `Cert="${cert}";Cert="${cert}"`],
    ['two certificates in one', `Cert="${cert}${encodeURIComponent(stranger.certificate)}"`],
    ['a hash of another length', `Hash=${hash.slice(2)}`],
    ['a hash of another alphabet', `Hash=${thumbprint}`],
    ['an empty hash', 'Hash='],
    ['no certificate', 'Cert="x"'],
    ['an empty certificate', `Cert="";Hash=${hash}`],
    ['a quote that does not end', `Cert="${cert}`],
    ['text behind a quote', `Cert="${cert}"x;Hash=${hash}`],
    ['a field without a value', `Hash=${hash};Secure`],
    ['a space', `Hash=${hash}; By=a`],
  ])('is none where there is %s', (_, header) => {
    expect(found(header)).toBe('certificate-malformed')
  })

  it('is one whose chain was verified where that is written out', () => {
    expect(definitionOfSource(source, 'o')).toMatchObject({ acceptUnverified: false, verifies: true })
    const unverified = envoyCertificate({ trustedProxy: proxy, chainVerified: false })
    expect(definitionOfSource(unverified, 'o')).toMatchObject({ acceptUnverified: true, verifies: false })
    expect(foundIn(unverified, fromProxy({ 'x-forwarded-client-cert': `Hash=${hash}` }))).toMatchObject({
      verified: false,
    })
  })

  it('does not hang on a header made to slow it down', { timeout: 20_000 }, () => {
    const length = 60_000
    for (const header of [`Cert="${'\\a'.repeat(length / 2)}`, 'a'.repeat(length), `${'a=b;'.repeat(length / 4)}"`]) {
      expect(found(header)).toBe('certificate-malformed')
    }
  })
})
