import { MAKER } from './certificate-request.js'
import type { IssuedCertificate, Signer } from './issued-certificate.js'
import { ALGORITHM, type X509Library } from './x509-library.js'

const HOUR = 3_600_000

/** A list of certificates that the authority has taken back (RFC 5280 §5), PEM; good from an hour ago for an hour. */
export async function certificateRevocationList(
  x509: X509Library,
  { certificate, keys }: Signer,
  revoked: readonly Pick<IssuedCertificate, 'certificate'>[],
): Promise<string> {
  if (!Array.isArray(revoked) || !revoked.every((one) => typeof one?.certificate === 'string')) {
    throw new TypeError(`${MAKER}: revocationList takes a list of certificates that the authority has issued`)
  }
  const since = new Date(Date.now() - HOUR)
  const list = await x509.X509CrlGenerator.create({
    issuer: certificate.subject,
    thisUpdate: since,
    nextUpdate: new Date(Date.now() + HOUR),
    entries: revoked.map((one) => ({
      serialNumber: new x509.X509Certificate(one.certificate).serialNumber,
      revocationDate: since,
    })),
    signingAlgorithm: ALGORITHM,
    signingKey: keys.privateKey,
  })
  // The library writes another label than OpenSSL reads.
  return `${x509.PemConverter.encode(list.rawData, 'X509 CRL')}\n`
}
