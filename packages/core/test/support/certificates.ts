import 'reflect-metadata'
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'

/** A certificate and its key, as PEM. */
interface TestCertificate {
  readonly certificate: string
  readonly privateKey: string
}

/** A certification authority that lasts for one test. */
export interface TestAuthority {
  /** Its own certificate, PEM: what is trusted. */
  readonly certificate: string
  /** Signs a certificate of that common name, good for a server on this machine, too. */
  issue(commonName: string): Promise<TestCertificate>
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const makeKeys = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
const validity = () => ({ notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) })

export async function testAuthority(): Promise<TestAuthority> {
  const keys = await makeKeys()
  const root: X509Certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=Test Authority',
    keys,
    signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
    ...validity(),
  })
  return {
    certificate: root.toString('pem'),
    async issue(commonName) {
      const { publicKey, privateKey } = await makeKeys()
      const certificate = await X509CertificateGenerator.create({
        subject: `CN=${commonName}`,
        issuer: root.subject,
        publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        extensions: [new SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
        ...validity(),
      })
      const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', privateKey)).toString('base64')
      return {
        certificate: certificate.toString('pem'),
        privateKey: `-----BEGIN PRIVATE KEY-----\n${pkcs8.replaceAll(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`,
      }
    },
  }
}
