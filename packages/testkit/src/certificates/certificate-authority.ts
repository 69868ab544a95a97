import { refuseUnknown } from '../known-names.js'
import { certificateRevocationList } from './certificate-revocation-list.js'
import { type CertificateRequest, checkRequest, MAKER, validFor } from './certificate-request.js'
import { type ForgedCertificates, forgedCertificates } from './forged-certificates.js'
import { type IssuedCertificate, issue, type Signer } from './issued-certificate.js'
import { authorityExtensions, ROOT_LIFETIME, selfSigned } from './signing-authority.js'
import { ALGORITHM, loadX509, makeKeys, type X509Library } from './x509-library.js'

/** What an authority below another is made with. */
export interface IntermediateRequest {
  /** `CN` of its subject. Default `'Throw-away intermediate authority 1'`, or of its level below the root. */
  readonly commonName?: string
  /** How many authorities may stand below it (RFC 5280 §4.2.1.9). Default any number. */
  readonly pathLength?: number
}

/** A certification authority that nobody trusts but the test. */
export interface CertificateAuthority {
  /** Its own certificate, PEM: give it to whoever is to trust it, as the option `ca` of Node's TLS. */
  readonly certificate: string
  /** For a client of mutual TLS. */
  clientCertificate(request?: CertificateRequest): Promise<IssuedCertificate>
  /** For a server at `localhost` or 127.0.0.1. */
  serverCertificate(request?: CertificateRequest): Promise<IssuedCertificate>
  /** An authority below this one, whose certificates lead up to it. */
  intermediate(request?: IntermediateRequest): Promise<CertificateAuthority>
  /** A list of certificates it has taken back (CRL), PEM: Node's option `crl`. Default: of none. */
  revocationList(revoked?: readonly Pick<IssuedCertificate, 'certificate'>[]): Promise<string>
  /** Client certificates that must be refused, each wrong in one way. */
  readonly forged: ForgedCertificates
}

/** Makes a throw-away certification authority with a fresh key. Nothing is written to disk. */
export async function certificateAuthority(): Promise<CertificateAuthority> {
  const x509 = await loadX509()
  return authorityOf(x509, await selfSigned(x509, 'Throw-away test authority'))
}

function authorityOf(x509: X509Library, signer: Signer): CertificateAuthority {
  const issueFor = (use: 'client' | 'server', byDefault: string) => async (request: CertificateRequest) => {
    const checked = checkRequest(`${use}Certificate`, request, byDefault)
    return issue(x509, signer, { ...checked, use })
  }
  const client = issueFor('client', 'client')
  return {
    certificate: signer.certificate.toString('pem'),
    clientCertificate: (request = {}) => client(request),
    serverCertificate: (request = {}) => issueFor('server', 'localhost')(request),
    async intermediate(request = {}) {
      refuseUnknown(MAKER, 'intermediate', request, ['commonName', 'pathLength'])
      const level = signer.chain.length + 1
      const { commonName = `Throw-away intermediate authority ${level}`, pathLength } = request
      if (pathLength !== undefined && !(Number.isInteger(pathLength) && pathLength >= 0)) {
        throw new TypeError(`${MAKER}: pathLength must be a whole number, not negative`)
      }
      const { subject } = checkRequest('intermediate', { commonName }, '')
      const keys = await makeKeys()
      const certificate = await x509.X509CertificateGenerator.create({
        subject,
        issuer: signer.certificate.subject,
        publicKey: keys.publicKey,
        signingKey: signer.keys.privateKey,
        signingAlgorithm: ALGORITHM,
        extensions: authorityExtensions(x509, pathLength),
        ...validFor(ROOT_LIFETIME),
      })
      return authorityOf(x509, { certificate, keys, chain: [certificate.toString('pem'), ...signer.chain] })
    },
    revocationList: (revoked = []) => certificateRevocationList(x509, signer, revoked),
    forged: forgedCertificates(x509, signer),
  }
}
