import { describe, expect, it } from 'vitest'
import { albCertificate, type AlbCertificateOptions } from '../../src/index.js'
import { fromAwsEvent } from '../../src/requests/aws.js'
import { certificateChainOf } from '../../src/sender-constraints/certificate-chain.js'
import { albEscaped, derOf, partner, stranger } from '../support/client-certificates.js'
import { foundIn, fromProxy, proxy } from '../support/found-certificate.js'

const pem = partner.certificate
const leaf = 'x-amzn-mtls-clientcert-leaf'
const whole = 'x-amzn-mtls-clientcert'
const verify = albCertificate({ mode: 'verify', trustedProxy: proxy })
const seen: (readonly Uint8Array[])[] = []
const chain = certificateChainOf((certificates) => {
  seen.push(certificates.map((der) => Uint8Array.from(der)))
  return 'untrusted'
})
const passthrough = albCertificate({ mode: 'passthrough', trustedProxy: proxy, chain })

describe('the certificate of an Application Load Balancer', () => {
  it('was verified by it, in mode verify', () => {
    expect(foundIn(verify, fromProxy({ [leaf]: albEscaped(pem) }))).toStrictEqual({ verified: true, der: derOf(pem) })
    const two = albEscaped(`${pem}${stranger.certificate}`)
    expect(foundIn(verify, fromProxy({ [leaf]: two }))).toBe('certificate-malformed')
  })

  it('has its chain verified here, in mode passthrough', () => {
    const sent = albEscaped(`${pem}${stranger.certificate}`)
    expect(foundIn(passthrough, fromProxy({ [whole]: sent }))).toMatchObject({ der: derOf(pem), chain: 'untrusted' })
    expect(seen).toStrictEqual([[derOf(pem), derOf(stranger.certificate)]])
  })

  it('is read in the header of its mode alone: the other may be of the client', () => {
    expect(foundIn(passthrough, fromProxy({ [leaf]: albEscaped(pem) }))).toBe('certificate-missing')
    expect(foundIn(verify, fromProxy({ [whole]: albEscaped(pem) }))).toBe('certificate-missing')
  })

  it('is read in events of the load balancer, and in no others', () => {
    const ofEvents = albCertificate({ mode: 'verify', trustedProxy: 'alb-event' })
    const headers = { [leaf]: albEscaped(pem) }
    const event = { httpMethod: 'GET', path: '/', headers }
    expect(foundIn(ofEvents, fromAwsEvent({ ...event, requestContext: { elb: {} } }))).toMatchObject({ verified: true })
    for (const request of [
      fromAwsEvent({ ...event, requestContext: {} }),
      fromAwsEvent({
        version: '2.0',
        rawPath: '/',
        rawQueryString: '',
        headers,
        requestContext: { http: { method: 'GET' } },
      }),
      { headers, remoteAddress: '127.0.0.1' },
    ]) {
      expect(foundIn(ofEvents, request)).toBe('certificate-missing')
    }
  })

  it.each([
    [{ trustedProxy: proxy }, 'albCertificate.mode must be'],
    [{ mode: 'both', trustedProxy: proxy }, 'albCertificate.mode must be'],
    [{ mode: 'verify' }, 'albCertificate.trustedProxy takes a plain object'],
    [{ mode: 'verify', trustedProxy: 'alb' }, 'albCertificate.trustedProxy takes a plain object'],
    [{ mode: 'verify', trustedProxy: proxy, chain }, 'albCertificate.chain goes with'],
    [{ mode: 'passthrough', trustedProxy: proxy }, 'albCertificate.chain goes with'],
    [{ mode: 'passthrough', trustedProxy: proxy, chain: { ...chain } }, 'albCertificate.chain must be made by'],
    [{ mode: 'verify', trustedProxy: proxy, header: 'x' }, 'albCertificate.header is not an option'],
  ])('refuses %j', (options, message) => {
    expect(() => albCertificate(options as AlbCertificateOptions)).toThrow(message)
  })
})
