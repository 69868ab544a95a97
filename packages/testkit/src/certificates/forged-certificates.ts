import { type CertificateRequest, checkRequest } from './certificate-request.js'
import { type IssuedCertificate, issue, type Signer } from './issued-certificate.js'
import { selfSigned } from './signing-authority.js'
import { ALGORITHM, makeKeys, type X509Library } from './x509-library.js'

/** Client certificates that must be refused, each wrong in one way and right in all others. */
export interface ForgedCertificates {
  /** It ended an hour ago. */
  expired(request?: CertificateRequest): Promise<IssuedCertificate>
  /** It begins in an hour. */
  notYetValid(request?: CertificateRequest): Promise<IssuedCertificate>
  /** It is for servers of TLS (`extendedKeyUsage`). */
  serverOnly(request?: CertificateRequest): Promise<IssuedCertificate>
  /** It is signed with its own key, under the name of the client. */
  selfSigned(request?: CertificateRequest): Promise<IssuedCertificate>
  /** It is signed by a stranger who goes by the name of the authority. */
  otherAuthority(request?: CertificateRequest): Promise<IssuedCertificate>
  /** It is signed with a client certificate of the authority, which may sign none; that one follows in the `chain`. */
  issuedByClient(request?: CertificateRequest): Promise<IssuedCertificate>
}

const HOUR = 3_600_000

export function forgedCertificates(x509: X509Library, authority: Signer): ForgedCertificates {
  return {
    async expired(request) {
      const [notBefore, notAfter] = [new Date(Date.now() - 2 * HOUR), new Date(Date.now() - HOUR)]
      return issue(x509, authority, { ...contents('expired', request), notBefore, notAfter })
    },
    async notYetValid(request) {
      const [notBefore, notAfter] = [new Date(Date.now() + HOUR), new Date(Date.now() + 2 * HOUR)]
      return issue(x509, authority, { ...contents('notYetValid', request), notBefore, notAfter })
    },
    serverOnly: async (request) => issue(x509, authority, { ...contents('serverOnly', request), use: 'server' }),
    async selfSigned(request) {
      const wanted = contents('selfSigned', request)
      const keys = await makeKeys()
      const own = { certificate: await named(x509, wanted.subject, keys), keys, chain: [] }
      return issue(x509, own, { ...wanted, keys })
    },
    async otherAuthority(request) {
      const stranger = await selfSigned(x509, commonNameOf(authority))
      return issue(x509, stranger, contents('otherAuthority', request))
    },
    async issuedByClient(request) {
      const wanted = contents('issuedByClient', request)
      const keys = await makeKeys()
      const { certificate, chain } = await issue(x509, authority, { ...wanted, subject: 'CN=ambitious client', keys })
      const signer = { certificate: new x509.X509Certificate(certificate), keys, chain: [chain] }
      return issue(x509, signer, wanted)
    },
  }
}

function contents(method: string, request: CertificateRequest = {}) {
  return { ...checkRequest(`forged.${method}`, request, 'client'), use: 'client' as const }
}

/** What is read of a signer is its name. */
function named(x509: X509Library, subject: string, keys: Signer['keys']) {
  return x509.X509CertificateGenerator.createSelfSigned({ name: subject, keys, signingAlgorithm: ALGORITHM })
}

function commonNameOf({ certificate }: Signer): string {
  return certificate.subject.replace(/^CN=/, '')
}
