import { bitsOf, booleanOf, DER, DerError, DerReader, objectIdentifier, smallInteger } from './der.js'
import type { X509Certificate } from './x509-certificate.js'

/** Object identifiers of extensions (RFC 5280 §4.2.1). */
export const EXTENSION = {
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  certificatePolicies: '2.5.29.32',
  extendedKeyUsage: '2.5.29.37',
} as const

/** Other names of a subject (RFC 5280 §4.2.1.6). */
export interface AlternativeNames {
  readonly dns: readonly string[]
  readonly uri: readonly string[]
  readonly email: readonly string[]
  /** 4 or 16 bytes each. */
  readonly ip: readonly Uint8Array[]
}

const NAME_KINDS: Readonly<Record<number, 'email' | 'dns' | 'uri'>> = { 0x81: 'email', 0x82: 'dns', 0x86: 'uri' }
const IP_ADDRESS = 0x87

/** All empty where the certificate has none; `undefined` where they cannot be read. */
export function alternativeNamesOf(certificate: X509Certificate): AlternativeNames | undefined {
  return reading(certificate, EXTENSION.subjectAlternativeName, (reader) => {
    const names = { dns: [] as string[], uri: [] as string[], email: [] as string[], ip: [] as Uint8Array[] }
    for (const { tag, value } of reader?.open(DER.sequence).rest() ?? []) {
      const kind = NAME_KINDS[tag]
      if (kind !== undefined) names[kind].push(asciiOf(value))
      else if (tag === IP_ADDRESS) names.ip.push(value)
    }
    return names
  })
}

/** What an authority may do. */
export interface BasicConstraints {
  readonly isAuthority: boolean
  /** How many authorities may stand between it and the last certificate. */
  readonly pathLength: number
}

export function basicConstraintsOf(certificate: X509Certificate): BasicConstraints | undefined {
  return reading(certificate, EXTENSION.basicConstraints, (reader) => {
    const constraints = reader?.open(DER.sequence)
    const said = constraints?.readOptional(DER.boolean)
    const length = constraints?.readOptional(DER.integer)
    constraints?.end()
    return {
      isAuthority: said !== undefined && booleanOf(said),
      pathLength: length === undefined ? Infinity : smallInteger(length),
    }
  })
}

const KEY_USAGES = { digitalSignature: 0, keyCertSign: 5 } as const

/** Whether its key may be used so; without the extension for everything (RFC 5280 §4.2.1.3). */
export function allowsKeyUsage(certificate: X509Certificate, usage: keyof typeof KEY_USAGES): boolean {
  if (!certificate.extensions.has(EXTENSION.keyUsage)) return true
  const bits = reading(certificate, EXTENSION.keyUsage, (reader) => reader && bitsOf(reader.read(DER.bitString)))
  return bits?.[KEY_USAGES[usage]] === true
}

const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2'
const ANY_PURPOSE = '2.5.29.37.0'

/** Whether it is good for clients of TLS; without the extension for everything (RFC 5280 §4.2.1.12). */
export function allowsClientAuthentication(certificate: X509Certificate): boolean {
  if (!certificate.extensions.has(EXTENSION.extendedKeyUsage)) return true
  const purposes = reading(certificate, EXTENSION.extendedKeyUsage, (reader) =>
    reader?.open(DER.sequence).rest().map(objectIdentifier),
  )
  return purposes?.some((purpose) => purpose === CLIENT_AUTHENTICATION || purpose === ANY_PURPOSE) === true
}

/** `undefined` where the extension is there and cannot be read; the reader is, where it is not there. */
function reading<T>(
  { extensions }: X509Certificate,
  type: string,
  read: (reader: DerReader | undefined) => T,
): T | undefined {
  const extension = extensions.get(type)
  try {
    const reader = extension && new DerReader(extension.value)
    const result = read(reader)
    reader?.end()
    return result
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

/** IA5String; what is more than ASCII is none. */
function asciiOf(bytes: Uint8Array): string {
  if (bytes.some((byte) => byte >= 0x80)) throw new DerError('a name that is not ASCII')
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}
