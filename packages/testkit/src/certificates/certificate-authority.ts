import { createHash, X509Certificate } from 'node:crypto'
import { type Duration, milliseconds } from '../duration.js'
import { refuseUnknown } from '../known-names.js'

/** A certificate with its private key. */
export interface IssuedCertificate {
  /** PEM. */
  readonly certificate: string
  /** PEM, PKCS #8. */
  readonly privateKey: string
  /** SHA-256 of the certificate in DER, base64url: `x5t#S256` (RFC 8705 §3.1). */
  readonly thumbprint: string
  /** For `accessToken({ cnf })`: binds a token to this certificate. */
  readonly cnf: { readonly 'x5t#S256': string }
}

/** What a certificate is issued for. */
export interface CertificateRequest {
  /** `CN` of its subject. Default `'client'`, or `'localhost'` for a server. */
  readonly commonName?: string
  /** From now to its end. Default `'1h'`; a negative time is over. */
  readonly expiresIn?: Duration
}

/** A certification authority that nobody trusts but the test. */
export interface CertificateAuthority {
  /** Its own certificate, PEM: give it to whoever is to trust it, as the option `ca` of Node's TLS. */
  readonly certificate: string
  /** For a client of mutual TLS. */
  clientCertificate(request?: CertificateRequest): Promise<IssuedCertificate>
  /** For a server at `localhost` or 127.0.0.1. */
  serverCertificate(request?: CertificateRequest): Promise<IssuedCertificate>
}

const MAKER = 'certificateAuthority'
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const USAGE = { client: '1.3.6.1.5.5.7.3.2', server: '1.3.6.1.5.5.7.3.1' }
const LOCAL_NAMES = [
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
] as const

/** Makes a throw-away certification authority with a fresh key. Nothing is written to disk. */
export async function certificateAuthority(): Promise<CertificateAuthority> {
  const x509 = await loadX509()
  const keys = await makeKeys()
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Throw-away test authority',
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
    ...validFor(86_400_000),
  })

  async function issue(use: keyof typeof USAGE, request: CertificateRequest, byDefault: string) {
    refuseUnknown(MAKER, `${use}Certificate`, request, ['commonName', 'expiresIn'])
    const { commonName = byDefault, expiresIn = '1h' } = request
    if (typeof commonName !== 'string' || !/^[\w .@-]+$/.test(commonName)) {
      throw new TypeError(`${MAKER}: commonName must be letters, digits, spaces, dots, hyphens, underscores or @`)
    }
    const { publicKey, privateKey } = await makeKeys()
    const certificate = await x509.X509CertificateGenerator.create({
      subject: `CN=${commonName}`,
      issuer: root.subject,
      publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.ExtendedKeyUsageExtension([USAGE[use]]),
        ...(use === 'server' ? [new x509.SubjectAlternativeNameExtension([...LOCAL_NAMES])] : []),
      ],
      ...validFor(milliseconds(MAKER, 'expiresIn', expiresIn)),
    })
    const pem = certificate.toString('pem')
    const thumbprint = createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url')
    const cnf = Object.freeze({ 'x5t#S256': thumbprint })
    return { certificate: pem, privateKey: await pemOf(privateKey), thumbprint, cnf }
  }

  return {
    certificate: root.toString('pem'),
    clientCertificate: (request = {}) => issue('client', request, 'client'),
    serverCertificate: (request = {}) => issue('server', request, 'localhost'),
  }
}

/** On demand: most tests need no certificate. The library in turn needs the reflection of decorators' metadata. */
async function loadX509() {
  await import('reflect-metadata')
  return import('@peculiar/x509')
}

function makeKeys() {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
}

/** From an hour before now, or before the end where that is earlier. */
function validFor(lifetime: number): { readonly notBefore: Date; readonly notAfter: Date } {
  const notAfter = Date.now() + lifetime
  return { notBefore: new Date(Math.min(Date.now(), notAfter) - 3_600_000), notAfter: new Date(notAfter) }
}

async function pemOf(privateKey: Awaited<ReturnType<typeof makeKeys>>['privateKey']): Promise<string> {
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', privateKey))
  const lines = pkcs8.toString('base64').match(/.{1,64}/g) as string[]
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n')
}
