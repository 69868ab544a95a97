import type { AnyRequest, CertificateSource } from '../../src/index.js'
import { definitionOfSource } from '../../src/sender-constraints/certificate-source.js'

/** What a source finds in a request: a refusal, or what it makes of the text. Bytes as a list, whatever makes them. */
export function foundIn(source: CertificateSource, request: Partial<AnyRequest>) {
  const { find, decode } = definitionOfSource(source, 'source')
  const found = find({ method: 'GET', url: '/', headers: {}, ...request } as AnyRequest)
  if (typeof found === 'string') return found
  const decoded = decode(found.text)
  if (decoded === undefined) return 'certificate-malformed'
  const { der, ...others } = decoded
  return { verified: found.verified, der: der && Uint8Array.from(der), ...others }
}

/** A proxy that every request in a test comes from. */
export const proxy = { addresses: ['10.0.0.1'] }
export const fromProxy = (headers: Record<string, string | string[]>) => ({ headers, remoteAddress: '10.0.0.1' })
