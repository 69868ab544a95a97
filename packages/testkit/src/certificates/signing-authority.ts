import { validFor } from './certificate-request.js'
import type { Signer } from './issued-certificate.js'
import { ALGORITHM, makeKeys, type X509Library } from './x509-library.js'

export const ROOT_LIFETIME = 86_400_000

export async function selfSigned(x509: X509Library, commonName: string): Promise<Signer> {
  const keys = await makeKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: authorityExtensions(x509, undefined),
    ...validFor(ROOT_LIFETIME),
  })
  return { certificate, keys, chain: [] }
}

export function authorityExtensions(x509: X509Library, pathLength: number | undefined) {
  return [
    new x509.BasicConstraintsExtension(true, pathLength, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
  ]
}
