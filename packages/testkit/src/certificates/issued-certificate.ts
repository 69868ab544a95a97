import { createHash, X509Certificate } from 'node:crypto'
import type { X509Certificate as LibraryCertificate } from '@peculiar/x509'
import type { CheckedRequest } from './certificate-request.js'
import { ALGORITHM, type CertificateKeys, makeKeys, pemOf, type X509Library } from './x509-library.js'

/** A certificate with its private key. */
export interface IssuedCertificate {
  /** PEM. */
  readonly certificate: string
  /** The certificate and those of the authorities between it and the root, PEM: what a client presents, Node's `cert`. */
  readonly chain: string
  /** PEM, PKCS #8. */
  readonly privateKey: string
  /** SHA-256 of the certificate in DER, base64url: `x5t#S256` (RFC 8705 §3.1). */
  readonly thumbprint: string
  /** For `accessToken({ cnf })`: binds a token to this certificate. */
  readonly cnf: { readonly 'x5t#S256': string }
}

/** What signs: an authority, or whoever takes itself for one. */
export interface Signer {
  readonly certificate: LibraryCertificate
  readonly keys: CertificateKeys
  /** Certificates between the root and this one, this one first; PEM. */
  readonly chain: readonly string[]
}

const USAGE = { client: '1.3.6.1.5.5.7.3.2', server: '1.3.6.1.5.5.7.3.1' }
const LOCAL_NAMES = [
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
] as const
/** What a certificate of an authority, or of whoever takes itself for one, says. */
export interface CertificateContents extends CheckedRequest {
  /** `undefined`: it does not say what it is for. */
  readonly use: keyof typeof USAGE | undefined
  /** Other keys than fresh ones. */
  readonly keys?: CertificateKeys
}

export async function issue(
  x509: X509Library,
  signer: Signer,
  { subject, names, notBefore, notAfter, use, keys }: CertificateContents,
): Promise<IssuedCertificate> {
  const { publicKey, privateKey } = keys ?? (await makeKeys())
  const allNames = use === 'server' ? [...LOCAL_NAMES, ...names] : names
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: signer.certificate.subject,
    publicKey,
    signingKey: signer.keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ...(use === undefined ? [] : [new x509.ExtendedKeyUsageExtension([USAGE[use]])]),
      ...(allNames.length > 0 ? [new x509.SubjectAlternativeNameExtension([...allNames])] : []),
    ],
    notBefore,
    notAfter,
  })
  const pem = `${certificate.toString('pem').trim()}\n`
  const thumbprint = createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url')
  return {
    certificate: pem,
    chain: [pem, ...signer.chain.map((one) => `${one.trim()}\n`)].join(''),
    privateKey: await pemOf(privateKey),
    thumbprint,
    cnf: Object.freeze({ 'x5t#S256': thumbprint }),
  }
}
