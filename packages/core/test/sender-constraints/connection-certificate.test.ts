import { describe, expect, it } from 'vitest'
import { connectionCertificate } from '../../src/index.js'
import { fromAwsEvent } from '../../src/requests/aws.js'
import { definitionOfSource } from '../../src/sender-constraints/certificate-source.js'
import { derOf, partner, stranger } from '../support/client-certificates.js'
import { foundIn } from '../support/found-certificate.js'

const pem = partner.certificate
const source = connectionCertificate()

describe('the certificate of a connection', () => {
  it('is what whoever ended TLS hands on beside the request', () => {
    expect(foundIn(source, { clientCertificate: { pem, verified: true } })).toStrictEqual({
      verified: true,
      der: derOf(pem),
    })
    expect(foundIn(source, {})).toBe('certificate-missing')
  })

  it('is verified where that is said, and only then', () => {
    for (const verified of [false, undefined, 'true', 1]) {
      expect(foundIn(source, { clientCertificate: { pem, verified: verified as boolean } })).toMatchObject({
        verified: false,
      })
    }
  })

  it('is one certificate', () => {
    for (const wrong of ['', 'x', `${pem}${stranger.certificate}`, undefined, 7]) {
      expect(foundIn(source, { clientCertificate: { pem: wrong as string, verified: true } })).toBe(
        'certificate-malformed',
      )
    }
  })

  it('is read from no header', () => {
    const headers = { 'client-cert': pem, 'ssl-client-cert': encodeURIComponent(pem) }
    expect(foundIn(source, { headers, remoteAddress: '127.0.0.1' })).toBe('certificate-missing')
  })

  it('is that of the events of API Gateway', () => {
    const clientCert = { clientCertPem: pem }
    const http = { version: '2.0', rawPath: '/', rawQueryString: '', requestContext: { http: { method: 'GET' } } }
    for (const event of [
      { ...http, requestContext: { ...http.requestContext, authentication: { clientCert } } },
      { httpMethod: 'GET', path: '/', requestContext: { identity: { clientCert } } },
    ]) {
      expect(foundIn(source, fromAwsEvent(event))).toStrictEqual({ verified: true, der: derOf(pem) })
    }
    for (const event of [http, { ...http, requestContext: { ...http.requestContext, authentication: null } }]) {
      expect(foundIn(source, fromAwsEvent(event))).toBe('certificate-missing')
    }
  })

  it('is taken unverified where that is written out', () => {
    expect(definitionOfSource(source, 'o')).toMatchObject({ acceptUnverified: false, verifies: true })
    expect(definitionOfSource(connectionCertificate({ acceptUnverified: true }), 'o').acceptUnverified).toBe(true)
    expect(() => connectionCertificate({ acceptUnverified: 'yes' as never })).toThrow(
      'acceptUnverified must be true or',
    )
    expect(() => connectionCertificate({ selfSigned: true } as never)).toThrow('selfSigned is not an option')
  })
})
